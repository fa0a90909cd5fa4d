"""What PagerDuty answers to an event -> what it means ("Events API v2", response codes)."""

import json
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus

from wlcron.channels.library import failure, one_line

_LONGEST = 300  # characters of what PagerDuty says


def read_answer(status: int, body: str, wait: timedelta | None, secret: str) -> str:
    """Return the answer in one line, without the secret; raises ChannelError for a refusal."""
    answer = _object(body)
    said = " ".join(_words(answer)).replace(secret, "…")
    key = answer.get("dedup_key")
    if status == HTTPStatus.ACCEPTED and isinstance(key, str):
        return f"202 {one_line(f'{said} (dedup_key {key})', _LONGEST)}".replace(secret, "…")
    raise failure("PagerDuty", status, one_line(said, _LONGEST), wait)


def _object(body: str) -> dict[str, object]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _words(answer: dict[str, object]) -> Iterator[str]:
    message, errors = answer.get("message"), answer.get("errors")
    listed = [each for each in errors if isinstance(each, str)] if isinstance(errors, list) else []
    if isinstance(message, str):
        yield f"{message}:" if listed else message
    yield "; ".join(listed)
