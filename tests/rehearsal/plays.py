"""Crons to rehearse, and rehearsals drawn by Hypothesis."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from hypothesis import strategies as st

from tests.samples import MINUTE, make_definition
from wlcron.core.cron import AfterTime, Definition, InARow, Notifications, Severity
from wlcron.rehearsal.events import Happening, What
from wlcron.rehearsal.outages import Window, every_day
from wlcron.rehearsal.parts import Fate, Part, Setting, as_created
from wlcron.rehearsal.rehearse import rehearse
from wlcron.rehearsal.report import Report

MIDNIGHT = datetime(2027, 3, 27, tzinfo=UTC)  # the night before Europe's summer time begins
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ALL = Notifications(
    failed=InARow(Severity.ERROR, 2),
    skipped=InARow(Severity.WARNING, 2),
    not_started_within=AfterTime(Severity.CRITICAL, 3 * MINUTE),
    ran_longer_than=AfterTime(Severity.INFO, 6 * MINUTE),
    no_success_for=AfterTime(Severity.ERROR, 2 * HOUR),
)


def make_part(
    schedule: str = "*/10 * * * *",
    *fates: Fate,
    name: str = "tidy",
    at: datetime = MIDNIGHT,
    **more: object,
) -> Part:
    """Return a cron that is created at midnight, whose executions take a minute."""
    definition = make_definition(schedule, **more)
    return Part(as_created(name, definition, at), fates or (Fate(MINUTE),))


def make_setting(
    length: timedelta = HOUR,
    down: Sequence[str] = (),
    engine_down: Sequence[str] = (),
    begin: datetime = MIDNIGHT,
) -> Setting:
    """Return a time from midnight on; windows are written as 02:00-05:00, in UTC."""
    until = begin + length
    server, engine = (
        every_day(map(window, texts), "UTC", begin, until) for texts in (down, engine_down)
    )
    return Setting(begin, until, server, engine)


def window(text: str) -> Window:
    """Read 02:00-05:00."""
    begin, end = text.split("-")
    return Window(time.fromisoformat(begin), time.fromisoformat(end))


def happenings(report: Report) -> list[Happening]:
    """Return all that happens."""
    return list(report.happenings(calm=True))


def played(part: Part, setting: Setting, *whats: What) -> list[tuple[str, str]]:
    """Return when what happens to one cron; of these kinds alone, if any are given."""
    return [
        (f"{each.at - setting.begin}", str(each.event.what))
        for each in happenings(rehearse([part], setting))
        if not whats or each.event.what in whats
    ]


SCHEDULES = st.sampled_from(
    [
        *("*/5 * * * *", "*/7 * * * *", "0 * * * *", "30 2 * * *", "@daily", "0 9 * * MON"),
        *("cron(30 2 * * ? *)", "cron(0/15 1-3 * * ? *)", "* 3 * * *", "0,59 * * * *"),
        *("rate(5 minutes)", "rate(13 minutes)", "rate(7 hours)", "rate(1 day)"),
        "at(2027-03-28T02:30:00)",
    ]
)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"])
SEVERITIES = st.sampled_from(Severity)
SECONDS = st.integers(1, 4 * 3600).map(lambda seconds: timedelta(seconds=seconds))
LENGTHS = st.one_of(
    SECONDS,
    st.sampled_from([MINUTE, 5 * MINUTE, 10 * MINUTE, HOUR, 3 * HOUR]),
    st.just(timedelta(seconds=90.25)),
)
IN_A_ROW = st.none() | st.builds(InARow, SEVERITIES, st.integers(1, 4))
AFTER_TIME = st.none() | st.builds(AfterTime, SEVERITIES, LENGTHS)
LONG_AFTER = st.none() | st.builds(AfterTime, SEVERITIES, LENGTHS.map(lambda each: each * 8))
NOTIFICATIONS = st.builds(
    Notifications,
    failed=IN_A_ROW,
    skipped=IN_A_ROW,
    not_started_within=AFTER_TIME,
    ran_longer_than=AFTER_TIME,
    no_success_for=LONG_AFTER,
    channels=st.sampled_from([(), ("on-call",), ("on-call", "team")]),
)
FATES = st.lists(
    st.builds(Fate, LENGTHS | st.just(timedelta(0)), st.sampled_from([0, 0, 1])),
    min_size=1,
    max_size=4,
).map(tuple)
CLOCK = st.one_of(
    st.builds(time, st.integers(0, 23)), st.builds(time, st.integers(0, 23), st.integers(0, 59))
)
WINDOWS = st.lists(
    st.builds(Window, CLOCK, CLOCK).filter(lambda each: each.begin != each.end), max_size=2
)
BEGINS = st.sampled_from(
    [
        MIDNIGHT,
        MIDNIGHT + timedelta(hours=7, minutes=42, seconds=13),
        datetime(2027, 10, 30, 20, tzinfo=UTC),
        datetime(2027, 5, 3, 12, 30, tzinfo=UTC),
    ]
)


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """Draw a definition with all that a rehearsal goes by."""
    made = make_definition(
        draw(SCHEDULES), timezone=draw(ZONES), start_within=draw(st.none() | LENGTHS)
    )
    return replace(made, timeout=draw(LENGTHS), notifications=draw(NOTIFICATIONS))


@st.composite
def plays(draw: st.DrawFn) -> tuple[Part, Setting]:
    """Draw a cron, the fates of its executions, and some days with what is down in them."""
    begin = draw(BEGINS)
    until = begin + draw(st.sampled_from([5 * HOUR, 5 * HOUR, 9 * HOUR, DAY, 2 * DAY + 7 * HOUR]))
    zone = draw(ZONES)
    server = every_day(draw(WINDOWS), zone, begin, until)
    engine = every_day(draw(WINDOWS), zone, begin, until)
    part = Part(as_created("tidy", draw(definitions()), begin), draw(FATES))
    return part, Setting(begin, until, server, engine)
