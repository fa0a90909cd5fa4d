"""`wl cron show`: the cron file as it was given."""

import sys

import click

from wlcron.cli.options import connect, name_argument, output_option, server_options
from wlcron.cli.output import print_json, printable, say
from wlcron.cli.tree import command


@command("show", example="wl cron show my-cron-job\nwl cron show my-cron-job > cron.yaml")
@name_argument
@output_option
@server_options
def show(name: str, output: str) -> None:
    """Print the cron file that a cron was made of."""
    cron = connect().get(f"/v1/crons/{name}")
    if output == "json":
        print_json(cron.raw)
        return
    source = cron.text("source")
    if sys.stdout.isatty():
        for line in source.splitlines():
            say(printable(line.expandtabs()))
    else:
        # For a file or a pipe, to the letter: it may be given to `apply` again.
        click.echo(source, nl=not source.endswith("\n"))
