"""`wl cron delete`: takes a cron out of service."""

import sys

import click

from wlcron.cli.options import connect, name_argument, output_option, server_options
from wlcron.cli.output import print_json, printable, say
from wlcron.cli.tree import command
from wlcron.errors import RefusedError


@command("delete", example="wl cron delete my-cron-job --yes")
@name_argument
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@output_option
@server_options
def delete(name: str, output: str, *, yes: bool) -> None:
    """Delete a cron; asks first on a terminal, and wants --yes elsewhere."""
    if not yes:
        _ask(name)
    answer = connect().delete(f"/v1/crons/{name}")
    if output == "json":
        print_json(answer.raw)
        return
    cron = answer.part("cron")
    if cron.optional_part("registration") is None:
        say(f"{name} is deleted.")
        return
    say(f"{name} is never due again, and is gone when what was made for it is.")
    for remark in cron.texts("remarks"):
        say(f"note: {printable(remark)}")


def _ask(name: str) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError(f"Nobody can be asked here: add --yes to delete {name}.")
    if not click.confirm(f"Delete {name}?", err=True):
        raise RefusedError("nothing was deleted.")
