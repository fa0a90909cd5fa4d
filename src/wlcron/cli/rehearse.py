"""`wl rehearse`: what would happen, without a server and without waiting for it."""

import gc
import sys
import time
from collections.abc import Callable
from datetime import datetime

import click

from wlcron.cli.cron.definition import files_option
from wlcron.cli.options import output_option, server_options
from wlcron.cli.output import note, say
from wlcron.cli.rehearsing.asked import MOST_DAYS, setting_of
from wlcron.cli.rehearsing.document import json_lines
from wlcron.cli.rehearsing.parts import Cast, cast_of
from wlcron.cli.rehearsing.words import event_lines, head, summary_lines, totals, warning_lines
from wlcron.cli.tree import command
from wlcron.errors import DefinitionError, RefusedError
from wlcron.rehearsal.rehearse import rehearse
from wlcron.rehearsal.report import Report

ALL, TROUBLE, NONE = "all", "trouble", "none"
READABLE = 200  # events; more are not read by anybody
_PATIENCE = 1.0  # seconds in which a person needs no sign of life
_EVERY = 0.1

_down = click.option(
    "--down",
    multiple=True,
    metavar="HH:MM-HH:MM",
    help="The server is down then, every day; also over midnight, and several times.",
)
_engine_down = click.option(
    "--engine-down",
    multiple=True,
    metavar="HH:MM-HH:MM",
    help="The engine does not answer then; what it runs goes on.",
)
_durations = click.option(
    "--durations",
    metavar="history|FILE",
    help="How long executions take: as the server's last ones, or as a file says.",
)
_events = click.option(
    "--events",
    type=click.Choice([ALL, TROUBLE, NONE]),
    help=f"Which events to print; default: all, but of more than {READABLE} the troubles alone.",
)


@command(
    "rehearse",
    example="wl rehearse -f crons/ --days 7 --down 02:00-05:00\n"
    "wl rehearse -f crons/ --from 2027-01-01 --days 365 --durations history",
)
@files_option
@click.option(
    "--from",
    "begin",
    metavar="TIME",
    help="ISO 8601 date or time, in the time zone if it names none; default: now.",
)
@click.option(
    "--days", type=click.IntRange(1, MOST_DAYS), default=1, show_default=True, help="How many days."
)
@_down
@_engine_down
@click.option(
    "--timezone", metavar="TZ", default="UTC", show_default=True, help="Of the times given here."
)
@_durations
@_events
@output_option
@server_options
def rehearse_crons(  # noqa: PLR0913, PLR0917 -- one for each option
    path: str,
    begin: str | None,
    days: int,
    down: tuple[str, ...],
    engine_down: tuple[str, ...],
    timezone: str,
    durations: str | None,
    events: str | None,
    output: str,
) -> None:
    """Print what would happen to the crons of files: starts, skips, misses, timeouts, alerts.

    The server's own planner, recorder and alerts do it, on a clock that leaps. Nothing is run, and
    no server is asked, but for --durations history.
    """
    gc.enable()  # of all commands this one alone lasts, and leaves worlds behind
    setting = setting_of(begin, days, timezone, down, engine_down)
    cast = _cast(path, durations, setting.begin)
    report = rehearse(cast.parts, setting, _progress(len(cast.parts)))
    _end_progress()
    wanted = events or (ALL if report.count <= READABLE else TROUBLE)
    if output == "json":
        for line in json_lines(report, cast.durations, wanted):
            say(line)
    else:
        _print(report, cast.durations, wanted, is_chosen=events is not None)


def _cast(path: str, durations: str | None, begin: datetime) -> Cast:
    """Say what is wrong with files, but not that nothing was changed: nothing ever is."""
    try:
        return cast_of(path, durations, begin)
    except DefinitionError as error:
        for problem in error.problems:
            note(problem)
        raise RefusedError("correct what is named above and try again.") from error


def _print(report: Report, durations: str, events: str, *, is_chosen: bool) -> None:
    say(head(report, durations))
    say()
    if events != NONE:
        for line in event_lines(report, calm=events == ALL):
            say(line)
        say()
    for line in [*summary_lines(report), *_parted(warning_lines(report)), "", totals(report)]:
        say(line)
    if events == TROUBLE and not is_chosen:
        hidden = report.count - report.troubles
        note(f"{hidden:,} plain starts and ends are not shown; see them with --events all.")


def _parted(lines: list[str]) -> list[str]:
    return ["", *lines] if lines else []


def _progress(total: int) -> Callable[[int], None]:
    """Return what says on a terminal how far it is, once it has taken a second."""
    begin = shown = time.monotonic()

    def tell(done: int) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - begin > _PATIENCE and now - shown > _EVERY and sys.stderr.isatty():
            shown = now
            click.echo(f"\r\033[K{done:,} of {total:,} crons", err=True, nl=False)

    return tell


def _end_progress() -> None:
    if sys.stderr.isatty():
        click.echo("\r\033[K", err=True, nl=False)
