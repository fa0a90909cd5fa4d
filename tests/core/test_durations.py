"""Durations are written as cron files write them: see also tests/cronfile/test_units.py."""

from datetime import timedelta

from wlcron.core.durations import duration_text


def test_what_is_nothing_is_no_seconds() -> None:
    """Of what is less than a second, too, and of an end before its beginning."""
    assert duration_text(timedelta(0)) == "0s"
    assert duration_text(timedelta(seconds=-5)) == "0s"
    assert duration_text(timedelta(milliseconds=999)) == "0s"
