"""What somebody else's JSON holds, read with every doubt: what makes no sense is not there."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")
_MOST_CODE = 2**31  # what a database keeps
_MOST_NUMBER = 2**63
_FIRST_YEAR, _LAST_YEAR = 1970, 2999


def mapping(value: object) -> Mapping[str, Any]:
    """Return an object; an empty one in place of anything else."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list."""
    items = value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, Mapping)]


def text(value: object) -> str:
    """Return a text that every database takes: JSON may spell NUL, and halves of characters."""
    return _NO_CHARACTER.sub("\ufffd", value) if isinstance(value, str) else ""


def exit_code(value: object) -> int | None:
    """Return an exit code of 32 bits, with a sign."""
    code = whole_number(value)
    if code is not None and _MOST_CODE <= code < 2 * _MOST_CODE:
        return code - 2 * _MOST_CODE  # Windows writes it without a sign, its tools with one
    return code if code is not None and -_MOST_CODE <= code < _MOST_CODE else None


def whole_number(value: object) -> int | None:
    """Return a number of at most 64 bits."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if -_MOST_NUMBER <= value < _MOST_NUMBER else None


def instant(value: object) -> datetime | None:
    """Return an instant as ISO 8601 has it, in UTC; without a time zone it is UTC's already."""
    if not isinstance(value, str):
        return None
    try:
        given = datetime.fromisoformat(value)
    except ValueError:
        return None
    return sensible(given if given.tzinfo else given.replace(tzinfo=UTC))


def sensible(given: datetime) -> datetime | None:
    """Return an aware datetime in UTC, where something may have happened then."""
    # Far from the ends of the calendar, so that a zone or a timeout may be added.
    return given.astimezone(UTC) if _FIRST_YEAR <= given.year <= _LAST_YEAR else None
