"""Alert -> the body of a request and its headers; docs/webhook.schema.json describes the body."""

import hmac
import json
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote

from wlcron.channel import Alert
from wlcron.channels.library import one_line, plain
from wlcron.core.incident import Step

VERSION = 1
_MOST_LINE, _MOST_VALUE = 1000, 8000  # characters
_MOST_LOG, _MOST_FACTS = 64 * 1024, 100
_SAFE = "/-._~:"


def body_of(alert: Alert) -> bytes:
    """Return the JSON that tells of an alert: the same for the same alert, in ASCII."""
    return json.dumps(_fields(alert), separators=(",", ":")).encode("ascii")


def headers_of(alert: Alert, body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """Return the headers of a request that is made at `now` (zone-aware)."""
    timestamp = str(int(now.timestamp()))
    return {
        "Content-Type": "application/json",
        "Idempotency-Key": id_of(alert),
        "X-Wlcron-Timestamp": timestamp,
        "X-Wlcron-Signature": f"v1={signature(secret, timestamp, body)}",
    }


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the HMAC-SHA256 of `timestamp.body` in hexadecimal.

    The time is signed as well, so that whoever recorded a request cannot send it again later.
    """
    signed = timestamp.encode("ascii") + b"." + body
    return hmac.new(secret.encode(), signed, sha256).hexdigest()


def id_of(alert: Alert) -> str:
    """Return what tells this message from all others, in ASCII: the same when it comes twice.

    An incident is opened and closed once each, however late that is told; reminders and tests
    differ by their time.
    """
    parts = [quote(alert.key, safe=_SAFE, errors="replace"), str(alert.step)]
    if alert.step is Step.REMINDED or alert.is_test:
        parts.append(alert.at.isoformat())
    return "/".join(parts)


def _fields(alert: Alert) -> dict[str, object]:
    return {
        "version": VERSION,
        "id": id_of(alert),
        "key": alert.key,
        "step": str(alert.step),
        "severity": str(alert.severity),
        "cron": alert.cron,
        "condition": alert.condition,
        "summary": _line(alert.summary, _MOST_LINE),
        "facts": [_fact(*fact) for fact in alert.facts[:_MOST_FACTS]],
        "log": plain(alert.log[-_MOST_LOG:]),
        "command": _line(alert.command, _MOST_VALUE),
        "link": _line(alert.link, _MOST_VALUE),
        "at": alert.at.isoformat(),
        "opened_at": alert.opened_at.isoformat(),
        "source": alert.source,
        "test": alert.is_test,
    }


def _line(text: str, most: int) -> str:
    return one_line(text[: 2 * most], most)


def _fact(label: str, value: str) -> dict[str, str]:
    return {"label": _line(label, _MOST_LINE), "value": plain(value[:_MOST_VALUE])}
