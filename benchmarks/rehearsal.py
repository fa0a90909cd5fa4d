"""A rehearsal: a year of a thousand crons, and executions of which none is like another."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

from measuring import Figure, Row, above, below, progress, rate
from wlcron.core.cron import AfterTime, Container, Definition, InARow, Notifications, Severity
from wlcron.rehearsal.events import What
from wlcron.rehearsal.parts import Fate, Part, Setting, as_created
from wlcron.rehearsal.rehearse import rehearse
from wlcron.rehearsal.report import Report

CRONS, YEAR = 1000, timedelta(days=365)
LONGEST = 60.0  # seconds
SLOWEST = 500  # executions a second that are played one by one
_ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
_BEGIN = datetime(2027, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


async def measure() -> list[Row]:
    """Rehearse what repeats itself, and what does not."""
    # A rehearsal has an event loop of its own.
    return [await asyncio.to_thread(_year), await asyncio.to_thread(_unlike)]


def _year() -> Row:
    parts = [_part(number) for number in range(CRONS)]
    cpu = time.process_time()
    report, seconds = _rehearsed(parts, Setting(_BEGIN, _BEGIN + YEAR))
    cpu = time.process_time() - cpu
    slots = sum(_slots(report, each) for each in (What.STARTED, What.SKIPPED, What.MISSED))
    return below(
        f"rehearsal: a year of {CRONS:,} crons every 5 minutes ({slots:,} slots)",
        Figure(seconds, f"{seconds:.1f} s ({cpu:.1f} s of a core)"),
        Figure(LONGEST, f"{LONGEST:.0f} s"),
    )


def _unlike() -> Row:
    """Let each execution take another time, so that no hour is like another."""
    fates = tuple(Fate(timedelta(seconds=1 + number % 293)) for number in range(9973))
    part = Part(_part(0).cron, fates)
    report, seconds = _rehearsed([part], Setting(_BEGIN, _BEGIN + timedelta(days=30)))
    starts = _slots(report, What.STARTED)
    what = "rehearsal: executions that are played one by one"
    return above(what, rate(starts / seconds, "executions"), rate(SLOWEST, "executions"))


def _rehearsed(parts: list[Part], setting: Setting) -> tuple[Report, float]:
    begin = time.perf_counter()
    report = rehearse(parts, setting, lambda done: progress(f"rehearsal: {done} of {len(parts)}"))
    _ = report.summaries, report.crowd, report.warnings
    return report, time.perf_counter() - begin


def _slots(report: Report, what: What) -> int:
    return sum(each.tally[what] for each in report.summaries)


def _part(number: int) -> Part:
    """Return one of many different crons: minutes, zones, timeouts, alerts and durations."""
    definition = Definition(
        schedule=f"{number % 5}-59/5 * * * *",
        timezone=_ZONES[number % len(_ZONES)],
        timeout=timedelta(minutes=4 + number % 7),
        description=Container(),
        notifications=Notifications(
            failed=InARow(Severity.ERROR, 1 + number % 3),
            ran_longer_than=AfterTime(Severity.WARNING, 3 * _MINUTE) if number % 2 else None,
        ),
    )
    usual = Fate(timedelta(seconds=20 + number % 100))
    # One in ten now and then fails, or takes longer than there is time.
    fates = (usual, usual, Fate(7 * _MINUTE), Fate(_MINUTE, 1)) if number % 10 == 0 else (usual,)
    return Part(as_created(f"cron-{number}", definition, _BEGIN), fates)
