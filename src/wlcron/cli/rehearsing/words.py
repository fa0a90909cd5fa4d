"""A rehearsal as people read it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from wlcron.cli.output import printable, status_text, table
from wlcron.cli.times import NONE, duration_text, instant_text
from wlcron.rehearsal.events import Happening, What
from wlcron.rehearsal.report import Report, Summary
from wlcron.rehearsal.witness import is_by_routes

HEADER = (
    *("Name", "Starts", "Skipped", "Missed", "Timeouts", "Failed", "Alerts", "At Once"),
    *("Longest Gap", "From"),
)
_FAILURES = (What.FAILED, What.ERROR, What.LOST)
_NAMED = 3  # of many crons
_WIDTH = 7  # of the longest word for what happens


def head(report: Report, durations: str) -> str:
    """Return the sentence that says what was rehearsed."""
    setting = report.setting
    days = (setting.until - setting.begin).days
    return (
        f"{_count(len(report.parts), 'cron')} from {instant_text(setting.begin)}"
        f" for {_count(days, 'day')}. Executions take {printable(durations)}."
    )


def event_lines(report: Report, *, calm: bool) -> Iterator[str]:
    """Yield a line for each event: its time in UTC and by the cron's clock, what and why."""
    if not (report.count if calm else report.troubles):
        yield "Nothing but starts and ends." if report.count else "Nothing."
        return
    zones = {part.cron.id: ZoneInfo(part.cron.definition.timezone) for part in report.parts}
    has_local = any(part.cron.definition.timezone != "UTC" for part in report.parts)
    width = max((len(part.cron.name) for part in report.parts), default=0)
    for each, count in _gathered(report.happenings(calm=calm)):
        local = f"  {_local(each.at, zones[each.cron.id])}" if has_local else ""
        what = status_text(each.event.what) + " " * (_WIDTH - len(each.event.what))
        line = f"{instant_text(each.at)}{local}  {printable(each.cron.name):{width}}  {what}"
        why = _why(each) if count == 1 else f"{count} slots, the last because {_why(each)}"
        yield f"{line}  {printable(why)}".rstrip()


def summary_lines(report: Report) -> list[str]:
    """Return a table with a line for each cron."""
    return table(HEADER, [_row(each) for each in report.summaries])


def warning_lines(report: Report) -> list[str]:
    """Return a line for each warning; what is the same of many crons is said once."""
    crons: dict[str, list[str]] = {}
    for each in report.warnings:
        crons.setdefault(each.text, []).extend([each.cron] if each.cron else [])
    return [f"warning: {_concerned(names)}{printable(text)}." for text, names in crons.items()]


def some_of(names: Sequence[str]) -> str:
    """Return the first names, and how many crons more there are."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {_count(more, 'more cron')}" if more > 0 else "")


def totals(report: Report) -> str:
    """Return one line of figures of all crons together."""
    counts = [
        _count(_total(report, (What.STARTED,)), "start"),
        f"{_total(report, (What.SKIPPED,)):,} skipped",
        f"{_total(report, (What.MISSED,)):,} missed",
        _count(_total(report, (What.TIMEOUT,)), "timeout"),
        f"{_total(report, _FAILURES):,} failed",
        _count(_total(report, (What.ALERT,)), "alert"),
    ]
    crowd = report.crowd
    when = f", first at {instant_text(crowd.most_at)}" if crowd.most_at else ""
    return f"{', '.join(counts)}. At most {crowd.most:,} at once{when}."


def _concerned(names: Sequence[str]) -> str:
    return f"{'each of ' if names[1:] else ''}{some_of(names)}: " if names else ""


def _gathered(happenings: Iterator[Happening]) -> Iterator[tuple[Happening, int]]:
    """Yield events; of many slots of one cron that come to the same at once the last, counted."""
    alike = groupby(happenings, lambda each: (each.at, each.cron.id, each.event.what))
    for (_, _, what), each in alike:
        if what in {What.SKIPPED, What.MISSED}:
            same = list(each)
            yield same[-1], len(same)
        else:
            yield from ((one, 1) for one in each)


def _total(report: Report, whats: Sequence[What]) -> int:
    return sum(each.tally[what] for each in report.summaries for what in whats)


def _row(summary: Summary) -> tuple[str, ...]:
    tally = summary.tally
    counts = (What.STARTED, What.SKIPPED, What.MISSED, What.TIMEOUT)
    gap = duration_text(tally.gap.total_seconds()) if tally.gap else NONE
    return (
        summary.part.cron.name,
        *(f"{tally[what]:,}" for what in counts),
        f"{sum(tally[what] for what in _FAILURES):,}",
        f"{tally[What.ALERT]:,}",
        f"{tally.most:,}",
        gap,
        instant_text(summary.gap_from),
    )


def _why(each: Happening) -> str:
    told = each.event.told
    if told is None:
        return each.why
    said = f": {each.why}" if each.why else ""
    channel = "its routes" if is_by_routes(told.channel) else told.channel
    return f"{told.severity} to {channel}, {told.condition} {told.step}{said}"


def _local(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    if local.utcoffset() == timedelta(0):
        return " " * len("00:00:00 +00:00")
    return f"{local:%H:%M:%S} {local.isoformat()[-6:]}"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")
