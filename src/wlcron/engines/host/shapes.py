"""What a message or a line on the disk has to look like before anybody works with it.

The other side is a program of ours, of this version or another; a disk may have made anything of
what was written. What is not known here is let through, for a newer version may know it.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any], bool]
Shape = Mapping[str, Check]

_MISSING = object()
_KINDS = frozenset({"progress", "started", "exited", "timed-out", "refused", "gone"})
_MOST_SECONDS = 32_503_680_000  # the year 3000, so that an instant is one
_MOST_NUMBER = 2**63
_MOST_CODE = 2**31  # Linux counts to 255


def read(line: bytes, shape: Shape) -> Any:  # noqa: ANN401 -- a TypedDict of the caller's
    """Return the JSON object of a line; raises ValueError for one of another shape."""
    try:
        value = json.loads(line)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    check(value, shape)
    return value


def check(value: object, shape: Shape) -> None:
    """Raise ValueError for what is no object of this shape."""
    if not isinstance(value, dict):
        raise ValueError("it is no object")  # noqa: TRY004 -- as JSON that cannot be read
    for key, fits in shape.items():
        if not fits(value.get(key, _MISSING)):
            raise ValueError(f"its {key} is none")


def is_id(value: object) -> bool:
    """Whether it can be the name of an execution's folder."""
    if not isinstance(value, str) or value in {"", ".", ".."} or set(value) & {"/", "\0"}:
        return False
    return not any("\ud800" <= mark <= "\udfff" for mark in value)  # JSON may spell half of one


def is_text(value: object) -> bool:
    """Whether it is a text."""
    return isinstance(value, str)


def is_flag(value: object) -> bool:
    """Whether it is true or false."""
    return isinstance(value, bool)


def is_count(value: object) -> bool:
    """Whether it is a whole number from 0, of 64 bits."""
    return _is_number(value) and isinstance(value, int) and 0 <= value < _MOST_NUMBER


def is_code(value: object) -> bool:
    """Whether it is an exit code."""
    return _is_number(value) and isinstance(value, int) and -_MOST_CODE <= value < _MOST_CODE


def is_seconds(value: object) -> bool:
    """Whether it is a time in seconds, of the clock or of a duration."""
    return isinstance(value, int | float) and _is_number(value) and 0 <= value < _MOST_SECONDS


def are_texts(value: object) -> bool:
    """Whether it is a list of texts."""
    return isinstance(value, list) and all(map(is_text, value))


def are_variables(value: object) -> bool:
    """Whether it is an object of texts."""
    return isinstance(value, dict) and all(map(is_text, value.values()))


def or_none(fits: Check) -> Check:
    """Return the check of what may also be null."""
    return lambda value: value is None or fits(value)


def optional(fits: Check) -> Check:
    """Return the check of what may also be left out."""
    return lambda value: value is _MISSING or fits(value)


def shaped(shape: Shape) -> Check:
    """Return the check of an object inside another one."""

    def fits(value: object) -> bool:
        try:
            check(value, shape)
        except ValueError:
            return False
        return True

    return fits


def all_shaped(shape: Shape) -> Check:
    """Return the check of a list of such objects."""
    fits = shaped(shape)
    return lambda value: isinstance(value, list) and all(map(fits, value))


def is_kind(value: object) -> bool:
    """Whether it is what a record may say."""
    return isinstance(value, str) and value in _KINDS


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float)
