"""`wl cron delete`: takes a cron out of service."""

import sys

import click

from wlcron.cli.options import connect, name_argument, output_option, server_options
from wlcron.cli.output import print_json, say
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
    cron = connect().delete(f"/v1/crons/{name}")
    if output == "json":
        print_json(cron.raw)
    else:
        say(f"{name} is deleted.")


def _ask(name: str) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError(f"Nobody can be asked here: add --yes to delete {name}.")
    if not click.confirm(f"Delete {name}?", err=True):
        raise RefusedError("nothing was deleted.")
