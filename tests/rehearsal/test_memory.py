"""What is remembered is what would have been played."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from tests.rehearsal.plays import (
    ALL,
    DAY,
    HOUR,
    MIDNIGHT,
    happenings,
    make_part,
    make_setting,
    plays,
)
from tests.samples import MINUTE
from wlcron.core.cron import AfterTime, InARow, Notifications, Severity
from wlcron.rehearsal.course import Course
from wlcron.rehearsal.outages import Outages
from wlcron.rehearsal.parts import Fate, Part, Setting
from wlcron.rehearsal.rehearse import days_of, rehearse


@given(plays())
def test_memory_changes_nothing(play: tuple[Part, Setting]) -> None:
    """One server that lives through all of it sees the same events, in the same words."""
    part, setting = play
    quick = rehearse([part], setting)
    slow = rehearse([part], setting, remembers=False)
    assert happenings(quick) == happenings(slow)
    assert quick.summaries == slow.summaries
    assert (quick.crowd, quick.warnings) == (slow.crowd, slow.warnings)


LONG = Fate(25 * MINUTE)
BAD, GOOD = Fate(MINUTE, 1), Fate(MINUTE)


@pytest.mark.parametrize(
    ("wanted", "fates"),
    [
        (Notifications(), (GOOD, BAD)),
        (Notifications(failed=InARow(Severity.ERROR, 3)), (GOOD, BAD, BAD, BAD)),
        (Notifications(failed=InARow(Severity.ERROR, 5)), (*[BAD] * 7, GOOD)),
        (Notifications(skipped=InARow(Severity.ERROR, 4)), (LONG, LONG, GOOD)),
        (Notifications(not_started_within=AfterTime(Severity.ERROR, MINUTE)), (LONG, GOOD)),
        (Notifications(no_success_for=AfterTime(Severity.ERROR, 2 * HOUR)), (*[BAD] * 30, GOOD)),
        (Notifications(ran_longer_than=AfterTime(Severity.ERROR, 20 * MINUTE)), (LONG, GOOD)),
    ],
)
@pytest.mark.parametrize("schedule", ["*/20 * * * *", "*/15 1-3,8-11 * * *"])
def test_what_is_counted_is_counted_over_the_hours(
    wanted: Notifications, fates: tuple[Fate, ...], schedule: str
) -> None:
    """As many of the executions before are remembered as an alert asks for."""
    part = make_part(schedule, *fates, notifications=wanted)
    setting = make_setting(2 * DAY, ["06:30-07:15"])
    quick, slow = (rehearse([part], setting, remembers=each) for each in (True, False))
    assert happenings(quick) == happenings(slow)


@pytest.mark.parametrize(
    ("fates", "wanted"),
    [
        ((Fate(MINUTE),), Notifications()),
        ((Fate(MINUTE), Fate(7 * MINUTE), Fate(MINUTE, 1)), ALL),
        ((Fate(MINUTE, 1),), replace(ALL, no_success_for=None)),
    ],
)
async def test_days_that_are_alike_are_played_once(
    fates: tuple[Fate, ...], wanted: Notifications
) -> None:
    """Also of a cron that fails for ever: only so much of the past matters as is asked for."""
    part = make_part("*/5 * * * *", *fates, timezone="Europe/Berlin", notifications=wanted)
    setting = make_setting(120 * DAY, ["02:00-03:00"])
    outcomes = await Course(part, setting).play(days_of(setting))
    assert len(outcomes) >= 120
    assert len(set(outcomes)) < 20


def test_sentences_name_their_own_day() -> None:
    """Instants and ids are those of the day that is told of, not of the one that was played."""
    part = make_part("*/10 * * * *", Fate(12 * MINUTE))
    setting = make_setting(30 * DAY)
    slow = happenings(rehearse([part], setting, remembers=False))
    quick = happenings(rehearse([part], setting))
    assert [each.why for each in quick] == [each.why for each in slow]
    assert "2027-04-25" in quick[-1].why or "2027-04-25" in quick[-2].why
    assert len({each.why for each in quick}) > 2000


def test_days_are_cut_where_nothing_is_down() -> None:
    """A state is put down only while all is up, so the cut is moved out of the way."""
    setting = make_setting(3 * DAY, ["23:30-00:30"], ["01:00-02:30"])
    cuts = days_of(setting)[1:-1]
    assert {(cut - timedelta(hours=1)).hour for cut in cuts} == {0}
    assert all(not setting.server.covers(cut - MINUTE) for cut in cuts)


def test_nothing_is_put_down_while_a_start_is_on_its_way() -> None:
    """The next try comes when its delay is over, not as soon as a server begins anew."""
    part = make_part("0 0 * * *", start_within=3 * HOUR)
    back = MIDNIGHT + HOUR - timedelta(seconds=20)
    setting = Setting(MIDNIGHT, MIDNIGHT + 3 * HOUR, engine=Outages([(MIDNIGHT, back)]))
    start, *_ = happenings(rehearse([part], setting))
    assert start.at == MIDNIGHT + HOUR + timedelta(seconds=2)
