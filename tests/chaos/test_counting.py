"""The judge is judged: each broken promise is counted, and nothing else is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.acceptance.crons import Row
from tests.chaos.counting import MARGIN, Bounds, Counted, History, count, due_slots, read_lines

SLOT = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
ALERT = {"cron": "a", "condition": "failed", "step": "opened"}
LIFE = "a one 2026-01-01T12:00:00Z begin 10.00\na one 2026-01-01T12:00:00Z end 11.00\n"


def row(execution: str = "one", **more: Any) -> Row:  # noqa: ANN401 -- as the API says
    """Return a row of the slot, of a job that failed as it was to."""
    usual = {"slot": SLOT.isoformat(), "manual": False, "status": "FAILED", "exit_code": 5}
    return {"id": execution, "reason": "exited with code 5", **usual, **more}


def counted(*rows: Row, text: str = LIFE, messages: list[dict[str, str]] | None = None) -> Counted:
    """Count a cron of one slot."""
    history = History(Bounds(timeout=5, grace=1), [SLOT], rows)
    return count({"a": history}, read_lines(text), [ALERT] if messages is None else messages)


def test_a_run_as_it_should_be_has_nothing_broken() -> None:
    """One slot, one row, one job that told its beginning and its end, one alert."""
    found = counted(row())
    assert found.broken() == {}
    assert (found.slots, found.executions, found.starts_per_slot_max) == (1, 1, 1)
    assert found.latest_end == pytest.approx(-5)


@pytest.mark.parametrize(
    ("promise", "found"),
    [
        ("slots_without_row", counted(text="")),
        ("slots_with_more_rows", counted(row(), row("two"))),
        ("starts_per_slot_max", counted(row(), text=LIFE + LIFE.replace("one", "two"))),
        ("starts_per_slot_max", counted(row(), text=LIFE + LIFE)),
        ("overlaps", counted(row(), text=LIFE + "a two 2026-01-01T12:01:00Z begin 10.50\n")),
        ("beyond_deadline", counted(row(), text=LIFE.replace("11.00", f"{16.1 + MARGIN}"))),
        ("alerts_lost", counted(row(), messages=[])),
        ("alerts_lost", counted(row(), messages=[ALERT | {"step": "closed"}])),
        ("untrue_rows", counted(row(status="SUCCESS", exit_code=0), text="")),
        ("untrue_rows", counted(row(status="SKIPPED", exit_code=None))),
        ("untrue_rows", counted(row(status="TIMEOUT", exit_code=None))),
        ("untrue_rows", counted(row(reason=""))),
        ("untrue_rows", counted(row(status="ERROR", exit_code=None), text="")),
        ("untrue_rows", counted(row(), text=LIFE + LIFE.replace("a one", "a two"))),
        ("untrue_rows", counted(row(), text=LIFE + LIFE.replace("a one", "b two"))),
    ],
)
def test_what_is_broken_is_counted(promise: str, found: Counted) -> None:
    """Each promise by its name."""
    assert promise in found.broken()


def test_a_line_that_was_cut_does_not_count() -> None:
    """A job that is killed while it tells has told nothing."""
    assert [line.what for line in read_lines(f"{LIFE}a one 2026-01-01T12:")] == ["begin", "end"]


def test_the_slots_that_were_due_follow_from_the_schedule() -> None:
    """From the first one that the server named to the end of the run."""
    until = SLOT + timedelta(seconds=150)
    minute = timedelta(minutes=1)
    assert due_slots("rate(1 minute)", SLOT, until) == [SLOT, SLOT + minute, SLOT + 2 * minute]
    assert due_slots("* * * * *", SLOT, until) == [SLOT, SLOT + minute, SLOT + 2 * minute]
    assert due_slots("at(2026-01-01T12:00:00)", SLOT, until) == [SLOT]
    assert due_slots("* * * * *", SLOT, SLOT - minute) == []
