"""What is read of somebody else's JSON."""

from datetime import UTC, datetime

import pytest

from wlcron.engines.doubt import (
    exit_code,
    instant,
    mapping,
    mappings,
    sensible,
    text,
    whole_number,
)


@pytest.mark.parametrize("value", [None, True, 1, "x", [1], {"a": 1}])
def test_what_is_of_another_kind_is_not_there(value: object) -> None:
    """Whoever asks need not look first."""
    assert mapping(value) == (value if isinstance(value, dict) else {})
    assert mappings(value) == []
    assert text(value) == (value if isinstance(value, str) else "")
    assert whole_number(value) == (1 if value == 1 and value is not True else None)
    assert instant(value) is None


def test_the_objects_of_a_list_are_found() -> None:
    """Among whatever else is there."""
    assert mappings([1, {"a": 1}, None, {}]) == [{"a": 1}, {}]


def test_a_text_has_whole_characters_and_no_nul() -> None:
    """So that every database takes it."""
    assert text("a\0b\ud83d") == "a\ufffdb\ufffd"


@pytest.mark.parametrize(
    ("number", "code"), [(0, 0), (-1, -1), (3221225477, -1073741819), (2**32, None), (10**40, None)]
)
def test_an_exit_code_has_32_bits(number: int, code: int | None) -> None:
    """More cannot be stored."""
    assert exit_code(number) == code


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-23T13:00:00+01:00", datetime(2026, 11, 23, 12, tzinfo=UTC)),
        ("2026-11-23T12:00:00", datetime(2026, 11, 23, 12, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("soon", None),
    ],
)
def test_an_instant_lies_where_something_may_have_happened(
    written: str, meant: datetime | None
) -> None:
    """A zone or a timeout may be added to it."""
    assert instant(written) == meant


def test_the_ends_of_the_calendar_make_no_sense() -> None:
    """Nothing may be added to them."""
    assert sensible(datetime.max.replace(tzinfo=UTC)) is None
    assert sensible(datetime.min.replace(tzinfo=UTC)) is None
