"""What has to hold of whatever a stranger's bytes are made into."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from unicodedata import category

from wlcron.core.execution import Execution, Observation, advance

_STEERING = frozenset({"Cc", "Cs", "Zl", "Zp"})  # controls, halves of characters, line ends
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
MOST_SENTENCE = 2000  # characters
_MOST_NUMBER, _MOST_CODE = 2**63, 2**31  # what a column of a database holds


def is_one_sentence(error: BaseException | str) -> None:
    """See that an error can be shown to people: one line, not empty, nothing that steers."""
    text = str(error)
    assert text.strip(), type(error)
    is_one_line(text)
    assert len(text) <= MOST_SENTENCE, f"{len(text)} characters: {text[:200]!r}"


def is_one_line(text: str) -> None:
    """See that nothing in a text ends a line, steers a terminal, or turns what follows it."""
    wrong = [mark for mark in text if category(mark) in _STEERING or mark in _TURNING]
    assert not wrong, repr(text)


def can_be_stored(*values: object) -> None:
    """See that every database takes it: whole characters without NUL, numbers of 64 bits."""
    for value in values:
        if isinstance(value, str):
            value.encode()
            assert "\0" not in value, repr(value)
        elif isinstance(value, int):
            assert -_MOST_NUMBER <= value < _MOST_NUMBER, value
        elif isinstance(value, datetime):
            assert value.utcoffset() == timedelta(0), value
        else:
            assert value is None, type(value)


def is_observation(seen: Observation, execution: Execution) -> None:
    """See that an observation can be recorded of an execution, and be stored with it."""
    can_be_stored(seen.execution_id, seen.reason, seen.exit_code, seen.handle, seen.image)
    can_be_stored(seen.at, seen.started_at, seen.deadline)
    assert seen.exit_code is None or -_MOST_CODE <= seen.exit_code < _MOST_CODE
    change = advance(execution, seen)
    if change is not None:
        can_be_stored(change.execution.reason, change.execution.exit_code)


def all_text(values: Iterable[object]) -> None:
    """See that these are texts of whole characters."""
    for value in values:
        assert isinstance(value, str), type(value)
        value.encode()
