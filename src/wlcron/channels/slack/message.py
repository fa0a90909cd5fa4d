"""Alert -> what an incoming webhook is sent (Slack's "Block Kit" reference)."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import quote, urlsplit

from wlcron.channel import Alert
from wlcron.channels.library import one_line, plain
from wlcron.core.cron import Severity
from wlcron.core.incident import Step

Json = dict[str, object]

# Slack counts the whole of the blocks, containers and all, and says nowhere how: refused were
# 13,297 characters in one block (bolt-js#2509) and 11,341 of text in many (bolt-js#2867).
MOST = 12_000  # characters of the blocks as JSON
_MOST_HEADER, _MOST_LINE, _MOST_ADDRESS = 150, 500, 1_000
_MOST_LOG, _MOST_FACTS = 2_900, 6_000  # characters; a section's text takes 3,000
_MOST_FIELD, _FIELDS_EACH, _MOST_FIELDS = 1_900, 10, 40
_MOST_LABEL, _LEAST_ROOM = 75, 150  # characters; with less room a fact says nothing
_CONSIDERED = 20_000  # characters of a log, before they are made plain
_NOTHING = "-"
_NO_BACKTICK = "\N{MODIFIER LETTER GRAVE ACCENT}"
_SHARES = (1.0, 0.5, 0.25)  # of the room for facts and log: quotes and line ends count twice
_COLOUR = {
    Severity.INFO: "🔵",
    Severity.WARNING: "🟠",
    Severity.ERROR: "🔴",
    Severity.CRITICAL: "🚨",
}


def message(alert: Alert) -> Json:
    """Return the message about an alert."""
    return {**bare_message(alert), "blocks": _blocks(alert)}


def bare_message(alert: Alert) -> Json:
    """Return the message of one line: what a notification shows, or where blocks are refused."""
    text = f"{_mark(alert)} {alert.summary}"
    return {"text": _line(text), "unfurl_links": False, "unfurl_media": False}


def _blocks(alert: Alert) -> list[Json]:
    for share in _SHARES:
        blocks = list(_each_block(alert, share))
        if len(json.dumps(blocks, ensure_ascii=False)) <= MOST:
            break
    return blocks


def _each_block(alert: Alert, share: float) -> Iterator[Json]:
    title = _line(_title(alert), _MOST_HEADER)
    yield {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": True}}
    if summary := _line(alert.summary):
        yield _section(summary)
    fields = list(_fields(alert.facts, int(_MOST_FACTS * share)))
    for first in range(0, len(fields), _FIELDS_EACH):
        some = fields[first : first + _FIELDS_EACH]
        yield {"type": "section", "fields": [_mrkdwn(text) for text in some]}
    if log := _code(plain(alert.log[-_CONSIDERED:]).strip("\n")):
        yield _section(f"```\n{_end(log, int(_MOST_LOG * share))}\n```")
    if command := _code(_line(alert.command)):
        yield _section(f"Look further: `{command}`")
    if link := _link(alert.link):
        yield _section(link)
    yield {"type": "context", "elements": [_mrkdwn(_origin(alert))]}


def _title(alert: Alert) -> str:
    what = f"{alert.cron} ({alert.condition})"
    if alert.step is Step.CLOSED:
        return f"{_mark(alert)} Well again: {what}"
    still = "STILL " if alert.step is Step.REMINDED else ""
    return f"{_mark(alert)} {still}{alert.severity.upper()}: {what}"


def _mark(alert: Alert) -> str:
    test = "🧪 TEST, nothing is wrong: " if alert.is_test else ""
    return test + ("✅" if alert.step is Step.CLOSED else _COLOUR[alert.severity])


def _fields(facts: Sequence[tuple[str, str]], room: int) -> Iterator[str]:
    """Yield as many facts as there is room for, and how many there are beyond."""
    for number, (label, value) in enumerate(facts):
        if number == _MOST_FIELDS - 1 or room < _LEAST_ROOM:
            yield f"*and {len(facts) - number} more*"
            return
        most = min(room, _MOST_FIELD) - _MOST_LABEL
        shown = _start(_escaped(plain(value).strip()), most) or _NOTHING
        text = f"*{_line(label, _MOST_LABEL) or _NOTHING}*\n{shown}"
        room -= len(text)
        yield text


def _origin(alert: Alert) -> str:
    source = _line(alert.source, _MOST_LABEL)
    return f"{source} · opened {_instant(alert.opened_at)} · told {_instant(alert.at)}"


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _link(address: str) -> str:
    """Return a link, and not a button: without an app behind it, a button shows a warning."""
    try:
        is_web = urlsplit(address).scheme in {"http", "https"}
    except ValueError:
        is_web = False
    # What would end the link is written as an address has it.
    target = quote(plain(address), safe="%/:?#[]@!$&'()*+,;=~")
    if not is_web or len(target) > _MOST_ADDRESS:
        return ""
    return f"<{_escaped(target)}|Open in wlcron>"


def _section(text: str) -> Json:
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> Json:
    # Verbatim: Slack makes no links of addresses, names and channels that a job has printed.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _line(text: str, most: int = _MOST_LINE) -> str:
    return _start(_escaped(one_line(text, most)), most)


def _escaped(text: str) -> str:
    """Return a text in which nothing is a mention or a link ("Formatting message text")."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _code(text: str) -> str:
    # A backtick would end the code; its look-alike does not.
    return text.replace("`", _NO_BACKTICK)


def _start(escaped: str, most: int) -> str:
    """Return the beginning of an escaped text, which does not end within an escape."""
    if len(escaped) <= most:
        return escaped
    return re.sub(r"&[a-z]*\Z", "", escaped[: most - 1]) + "…"


def _end(text: str, most: int) -> str:
    """Return the end of a text, escaped; from the beginning of a line, if that costs little."""
    escaped = _escaped(text)
    if len(escaped) <= most:
        return escaped
    cut = len(escaped) - most + 2  # for the mark
    begun = re.search(r"&[a-z]*\Z", escaped[max(0, cut - 4) : cut])
    end = escaped[escaped.index(";", cut) + 1 :] if begun else escaped[cut:]
    first, newline, rest = end.partition("\n")
    return f"…\n{rest if newline and len(first) < most // 2 else end}"
