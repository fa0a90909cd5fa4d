"""Alert -> EmailMessage."""

import email
import email.policy
import re
from dataclasses import replace
from email.message import EmailMessage, MIMEPart
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.channels.samples import ALERTS, CLOSED, OPENED, REMINDED, TEST
from tests.samples import DAY, MINUTE, NOON
from wlcron.channel import Alert
from wlcron.channels.email.html import html_of
from wlcron.channels.email.message import LONGEST_SUBJECT, compose, subject, text_of
from wlcron.channels.email.server import Addresses, read_addresses
from wlcron.channels.library import plain
from wlcron.given import Given

DATA = Path(__file__).parent.parent / "data/channels/email"
HEADERS = {
    "Subject",
    "From",
    "To",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "X-Wlcron-Incident",
    "MIME-Version",
    "Content-Type",
}
OF_A_THREAD = {"In-Reply-To", "References"}
# What is of use to who wants to be taken for something else, and everything else.
NASTY = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(
            (
                *("\r\n", "\n", "\r", "=?utf-8?b?DQpCY2M6IGV2aWxAeA==?=", "=?", "?="),
                *("Bcc: evil@example.com", "\x00", "\x1b[31m", "\u2028", "\x85", "\x0c", "\u202e"),
                *("<script>", "]]>", "&amp;", '"', "--", ".", "\n.\n", " ", "\t"),
                *("é" * 90, "a" * 300, "🚨", "\ud800"),
            )
        ),
        max_size=12,
    ).map("".join),
)


def addresses(sender: str = "wlcron <wl@example.com>") -> Addresses:
    """Return those of the documents."""
    values = {"from": sender, "to": ["ops@example.com", "Grace Hopper <grace@example.org>"]}
    return read_addresses(Given("channels.mail", values))


def received(mail: EmailMessage) -> EmailMessage:
    """Return a mail as its reader has it."""
    read = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def part(mail: EmailMessage, kind: str) -> str:
    """Return the body of a mail of a kind: plain or html."""
    body = mail.get_body((kind,))
    assert isinstance(body, MIMEPart)
    content = body.get_content()
    assert isinstance(content, str)
    return content


def attached(mail: EmailMessage) -> list[str]:
    """Return the logs of a mail."""
    files = [each for each in mail.iter_attachments() if each.get_filename() == "log.txt"]
    return [file.get_content().replace("\r\n", "\n").rstrip("\n") for file in files]


@pytest.mark.parametrize("name", ALERTS)
def test_each_mail_is_as_recorded(name: str) -> None:
    """What is sent is read by people: each change of it is seen."""
    mail = compose(ALERTS[name], addresses()).as_string().replace("\r\n", "\n")
    for number, boundary in enumerate(dict.fromkeys(re.findall('boundary="(.*)"', mail))):
        mail = mail.replace(boundary, f"BOUNDARY-{number}")
    assert mail == (DATA / f"{name}.eml").read_text()


def test_the_mails_of_an_incident_are_one_thread() -> None:
    """Reminders and the all-clear answer to the mail that opened it; a restart changes nothing."""
    opened = compose(OPENED, addresses())
    others = [compose(alert, addresses()) for alert in (REMINDED, CLOSED)]
    assert "References" not in opened
    assert [other["References"] for other in others] == [opened["Message-ID"]] * 2
    assert [other["In-Reply-To"] for other in others] == [opened["Message-ID"]] * 2


@pytest.mark.parametrize("alert", [OPENED, CLOSED])
def test_what_is_told_twice_has_one_id(alert: Alert) -> None:
    """Many servers drop the second mail with it; each reminder is another mail."""
    first, again = (
        compose(each, addresses())["Message-ID"] for each in (alert, replace(alert, at=NOON + DAY))
    )
    assert str(first) == str(again)


def test_each_mail_has_an_id_of_its_own() -> None:
    """Mails of one id are taken for one: reminders differ by their day, tests by their time."""
    alerts = [
        *(OPENED, REMINDED, CLOSED, TEST),
        replace(OPENED, key="another"),
        replace(REMINDED, at=REMINDED.at + DAY),
        replace(TEST, at=TEST.at + MINUTE),
    ]
    ids = [str(compose(alert, addresses())["Message-ID"]) for alert in alerts]
    assert len(set(ids)) == len(alerts)
    assert all(re.fullmatch(r"<[0-9a-f]{24}@example\.com>", each) for each in ids)


def test_a_long_domain_destroys_no_id() -> None:
    """Identifiers longer than a line would be encoded, and no longer be found by mail readers."""
    sender = f"wl@{'a' * 60}.{'b' * 60}.example.com"
    raw = compose(REMINDED, addresses(sender)).as_bytes()
    assert re.search(rb"\r\nReferences: <[0-9a-f]{24}@wlcron\.invalid>\r\n", raw)


def test_a_subject_says_severity_and_step_first() -> None:
    """Filters and thumbs go by it."""
    assert subject(OPENED).startswith("[error] opened: nightly-backup failed")
    assert subject(TEST).startswith("[test, info] opened: This is a test")


@given(text=NASTY)
def test_no_text_becomes_a_header(text: str) -> None:
    """Whatever a cron is called and a key is made of, a mail has the headers that it has."""
    alert = replace(REMINDED, summary=text, key=text, source=text, facts=((text, text),))
    mail = received(compose(alert, addresses()))
    assert set(mail.keys()) == HEADERS | OF_A_THREAD
    assert len(subject(alert)) <= LONGEST_SUBJECT
    # Where a line was folded, Python reads more than one space.
    assert mail["Subject"].split() == subject(alert).split()
    assert str(mail["References"]).isascii()
    assert re.fullmatch(r"[!-~]{0,70}", mail["X-Wlcron-Incident"].strip())
    assert mail["To"].addresses[0].addr_spec == "ops@example.com"
    assert not mail.defects


@given(text=NASTY, log=NASTY)
def test_what_was_written_arrives(text: str, log: str) -> None:
    """Bodies and log come whole through the encodings of mail, without what acts on readers."""
    alert = replace(OPENED, facts=(("Result", text),), log=log)
    mail = received(compose(alert, addresses()))
    assert part(mail, "plain").splitlines() == text_of(alert).splitlines()
    assert part(mail, "html").splitlines() == html_of(alert).splitlines()
    assert attached(mail) == ([plain(log).rstrip("\n")] if log else [])
    assert all(line.isascii() and len(line) <= 998 for line in mail.as_bytes().splitlines())


def test_a_log_of_megabytes_is_cut_at_its_beginning() -> None:
    """The end says why it failed, and servers refuse large mails."""
    alert = replace(OPENED, log="begin\n" + "x" * 100 + "\n" * 10_000_000 + "the end")
    mail = received(compose(alert, addresses()))
    (log,) = attached(mail)
    assert len(log) == 256 * 1024
    assert log.endswith("the end")


def test_a_value_of_many_lines_is_set_in() -> None:
    """A reason from a vendor cannot pass for another fact."""
    alert = replace(OPENED, facts=(("Reason", "no\nResult: SUCCESS"), ("Result", "ERROR")))
    assert "Reason: no\n    Result: SUCCESS\nResult: ERROR\n" in text_of(alert)


class Tags(HTMLParser):
    """Notes tags, where they lead, and the text between them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str | None] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"}]
        assert {name for name, _ in attrs} <= {"href", "style", "align", "valign"}

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += data


def tags_of(alert: Alert) -> Tags:
    """Read what a mail has for readers of HTML."""
    tags = Tags()
    tags.feed(html_of(alert))
    tags.close()
    return tags


@given(text=NASTY)
def test_no_text_becomes_markup(text: str) -> None:
    """Whatever names, values and links hold, a page has our tags and leads nowhere else."""
    alert = replace(
        OPENED, summary=text, facts=((text, text),), command=text, link=text, source=text
    )
    tags = tags_of(alert)
    mine = {"html", "body", "p", "strong", "table", "tr", "th", "td", "code", "small", "a"}
    assert tags.tags <= mine
    assert all((link or "").startswith(("http://", "https://")) for link in tags.links)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", ' "onclick=x'])
def test_only_web_addresses_are_linked(link: str) -> None:
    """Others are shown as they are."""
    tags = tags_of(replace(OPENED, link=link))
    assert tags.links == []
    assert link.strip() in tags.text
