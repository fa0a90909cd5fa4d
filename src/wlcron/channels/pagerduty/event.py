"""Alert -> event of PagerDuty's Events API v2, without its routing key."""

import hashlib
from collections.abc import Iterable
from urllib.parse import urlsplit

from wlcron.channel import Alert
from wlcron.channels.library import one_line, plain
from wlcron.core.cron import Severity
from wlcron.core.incident import Step

Json = dict[str, object]

# PagerDuty takes 512 KB: written as JSON a character is twelve bytes at most, so that an event is
# within it, however it is filled.
_MOST_KEY, _MOST_SUMMARY, _MOST_NAME, _MOST_ADDRESS = 255, 1_024, 255, 2_000  # characters
_MOST_FACTS, _MOST_LABEL, _MOST_VALUE, _MOST_LOG = 30, 75, 500, 16_000  # the first is a number
_CONSIDERED = 50_000  # characters of a log, before they are made plain
_NAMELESS = "wlcron"  # an event without a summary or a source is refused
_SEVERITY = {
    Severity.INFO: "info",
    Severity.WARNING: "warning",
    Severity.ERROR: "error",
    Severity.CRITICAL: "critical",
}


def event(alert: Alert) -> Json:
    """Return the event that opens an incident at PagerDuty, tells of it again, or resolves it."""
    key = dedup_key(alert.key)
    if alert.step is Step.CLOSED:  # the rest of such an event is not looked at
        return {"event_action": "resolve", "dedup_key": key}
    made: Json = {
        "event_action": "trigger",
        "dedup_key": key,
        "payload": _payload(alert),
        "client": "wlcron",
    }
    if link := _address(alert.link):
        made |= {"client_url": link, "links": [{"href": link, "text": "Open in wlcron"}]}
    return made


def dedup_key(key: str) -> str:
    """Return what all events of an incident have in common, in as many characters as there may be.

    What is longer is hashed: cut off, the keys of two incidents could be the same.
    """
    if len(key.encode()) <= _MOST_KEY:
        return key
    return f"wlcron-{hashlib.sha256(key.encode()).hexdigest()}"


def _payload(alert: Alert) -> Json:
    test = "TEST, nothing is wrong: " if alert.is_test else ""
    return {
        "summary": one_line(f"{test}{alert.summary}", _MOST_SUMMARY) or _NAMELESS,
        "source": one_line(alert.source, _MOST_NAME) or _NAMELESS,
        "severity": _SEVERITY[alert.severity],
        "timestamp": alert.opened_at.isoformat(),
        "component": one_line(alert.cron, _MOST_NAME),
        "class": one_line(alert.condition, _MOST_NAME),
        "custom_details": _details(alert),
    }


def _details(alert: Alert) -> dict[str, str]:
    details: dict[str, str] = {}
    for label, value in alert.facts[:_MOST_FACTS]:
        known = _unused(one_line(label, _MOST_LABEL) or "-", details)
        details[known] = _beginning(plain(value).strip())
    if command := one_line(alert.command, _MOST_VALUE):
        details[_unused("Look further", details)] = command
    if log := _end(plain(alert.log[-_CONSIDERED:]).strip("\n")):
        details[_unused("Log", details)] = log
    return details


def _beginning(value: str) -> str:
    return value if len(value) <= _MOST_VALUE else f"{value[: _MOST_VALUE - 1]}…"


def _end(log: str) -> str:
    return log if len(log) <= _MOST_LOG else f"…\n{log[-_MOST_LOG:]}"


def _unused(label: str, taken: Iterable[str]) -> str:
    """Return a label that no other fact has: the details are an object."""
    found, number = label, 1
    while found in taken:
        number += 1
        found = f"{label} ({number})"
    return found


def _address(link: str) -> str:
    try:
        is_web = urlsplit(link).scheme in {"http", "https"}
    except ValueError:
        return ""
    return link if is_web and link.isprintable() and len(link) <= _MOST_ADDRESS else ""
