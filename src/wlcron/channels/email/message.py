"""Alert -> EmailMessage."""

from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256

from wlcron.channel import Alert
from wlcron.channels.email.html import html_of
from wlcron.channels.email.server import Addresses
from wlcron.channels.email.text import header_line
from wlcron.channels.library import one_line, plain
from wlcron.core.incident import Step

LONGEST_SUBJECT = 200
LONGEST_LOG = 256 * 1024  # characters
_LONGEST_SUMMARY, _LONGEST_VALUE = 500, 4000
# EmailMessage turns words that do not fit into a line into encoded ones, also in headers where
# that destroys their meaning: no identifier may be so long.
_LONGEST_KEY, _LONGEST_DOMAIN = 70, 40
# Not all servers take eight bits.
_POLICY = SMTP.clone(cte_type="7bit")


def compose(alert: Alert, addresses: Addresses) -> EmailMessage:
    """Return the mail that tells of an alert; the same one for the same alert.

    Told twice at different times, openings and all-clears have one Message-ID each.
    """
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = subject(alert)
    message["From"] = addresses.sender
    message["To"] = addresses.recipients
    message["Date"] = alert.at
    for name, value in _identity(alert, addresses.sender.domain):
        message[name] = value
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834
    message["X-Auto-Response-Suppress"] = "All"  # Exchange heeds this one alone
    message.set_content(text_of(alert))
    message.add_alternative(html_of(alert), subtype="html")
    if alert.log:
        message.add_attachment(plain(alert.log[-LONGEST_LOG:]), filename="log.txt")
    return message


def subject(alert: Alert) -> str:
    """Return one line with severity and step, up to 200 characters."""
    mark = "test, " if alert.is_test else ""
    return header_line(f"[{mark}{alert.severity}] {alert.step}: {alert.summary}", LONGEST_SUBJECT)


def text_of(alert: Alert) -> str:
    """Return what a mail says, for a reader who shows text alone."""
    return "\n".join(_lines(alert)) + "\n"


def _lines(alert: Alert) -> Iterator[str]:
    if alert.is_test:
        yield "This is a test: nothing is wrong."
        yield ""
    yield one_line(alert.summary, _LONGEST_SUMMARY)
    yield ""
    for label, value in alert.facts:
        # What goes on in the next line is set in, so that no value looks like another fact.
        value_lines = plain(value[:_LONGEST_VALUE]).replace("\n", "\n    ")
        yield f"{one_line(label, _LONGEST_SUMMARY)}: {value_lines}"
    if alert.command:
        yield ""
        yield f"Look further: {one_line(alert.command, _LONGEST_VALUE)}"
    if alert.link:
        yield ""
        yield one_line(alert.link, _LONGEST_VALUE)
    if alert.log:
        yield ""
        yield "The end of the log is attached as log.txt."
    yield ""
    yield "-- "
    yield f"sent by {one_line(alert.source, _LONGEST_SUMMARY)}"


def _identity(alert: Alert, domain: str) -> Iterator[tuple[str, str]]:
    """Yield the headers by which the mails of an incident become one thread."""
    thread = _message_id(alert.key, domain)
    own = thread if _is_first(alert) else _message_id(_own_key(alert), domain)
    yield "Message-ID", own
    if own != thread:
        yield "In-Reply-To", thread
        yield "References", thread
    key = "".join(each if "!" <= each <= "~" else "_" for each in alert.key)
    yield "X-Wlcron-Incident", key.replace("=?", "_")[:_LONGEST_KEY]


def _is_first(alert: Alert) -> bool:
    # Mails with a Message-ID that was there before are dropped by many: two tests are two mails.
    return alert.step is Step.OPENED and not alert.is_test


def _own_key(alert: Alert) -> str:
    # An incident is closed once, whenever that is told; it is told of again on many days.
    is_once = alert.step is Step.CLOSED and not alert.is_test
    return f"{alert.key}\n{alert.step}" + ("" if is_once else f"\n{alert.at.isoformat()}")


def _message_id(key: str, domain: str) -> str:
    digest = sha256(key.encode(errors="replace")).hexdigest()[:24]
    return f"<{digest}@{domain if len(domain) <= _LONGEST_DOMAIN else 'wlcron.invalid'}>"
