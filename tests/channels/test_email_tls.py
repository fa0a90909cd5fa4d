"""Mails over TLS, and passwords."""

import logging
from pathlib import Path
from typing import Any

import pytest

from tests.channels.email_channels import channel, refusal, values
from tests.channels.mailserver import PASSWORD, USER, mail_server, make_certificate
from tests.channels.samples import OPENED
from wlcron.channels.email.server import read_server


async def test_starttls_is_refused_for_a_certificate_that_nobody_trusts(tmp_path: Path) -> None:
    """Else anybody on the way could read the password."""
    tls, _ = make_certificate(tmp_path)
    async with mail_server(tls=tls, login=True) as server:
        error = await refusal(server.port, tls="starttls", user=USER, password=PASSWORD)
    assert "not trusted" in str(error)
    assert "ca-file" in str(error)
    assert not error.is_permanent
    assert (server.mails, server.users) == ([], [])


async def test_a_certificate_can_be_trusted_by_name_of_its_file(tmp_path: Path) -> None:
    """Companies have authorities of their own."""
    tls, certificate = make_certificate(tmp_path)
    more: dict[str, Any] = {"ca_file": str(certificate), "user": USER, "password": PASSWORD}
    async with mail_server(tls=tls, login=True) as server:
        await channel(server.port, tls="starttls", **more).send(OPENED)
    assert (server.secure, server.users) == ([True], [USER])


async def test_a_trusted_certificate_of_another_host_is_refused(tmp_path: Path) -> None:
    """A certificate says who somebody is, and has to be looked at for that."""
    tls, certificate = make_certificate(tmp_path, name="mail.example.net")
    async with mail_server(tls=tls) as server:
        error = await refusal(server.port, tls="starttls", ca_file=str(certificate))
    assert "not trusted" in str(error)
    assert server.mails == []


async def test_tls_may_begin_with_the_connection(tmp_path: Path) -> None:
    """As port 465 has it; the certificate is checked there, too."""
    tls, certificate = make_certificate(tmp_path)
    async with mail_server(tls=tls, implicit=True) as server:
        error = await refusal(server.port, tls="implicit")
        await channel(server.port, tls="implicit", ca_file=str(certificate)).send(OPENED)
    assert "not trusted" in str(error)
    assert server.secure == [True]


async def test_a_server_without_starttls_is_told_nothing() -> None:
    """Who strips the offer on the way must not get the mail in the clear."""
    async with mail_server() as server:
        error = await refusal(server.port, tls="starttls")
    assert error.is_permanent
    assert "STARTTLS" in str(error)
    assert server.mails == []


async def test_tls_where_none_is_spoken_is_said() -> None:
    """The wrong port is the usual mistake."""
    async with mail_server() as server:
        error = await refusal(server.port, tls="implicit")
    assert "no TLS with 127.0.0.1" in str(error)


async def test_a_wrong_password_is_permanent_and_says_what_to_do(tmp_path: Path) -> None:
    """Asking again would lock the account."""
    tls, certificate = make_certificate(tmp_path)
    more: dict[str, Any] = {
        "ca_file": str(certificate),
        "user": USER,
        "password": f"{PASSWORD}-old",
    }
    async with mail_server(tls=tls, login=True) as server:
        error = await refusal(server.port, tls="starttls", **more)
    assert error.is_permanent
    assert "(535): check user and password" in str(error)
    assert server.mails == []


async def test_no_password_is_logged_or_shown(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Neither by us nor by a library, with all that is logged switched on."""
    caplog.set_level(logging.DEBUG)
    tls, certificate = make_certificate(tmp_path)
    more: dict[str, Any] = {"user": USER, "password": PASSWORD, "ca_file": str(certificate)}
    async with mail_server(tls=tls, login=True) as server:
        mail = channel(server.port, tls="starttls", **more)
        await mail.send(OPENED)
    ours = [each for each in caplog.records if not each.name.startswith("mail.log")]  # aiosmtpd
    assert PASSWORD not in "".join(each.getMessage() for each in ours)
    given = values(25, **more)
    assert PASSWORD not in repr(mail) + repr(read_server(given))
