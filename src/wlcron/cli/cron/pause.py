"""`wl cron pause` and `wl cron resume`: slots are skipped in between."""

import click

from wlcron.cli.cron.status import pause_text
from wlcron.cli.options import connect, name_argument, output_option, server_options
from wlcron.cli.output import print_json, printable, say
from wlcron.cli.times import instant_text
from wlcron.cli.tree import command


@command("pause", example='wl cron pause my-cron-job --for 2h --reason "database upgrade"')
@name_argument
@click.option("--for", "duration", metavar="DURATION", help="Resume by itself, e.g. after 2h.")
@click.option("--reason", default="", help="Kept with every execution that is skipped.")
@output_option
@server_options
def pause(name: str, duration: str | None, reason: str, output: str) -> None:
    """Skip the slots of a cron until it is resumed; what is running goes on."""
    order = {"for": _seconds(duration), "reason": reason}
    cron = connect().post(f"/v1/crons/{name}/pause", order)
    if output == "json":
        print_json(cron.raw)
    else:
        say(f"{name} is paused {printable(pause_text(cron.part('paused')))}.")


@command("resume", example="wl cron resume my-cron-job")
@name_argument
@output_option
@server_options
def resume(name: str, output: str) -> None:
    """End the pause of a cron; slots that were skipped are not made up for."""
    cron = connect().post(f"/v1/crons/{name}/resume", {})
    if output == "json":
        print_json(cron.raw)
        return
    due = cron.instant("next_due")
    say(f"{name} is resumed; " + (f"next slot {instant_text(due)}." if due else "no slot is left."))


def _seconds(duration: str | None) -> float | None:
    if duration is None:
        return None
    from wlcron.cronfile import parse_duration

    try:
        return parse_duration(duration).total_seconds()
    except ValueError as error:
        raise click.BadParameter(f"it {error}.", param_hint="--for") from error
