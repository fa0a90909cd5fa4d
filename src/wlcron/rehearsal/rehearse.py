"""rehearse(parts, setting) -> Report: every part's course, and what they come to together."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog

from wlcron.errors import WlcronError
from wlcron.rehearsal.course import DAY, HOUR, Course
from wlcron.rehearsal.outcome import Outcome
from wlcron.rehearsal.parts import Part, Setting
from wlcron.rehearsal.report import Report

_HOURS = 24
_MOMENT = timedelta(microseconds=1)


def rehearse(
    parts: Sequence[Part],
    setting: Setting,
    on_progress: Callable[[int], None] = lambda _: None,
    *,
    remembers: bool = True,
) -> Report:
    """Play all parts through the time of a setting.

    `on_progress` is called with how many are done. With `remembers` False nothing is taken from
    memory, which takes much longer and comes to the same. Raises WlcronError.
    """
    days = days_of(setting)
    with _without_log() as problems:
        courses = asyncio.run(_play(parts, setting, days, on_progress, remembers=remembers))
    if problems:
        raise WlcronError(f"the rehearsal went wrong: {problems[0]}")
    return Report(tuple(parts), setting, tuple(courses))


def days_of(setting: Setting) -> list[datetime]:
    """Return where courses are cut: begin, end, and every day at an hour at which all is up."""
    midnight = setting.begin.replace(hour=0, minute=0, second=0, microsecond=0)
    cut = midnight + _quiet_hour(midnight, setting) * HOUR
    cuts = []
    while cut < setting.until:
        if cut > setting.begin:
            cuts.append(cut)
        cut += DAY
    return [setting.begin, *cuts, setting.until]


async def _play(
    parts: Sequence[Part],
    setting: Setting,
    days: Sequence[datetime],
    on_progress: Callable[[int], None],
    *,
    remembers: bool,
) -> list[list[Outcome]]:
    courses = []
    for number, part in enumerate(parts):
        on_progress(number)
        courses.append(await Course(part, setting, remembers=remembers).play(days))
    return courses


def _quiet_hour(midnight: datetime, setting: Setting) -> int:
    """Return the first hour before whose begin nothing is ever down, where there is one."""
    for hour in range(_HOURS):
        at = midnight + hour * HOUR - _MOMENT
        while at < setting.until and not (setting.server.covers(at) or setting.engine.covers(at)):
            at += DAY
        if at >= setting.until:
            return hour
    return 0


@contextmanager
def _without_log() -> Iterator[list[str]]:
    """Have the duties log nothing; yield what they would have logged as an error."""
    problems: list[str] = []

    def take(_: object, name: str, event: structlog.typing.EventDict) -> str:
        if name in {"error", "critical", "exception"}:
            problems.append(f"{event}")
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(
        processors=[take], wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR)
    )
    try:
        yield problems
    finally:
        structlog.configure(**before)
