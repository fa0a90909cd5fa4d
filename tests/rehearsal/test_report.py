"""What a rehearsal of several crons says."""

from datetime import UTC, datetime, timedelta

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from tests.rehearsal.plays import DAY, HOUR, MIDNIGHT, make_part, make_setting
from tests.samples import MINUTE
from wlcron.core.cron import InARow, Notifications, Severity
from wlcron.rehearsal.events import Event, What
from wlcron.rehearsal.outcome import Outcome, joined, outcome_of
from wlcron.rehearsal.parts import Fate, Part
from wlcron.rehearsal.rehearse import rehearse
from wlcron.rehearsal.report import Report


def warned(report: Report, kind: str) -> list[str]:
    """Return the texts of the warnings of a kind."""
    return [each.text for each in report.warnings if each.kind == kind]


def counted(report: Report) -> tuple[int, datetime | None]:
    """Return the most executions at once and when, counted one by one."""
    changes: dict[datetime, int] = {}
    for each in report.happenings(calm=True):
        if each.event.ran and each.event.what is not What.ALERT:
            step = 1 if each.event.what is What.STARTED else -1
            changes[each.at] = changes.get(each.at, 0) + step
    level, most, most_at = 0, 0, None
    for at in sorted(changes):
        level += changes[at]
        if level > most:
            most, most_at = level, at
    return most, most_at


PARTS = st.lists(
    st.tuples(
        st.sampled_from(["*/5 * * * *", "3-59/10 * * * *", "0 */2 * * *", "@daily", "0 9 * * SUN"]),
        st.sampled_from([MINUTE, 7 * MINUTE, 3 * HOUR, timedelta(seconds=30.5), 20 * HOUR]),
    ),
    min_size=1,
    max_size=5,
)


@given(PARTS, st.sampled_from([5 * HOUR, 30 * HOUR]), st.sampled_from([(), ("01:00-03:10",)]))
def test_the_most_at_once_is_that_of_all_events_counted(
    drawn: list[tuple[str, timedelta]], length: timedelta, down: tuple[str, ...]
) -> None:
    """Though days that are alike are counted once; who ends as another one starts makes room."""
    parts = [
        make_part(schedule, Fate(takes), name=f"cron-{number}", timeout=DAY)
        for number, (schedule, takes) in enumerate(drawn)
    ]
    report = rehearse(parts, make_setting(length, down))
    assert (report.crowd.most, report.crowd.most_at) == counted(report)
    alone = [rehearse([part], make_setting(length, down)) for part in parts]
    assert [each.tally.most for each in report.summaries] == [counted(each)[0] for each in alone]


def test_executions_of_a_cron_that_ran_at_once_would_be_seen() -> None:
    """Counted from starts and ends, over all stretches; one that ends makes room for the next."""

    def stretch(*events: tuple[int, What]) -> Outcome:
        made = tuple(Event(minute * MINUTE, what, ran=True) for minute, what in events)
        return outcome_of(HOUR, made, (), is_running=False)

    start, end = What.STARTED, What.SUCCESS
    neat = stretch((0, start), (5, start), (5, end)), stretch((3, end))
    assert joined(neat).tally.most == 1
    broken = stretch((0, start)), stretch((3, start), (4, end), (5, end)), stretch((0, start))
    assert joined(broken).tally.most == 2


def test_the_longest_gap_is_between_two_starts() -> None:
    """Also over midnight, and with where it begins."""
    part = make_part("0 8,22 * * *")
    (summary,) = rehearse([part], make_setting(3 * DAY, ["21:00-23:00"])).summaries
    assert (summary.tally.gap, summary.gap_from) == (15 * HOUR, MIDNIGHT + 8 * HOUR)
    (never,) = rehearse([make_part("@daily")], make_setting(DAY)).summaries
    assert (never.tally.gap, never.gap_from) == (timedelta(0), None)


def test_events_of_all_crons_come_in_order_of_time() -> None:
    """With names in order where the time is the same."""
    parts = [make_part("*/20 * * * *", name=name) for name in ("b", "a")]
    found = [
        (each.at, each.cron.name) for each in rehearse(parts, make_setting()).happenings(calm=True)
    ]
    assert found == sorted(found)
    assert len(found) == 12


def many(
    count: int, schedule: str = "0 3 * * *", wanted: Notifications | None = None
) -> list[Part]:
    """Return crons that are due together, and fail."""
    told = wanted or Notifications()
    return [
        make_part(schedule, Fate(MINUTE, 1), name=f"c-{n}", notifications=told)
        for n in range(count)
    ]


def test_many_crons_at_the_same_minute_are_a_herd() -> None:
    """With how many, when and how often; ten of them are many."""
    parts = [*many(12), *(make_part(f"{n} * * * *", name=f"h-{n}") for n in range(4))]
    (text,) = warned(rehearse(parts, make_setting(30 * DAY)), "herd")
    assert "13 at 03:00 UTC (30 days)" in text
    assert "minutes of their own" in text
    assert warned(rehearse(many(9), make_setting(DAY)), "herd") == []


def test_crons_that_are_spread_are_no_herd() -> None:
    """However many there are: nobody could spread them better."""
    parts = [make_part(f"{n % 5}-59/5 * * * *", name=f"c-{n}") for n in range(60)]
    assert warned(rehearse(parts, make_setting(2 * HOUR)), "herd") == []


def test_more_herds_than_are_named_are_counted() -> None:
    """The largest come first."""
    parts = [*many(11), *many(12, "0 4-9 * * *")]
    parts = [make_part(p.cron.definition.schedule, name=f"x-{n}") for n, p in enumerate(parts)]
    (text,) = warned(rehearse(parts, make_setting(DAY)), "herd")
    assert text.index("12 at 04:00") < text.index("and at 4 more minutes of the day")


def test_incidents_of_many_crons_at_once_are_a_flood() -> None:
    """As the channel's own measure has it: what is beyond it is told as one."""
    wanted = Notifications(failed=InARow(Severity.ERROR), channels=("on-call",))
    (text,) = warned(rehearse(many(25, wanted=wanted), make_setting(2 * DAY)), "flood")
    assert "to on-call at 2027-03-27 03:01:00 UTC, 5 of them" in text
    assert warned(rehearse(many(20, wanted=wanted), make_setting(DAY)), "flood") == []


def test_a_flood_of_crons_without_channels_goes_to_their_routes() -> None:
    """Which a rehearsal does not know."""
    wanted = Notifications(failed=InARow(Severity.ERROR))
    (text,) = warned(rehearse(many(25, wanted=wanted), make_setting(DAY)), "flood")
    assert "to their routes at 2027-03-27 03:01:00 UTC, 5 of them" in text


def test_overlaps_that_are_certain_are_said_so() -> None:
    """Where no execution is shorter than the time between two slots."""
    (certain,) = warned(
        rehearse([make_part("*/5 * * * *", Fate(7 * MINUTE))], make_setting()), "overlap"
    )
    assert "6 slots are skipped" in certain
    assert "none takes less than 7m, and slots are 5m apart" in certain
    fates = Fate(MINUTE), Fate(6 * MINUTE)
    (possible,) = warned(rehearse([make_part("*/5 * * * *", *fates)], make_setting()), "overlap")
    assert "certain" not in possible


@pytest.mark.parametrize(
    ("takes", "down", "said"),
    [
        (
            MINUTE,
            "00:02-00:29",
            "4 slots are skipped because the engine was down and the start before was still",
        ),
        (
            3 * MINUTE,
            "00:01-00:29",
            "5 slots are skipped because the engine was down and did not say that the execution",
        ),
        (8 * MINUTE, "00:01-00:04", "6 slots are skipped because the execution before still runs"),
    ],
)
def test_overlaps_say_whether_anything_ran(takes: timedelta, down: str, said: str) -> None:
    """A shorter job is no remedy for an engine that was down."""
    setting = make_setting(engine_down=[down])
    (text,) = warned(rehearse([make_part("*/5 * * * *", Fate(takes))], setting), "overlap")
    assert text.startswith(said)
    assert ("Make it rarer, or shorter" in text) == ("still runs" in said)


@pytest.mark.parametrize(
    ("schedule", "days", "said"),
    [
        ("30 2 * * *", 3, "02:30 on 2027-03-28 in Europe/Berlin does not exist; it is due right"),
        ("cron(30 2 * * ? *)", 3, "does not exist, and there is no slot in its place"),
        ("0,15,30,45 2 * * *", 3, "02:00, 02:15, 02:30 and 1 more on 2027-03-28"),
        (
            "30 2 * * *",
            300,
            "02:30 on 2027-10-31 in Europe/Berlin comes twice; it is due the first",
        ),
        ("*/30 2 * * *", 300, "comes twice; it is due both times"),
    ],
)
def test_times_that_the_change_of_the_clock_makes_odd_are_named(
    schedule: str, days: int, said: str
) -> None:
    """With what comes of them."""
    part = make_part(schedule, timezone="Europe/Berlin")
    texts = warned(rehearse([part], make_setting(days * DAY)), "clock-change")
    assert any(said in text for text in texts)


def test_the_log_is_as_it_was_afterwards() -> None:
    """A rehearsal says nothing there, and changes nothing of it."""
    before = structlog.get_config()
    rehearse([make_part()], make_setting())
    assert structlog.get_config() == before


def test_progress_is_told_for_each_cron() -> None:
    """So that somebody who waits knows how long."""
    told: list[int] = []
    rehearse([make_part(name=name) for name in "abc"], make_setting(), told.append)
    assert told == [0, 1, 2]


def test_the_year_of_the_examples_begins_on_any_day() -> None:
    """Nothing depends on the date of the rehearsal but the slots."""
    part = make_part("0 0 1 1 *", at=datetime(2027, 6, 1, tzinfo=UTC))
    report = rehearse([part], make_setting(365 * DAY, begin=datetime(2027, 6, 1, tzinfo=UTC)))
    assert [f"{each.at:%F}" for each in report.happenings(calm=True)] == ["2028-01-01"] * 2
