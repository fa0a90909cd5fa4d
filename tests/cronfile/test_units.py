"""Durations and sizes as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlcron.core.durations import duration_text
from wlcron.cronfile import parse_duration, parse_size, size_text


@given(st.integers(1, 366 * 86400))
def test_durations_are_written_as_they_are_read(seconds: int) -> None:
    """Nothing is lost on the way."""
    duration = timedelta(seconds=seconds)
    assert parse_duration(duration_text(duration)) == duration
    assert parse_duration(str(seconds)) == duration


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(hours=1), "1h"),
        (timedelta(hours=25, seconds=1), "1d1h1s"),
        (timedelta(minutes=90), "1h30m"),
        (timedelta(seconds=59, milliseconds=999), "59s"),
        (timedelta(0), "0s"),
    ],
)
def test_durations_are_written_in_the_largest_units(duration: timedelta, text: str) -> None:
    """As a person would."""
    assert duration_text(duration) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "m",
        "1h30",
        "30m1h",
        "1H",
        "1.5h",
        " 1h",
        "1h 30m",
        "-5m",
        "1w",
        "\N{ARABIC-INDIC DIGIT ONE}m",
        "²",
        "1m1m",
        "1e3",
    ],
)
def test_durations_have_one_grammar(text: str) -> None:
    """Days, hours, minutes and seconds in this order, or whole seconds."""
    with pytest.raises(ValueError, match="must be a duration such as 10m"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["0", "0s", "0h0m", "367d", "366d1s", "9" * 15, "9" * 15 + "d"])
def test_durations_are_neither_nothing_nor_endless(text: str) -> None:
    """No arithmetic with dates can overflow."""
    with pytest.raises(ValueError, match="must be longer than 0 and at most 366d"):
        parse_duration(text)


@given(st.integers(0, 10**15 - 1))
def test_sizes_are_written_as_they_are_read(size: int) -> None:
    """Nothing is lost on the way."""
    assert parse_size(size_text(size)) == size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("512K", 1 << 19),
        ("10M", 10 << 20),
        ("1g", 1 << 30),
        ("2Ti", 2 << 40),
        ("3ki", 3072),
    ],
)
def test_sizes_have_units_of_1024(text: str, size: int) -> None:
    """In capitals or not, with or without the i that says so."""
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "M", "1.5G", "10 M", "1MB", "1i", "-1", "1P", "9" * 16])
def test_sizes_have_one_grammar(text: str) -> None:
    """A whole number and a unit."""
    with pytest.raises(ValueError, match="must be a size such as 512K"):
        parse_size(text)
