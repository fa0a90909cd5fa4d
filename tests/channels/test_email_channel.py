"""Mails to real servers on this machine."""

from collections import deque
from dataclasses import replace

import pytest

from tests.channels.email_channels import GRACE, OPS, channel, refusal, values
from tests.channels.mailserver import (
    PASSWORD,
    TAKEN,
    USER,
    mail_server,
    talker,
)
from tests.channels.samples import CLOSED, OPENED
from tests.vendors import nobody
from wlcron.channel import ChannelError
from wlcron.channels.email import email_channel

HELLO = (b"220 mail.test\r\n", b"250-mail.test\r\n250 AUTH PLAIN\r\n")


async def test_a_mail_is_handed_over_for_all_recipients() -> None:
    """One mail goes to everybody, and the server's answer comes back."""
    async with mail_server() as server:
        answer = await email_channel("mail", values(server.port)).send(OPENED)
    assert answer == "250 2.0.0 taken"
    (mail,) = server.mails
    assert (mail.mail_from, mail.rcpt_tos) == ("wl@example.com", [OPS, GRACE])
    assert isinstance(mail.content, bytes)
    assert b"\r\nSubject: [error] opened: nightly-backup" in b"\r\n" + mail.content


async def test_lines_of_one_full_stop_end_no_mail() -> None:
    """What follows such a line in a log is still the log, and no command to the server."""
    log = "one\n.\nMAIL FROM:<evil@example.com>\n..\nend\n"
    async with mail_server() as server:
        await channel(server.port).send(replace(OPENED, log=log))
    (mail,) = server.mails
    assert isinstance(mail.content, bytes)
    assert log.encode().replace(b"\n", b"\r\n") in mail.content


async def test_a_login_that_fails_for_now_is_temporary() -> None:
    """454 says that the server could not look the password up."""
    async with talker(*HELLO, b"454 4.7.0 later\r\n") as port:
        error = await refusal(port, user=USER, password=PASSWORD)
    assert not error.is_permanent


async def test_a_server_that_repeats_the_password_betrays_nothing() -> None:
    """Texts of servers are shown, what we have sent is not."""
    hello = (*HELLO, b"235 ok\r\n")
    async with talker(*hello, f"550 you are {USER}:{PASSWORD}\r\n".encode()) as port:
        error = await refusal(port, user=USER, password=PASSWORD)
    assert "***" in str(error)


@pytest.mark.parametrize(
    ("answer", "is_permanent"),
    [
        ("421 4.3.2 shutting down", False),
        ("451 4.3.0 try later", False),
        ("452 4.3.1 disk full", False),
        ("550 5.7.1 looks like spam", True),
        ("552 5.3.4 too large", True),
        ("554 5.6.0 no", True),
    ],
)
async def test_four_is_for_now_and_five_for_good(answer: str, *, is_permanent: bool) -> None:
    """As SMTP has it (RFC 5321, 4.2.1)."""
    async with mail_server() as server:
        server.to_data = deque([answer])
        error = await refusal(server.port)
    assert error.is_permanent is is_permanent
    assert answer in str(error)


async def test_a_mail_refused_for_all_says_for_whom() -> None:
    """For good only where that holds for each of them."""
    async with mail_server() as server:
        server.to_recipients[OPS] = deque(["550 no such user"])
        server.to_recipients[GRACE] = deque(["450 later", "550 moved"])
        first, second = await refusal(server.port), await refusal(server.port)
    assert f"{OPS}: 550 no such user; {GRACE}: 450 later" in str(first)
    assert (first.is_permanent, second.is_permanent) == (False, True)
    assert server.mails == []


async def test_those_who_were_refused_for_good_are_named() -> None:
    """The others have their mail, and will have the all-clear."""
    async with mail_server() as server:
        server.to_recipients[OPS] = deque(["550 no such user"])
        answer = await channel(server.port).send(OPENED)
    assert answer == f"250 2.0.0 taken; but not for {OPS}: 550 no such user"
    assert [mail.rcpt_tos for mail in server.mails] == [[GRACE]]


async def test_those_who_were_put_off_are_tried_again_and_the_others_not() -> None:
    """Nobody gets a mail twice because another one's server had no time."""
    async with mail_server() as server:
        mail = channel(server.port)
        server.to_recipients[OPS] = deque(["450 greylisted", "250 ok"])
        with pytest.raises(ChannelError, match="for others") as raised:
            await mail.send(OPENED)
        server.to_data = deque(["451 not now", TAKEN])
        with pytest.raises(ChannelError, match="451 not now"):
            await mail.send(OPENED)
        assert await mail.send(OPENED) == "250 2.0.0 taken"
        await mail.send(CLOSED)
    assert not raised.value.is_permanent
    assert [mail.rcpt_tos for mail in server.mails] == [[GRACE], [OPS], [OPS], [OPS, GRACE]]


async def test_a_full_mailbox_does_not_keep_the_all_clear_from_others() -> None:
    """After some tries the mail counts as told, and the answer says to whom not."""
    async with mail_server() as server:
        mail = channel(server.port)
        server.to_recipients[OPS] = deque(["452 mailbox full"])
        for _ in range(7):
            with pytest.raises(ChannelError, match="for others") as raised:
                await mail.send(OPENED)
            assert not raised.value.is_permanent
        answer = await mail.send(OPENED)
    assert answer == f"taken for others; but not for {OPS}: 452 mailbox full"
    assert len(server.mails) == 1


@pytest.mark.parametrize(
    "replies",
    [
        (),
        HELLO[:1],
        HELLO,
        (*HELLO, b"250 ok\r\n", b"250 ok\r\n", b"250 ok\r\n"),
        (*HELLO, b"250 ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"),
    ],
    ids=["greeting", "ehlo", "mail", "data", "the end"],
)
async def test_a_server_that_falls_silent_is_not_waited_for(replies: tuple[bytes, ...]) -> None:
    """At whichever command: the alert is tried again later."""
    async with talker(*replies) as port:
        error = await refusal(port, patience=0.2)
    assert "did not answer in time" in str(error)
    assert not error.is_permanent


async def test_a_mail_that_was_taken_counts_also_without_a_farewell() -> None:
    """Else it would be sent again and again to a server that is bad at goodbyes."""
    done = (b"250 ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n", b"250 taken\r\n")
    async with talker(*HELLO, *done) as port:
        assert await channel(port).send(OPENED) == "250 taken"


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\xff\xfe\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"999 what\r\n",
        b"220 \x1b[31m\xff\r\n\r\n\r\n",
        b"-12 what\r\n",
        b"220-" + b"x" * 100_000,
        b"220-x\r\n" * 100_000,
    ],
    ids=lambda garbage: repr(garbage[:8]),
)
async def test_garbage_is_an_error_like_others(garbage: bytes) -> None:
    """Whatever listens there, one sentence says that it takes no mail."""
    async with talker(garbage, garbage, garbage) as port:
        error = await refusal(port, patience=0.5)
    assert not error.is_permanent
    assert len(str(error)) < 400


async def test_nobody_there_is_temporary() -> None:
    """A mail server that is restarted is back in a minute."""
    async with nobody() as url:
        error = await refusal(int(url.rpartition(":")[2]))
    assert "cannot be reached: Connection refused" in str(error)
    assert not error.is_permanent


@pytest.mark.parametrize("replies", [(b"",), (*HELLO[:1], b""), (*HELLO, b"")])
async def test_a_server_that_hangs_up_is_temporary(replies: tuple[bytes, ...]) -> None:
    """It is overloaded, or restarted."""
    async with talker(*replies) as port:
        error = await refusal(port)
    assert "cannot be reached: there is no connection" in str(error)
    assert not error.is_permanent
