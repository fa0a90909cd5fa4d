"""What a mail says, for readers who show HTML."""

from collections.abc import Iterator
from html import escape

from wlcron.channel import Alert
from wlcron.channels.library import one_line, plain
from wlcron.core.cron import Severity
from wlcron.core.incident import Step

_LONGEST_LINE, _LONGEST_VALUE = 500, 4000
_GREEN = "#2e7d32"
_COLOURS = {
    Severity.INFO: "#1565c0",
    Severity.WARNING: "#b26a00",
    Severity.ERROR: "#c62828",
    Severity.CRITICAL: "#8e0000",
}


def html_of(alert: Alert) -> str:
    """Return a page without scripts, pictures and links but one; every text in it is escaped."""
    return "\n".join(["<!DOCTYPE html>", "<html><body>", *_parts(alert), "</body></html>", ""])


def _parts(alert: Alert) -> Iterator[str]:
    if alert.is_test:
        yield "<p>This is a test: nothing is wrong.</p>"
    colour = _GREEN if alert.step is Step.CLOSED else _COLOURS[alert.severity]
    yield f'<p style="border-left: 4px solid {colour}; padding-left: 8px">'
    yield f"<strong>{_line(alert.summary)}</strong></p>"
    if alert.facts:
        yield "<table>"
        for label, value in alert.facts:
            yield f'<tr><th align="left" valign="top">{_line(label)}</th>'
            yield f'<td style="white-space: pre-wrap">{escape(plain(value[:_LONGEST_VALUE]))}</td>'
            yield "</tr>"
        yield "</table>"
    if alert.command:
        yield f"<p>Look further: <code>{_line(alert.command, _LONGEST_VALUE)}</code></p>"
    if alert.link:
        yield f"<p>{_link(one_line(alert.link, _LONGEST_VALUE))}</p>"
    if alert.log:
        yield "<p>The end of the log is attached as log.txt.</p>"
    yield f"<p><small>sent by {_line(alert.source)}</small></p>"


def _line(text: str, most: int = _LONGEST_LINE) -> str:
    return escape(one_line(text, most))


def _link(address: str) -> str:
    # `javascript:` and its like are shown, and lead nowhere.
    if not address.startswith(("https://", "http://")):
        return escape(address)
    return f'<a href="{escape(address)}">{escape(address)}</a>'
