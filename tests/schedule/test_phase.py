"""Stretches of time in which a schedule is due alike, and times that a change makes odd."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.schedule.strategies import CHANGES
from wlcron.schedule import Schedule, parse_schedule
from wlcron.schedule.schedule import epoch_seconds

LENGTHS = (3600, 86400, 86400 + 1800)
EXPRESSIONS = (
    *("*/5 * * * *", "0,59 1-3 * * *", "30 2 * * MON", "0 0 1 * *", "cron(0/20 1-4 L * ? *)"),
    *("rate(7 minutes)", "rate(5 hours)", "rate(1 day)", "at(2024-03-31T02:30:00)"),
)
ANCHOR = datetime(2024, 1, 1, 0, 0, 30, tzinfo=UTC)


def slots(schedule: Schedule, start: int, length: int) -> list[int]:
    """Return the slots in a stretch, counted from its start."""
    found = []
    slot = schedule.next_epoch(start - 1)
    while slot is not None and slot < start + length:
        found.append(slot - start)
        slot = schedule.next_epoch(slot)
    return found


def second(text: str) -> int:
    """Return an instant in UTC in seconds."""
    return epoch_seconds(datetime.fromisoformat(text).replace(tzinfo=UTC))


def wall_text(minutes: int) -> str:
    """Return a wall time as people read it."""
    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes):%Y-%m-%d %H:%M}"


@given(st.data())
def test_stretches_of_equal_phase_have_equal_slots(data: st.DataObject) -> None:
    """Counted from their starts, and wherever they are."""
    zone = data.draw(st.sampled_from(sorted(CHANGES)))
    schedule = parse_schedule(data.draw(st.sampled_from(EXPRESSIONS)), zone, ANCHOR)
    length = data.draw(st.sampled_from(LENGTHS))
    change = second(data.draw(st.sampled_from(CHANGES[zone])))
    step = data.draw(st.sampled_from([3600, 86400]))
    known: dict[object, list[int]] = {}
    for number in range(-60, 60):
        start = change + number * step
        phase = schedule.phase(start, start + length)
        if phase is not None:
            due = slots(schedule, start, length)
            assert known.setdefault(phase, due) == due


@pytest.mark.parametrize("expression", EXPRESSIONS[:5])
def test_days_far_from_a_change_have_a_phase(expression: str) -> None:
    """A day of each week has the same one, also over the half years in which zones are read."""
    schedule = parse_schedule("*/5 * * * *", "Europe/Berlin")
    start = second("2024-04-05")
    phases = {schedule.phase(start + n * 86400, start + (n + 1) * 86400) for n in range(190)}
    assert phases == {(7200, (True, True))}
    assert parse_schedule(expression, "UTC").phase(start, start + 86400) is not None


@pytest.mark.parametrize("hours", [-23, -1, 0, 23])
def test_around_a_change_nothing_is_said(hours: int) -> None:
    """A day before the stretch counts as well: the clock may show times of it again."""
    schedule = parse_schedule("30 2 * * *", "Europe/Berlin")
    start = second("2024-10-27T01:00") + hours * 3600
    assert schedule.phase(start, start + 86400) is None


def test_the_phase_of_one_instant_is_its_place() -> None:
    """Without it nothing is due."""
    schedule = parse_schedule("at(2024-03-31T02:30:00)")
    noon = second("2024-03-31T02:00")
    assert schedule.phase(noon, noon + 3600) == 1800
    assert schedule.phase(noon - 3600, noon) == schedule.phase(noon + 3600, noon + 7200)


def test_a_rate_has_no_phase_before_its_anchor_or_at_the_end_of_time() -> None:
    """There it has fewer slots than its period says."""
    schedule = parse_schedule("rate(1 hour)", anchor=ANCHOR)
    anchor = epoch_seconds(ANCHOR)
    assert schedule.phase(anchor, anchor + 3600) is None
    assert schedule.phase(anchor + 1, anchor + 3601) == 3599
    assert schedule.phase(second("2199-12-31T23:30"), second("2199-12-31T23:30") + 3600) is None


LEAPT, TWICE = True, False


@pytest.mark.parametrize(
    ("expression", "zone", "odd"),
    [
        (
            "30 2 * * *",
            "Europe/Berlin",
            [("2024-03-31 02:30", LEAPT, 1), ("2024-10-27 02:30", TWICE, 1)],
        ),
        (
            "cron(30 2 * * ? *)",
            "Europe/Berlin",
            [("2024-03-31 02:30", LEAPT, 0), ("2024-10-27 02:30", TWICE, 1)],
        ),
        (
            "*/30 2 * * *",
            "Europe/Berlin",
            [
                *(("2024-03-31 02:00", LEAPT, 0), ("2024-03-31 02:30", LEAPT, 0)),
                *(("2024-10-27 02:00", TWICE, 2), ("2024-10-27 02:30", TWICE, 2)),
            ],
        ),
        (
            "15 0 * * *",
            "America/Havana",
            [("2024-03-10 00:15", LEAPT, 1), ("2024-11-03 00:15", TWICE, 1)],
        ),
        ("45 1 * * *", "Australia/Lord_Howe", [("2024-04-07 01:45", TWICE, 1)]),
        ("0 12 * * *", "Europe/Berlin", []),
        ("*/5 * * * *", "Europe/Berlin", []),
        ("30 2 * * *", "UTC", []),
        ("rate(1 hour)", "Europe/Berlin", []),
        ("30 2 30 2 *", "Europe/Berlin", []),
    ],
)
def test_wall_times_at_a_change_are_odd(
    expression: str, zone: str, odd: list[tuple[str, bool, int]]
) -> None:
    """Those that never come, and those that come twice, with how often they are due."""
    found = parse_schedule(expression, zone).oddities(second("2024-01-01"), second("2025-01-01"))
    assert [(wall_text(each.wall), each.is_leapt, each.slots) for each in found] == odd


@pytest.mark.parametrize("zone", sorted(set(CHANGES) - {"Pacific/Apia", "Pacific/Kwajalein"}))
@pytest.mark.parametrize(
    "expression", ["15,30,45 1 * * *", "*/10 2-4 * * *", "cron(30 0-3 * * ? *)"]
)
def test_what_is_odd_is_due_as_often_as_it_says(zone: str, expression: str) -> None:
    """Counted by the slots around the change; what is leapt over and due comes at the change."""
    schedule = parse_schedule(expression, zone)
    for text in CHANGES[zone]:
        change = second(text)
        for each in schedule.oddities(change - 86400, change + 86400):
            due = slots(schedule, each.change - 86400, 2 * 86400)
            walls = [wall_of(schedule, each.change - 86400 + slot) for slot in due]
            assert walls.count(each.wall) == (0 if each.is_leapt else each.slots)
            assert not (each.is_leapt and each.slots) or 86400 in due


def wall_of(schedule: Schedule, slot: int) -> int:
    """Return what the clock of a schedule's zone shows, in minutes since 1970."""
    from zoneinfo import ZoneInfo

    local = datetime.fromtimestamp(slot, ZoneInfo(schedule.timezone))
    return epoch_seconds(local.replace(tzinfo=UTC)) // 60
