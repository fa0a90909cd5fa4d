"""`wl schedule next` and `wl schedule explain`: schedules tried out without a server."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

import click

from wlcron.cli.options import output_option
from wlcron.cli.output import note, print_json, say
from wlcron.cli.times import instant_text, local_text
from wlcron.cli.tree import command
from wlcron.errors import RefusedError
from wlcron.schedule import Schedule, ScheduleError, parse_schedule

expression_argument = click.argument("expression", metavar="EXPR")
timezone_option = click.option(
    "--timezone", metavar="TZ", default="UTC", show_default=True, help="IANA time zone."
)


@command(
    "next",
    example='wl schedule next "cron(0 9 ? * MON-FRI *)" --timezone Europe/Berlin\n'
    'wl schedule next "*/5 * * * *" --after 2026-12-24T18:00 -n 3',
)
@expression_argument
@timezone_option
@click.option("--after", metavar="TIME", help="ISO 8601, in the time zone if it names none.")
@click.option(
    "-n",
    "--number",
    type=click.IntRange(1, 10_000),
    default=10,
    show_default=True,
    help="How many slots.",
)
@output_option
def next_slots(expression: str, timezone: str, after: str | None, number: int, output: str) -> None:
    """Print the next slots of a schedule, in its time zone and in UTC.

    rate(...) is counted from --after, else from now.
    """
    zone = _parse(expression, timezone, None).timezone
    start = _instant(after, zone)
    schedule = _parse(expression, timezone, start)
    slots = list(islice(_slots(schedule, start), number))
    pairs = [(slot.astimezone(ZoneInfo(zone)), slot) for slot in slots]
    if output == "json":
        print_json([{"local": here.isoformat(), "utc": utc.isoformat()} for here, utc in pairs])
        return
    for here, utc in pairs:
        say(f"{local_text(here)}  {instant_text(utc)}")
    if len(slots) < number:
        note(f"No slot is left after {instant_text(slots[-1] if slots else start)}.")


@command("explain", example='wl schedule explain "cron(0 9 ? * MON-FRI *)"')
@expression_argument
@timezone_option
@output_option
def explain(expression: str, timezone: str, output: str) -> None:
    """Say in plain English what a schedule means."""
    explanation = _parse(expression, timezone, None).explain()
    if output == "json":
        print_json({"schedule": expression, "timezone": timezone, "explanation": explanation})
    else:
        say(explanation)


def _parse(expression: str, timezone: str, anchor: datetime | None) -> Schedule:
    try:
        return parse_schedule(expression, timezone=timezone, anchor=anchor)
    except ScheduleError as error:
        raise RefusedError(str(error)) from error


def _instant(text: str | None, zone: str) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        instant = datetime.fromisoformat(text)
        aware = instant if instant.tzinfo else instant.replace(tzinfo=ZoneInfo(zone))
        return aware.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(
            f'"{text}" is no time: write 2026-12-24T18:00.', param_hint="--after"
        ) from error


def _slots(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    slot = schedule.next(after)
    while slot is not None:
        yield slot
        slot = schedule.next(slot)
