"""What is asked of a rehearsal: which time, and what is down in it."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import click

from wlcron.errors import RefusedError
from wlcron.rehearsal.outages import Window, every_day
from wlcron.rehearsal.parts import Setting
from wlcron.schedule import ScheduleError, parse_schedule

MOST_DAYS = 3660
_FIRST, _END = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_WINDOW = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")
_MIDNIGHT = "24:00"


def setting_of(
    begin: str | None, days: int, timezone: str, down: Sequence[str], engine_down: Sequence[str]
) -> Setting:
    """Return the time that is rehearsed; raises BadParameter and RefusedError."""
    _check_zone(timezone)
    first = _instant(begin, timezone)
    length = timedelta(days=days)
    if not _FIRST <= first <= _END - length:
        raise click.BadParameter(
            "schedules have slots from 1970 to 2199 alone.", param_hint="--from"
        )
    until = first + length
    server = [_window(text, "--down") for text in down]
    engine = [_window(text, "--engine-down") for text in engine_down]
    return Setting(
        begin=first,
        until=until,
        server=every_day(server, timezone, first, until),
        engine=every_day(engine, timezone, first, until),
    )


def _check_zone(timezone: str) -> None:
    try:
        parse_schedule("@daily", timezone=timezone)
    except ScheduleError as error:
        raise RefusedError(str(error)) from error


def _instant(text: str | None, timezone: str) -> datetime:
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        instant = datetime.fromisoformat(text)
        aware = instant if instant.tzinfo else instant.replace(tzinfo=ZoneInfo(timezone))
        return aware.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(
            f'"{text}" is no time: write 2026-12-24 or 2026-12-24T18:00.', param_hint="--from"
        ) from error


def _window(text: str, option: str) -> Window:
    match = _WINDOW.fullmatch(text)
    try:
        begin, end = (_time(each) for each in match.groups()) if match else (None, None)
    except ValueError:
        begin, end = None, None
    if begin is None or end is None:
        raise click.BadParameter(
            f'"{text}" is no time of the day: write 02:00-05:00.', param_hint=option
        )
    if begin == end:
        raise click.BadParameter(
            f'"{text}" ends as it begins: it would be down for ever, or never.', param_hint=option
        )
    return Window(begin, end)


def _time(text: str) -> time:
    return time(0) if text == _MIDNIGHT else time.fromisoformat(text)
