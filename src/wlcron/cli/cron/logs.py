"""`wl cron logs`: what an execution wrote."""

import sys
from time import sleep

import click

from wlcron.cli.client import Client
from wlcron.cli.executions import by_id, id_of, is_active, latest
from wlcron.cli.options import connect, id_argument, name_argument, server_options
from wlcron.cli.tree import command
from wlcron.cli.wire import UnreachableError

LOOKS, LOOK_SECONDS = 5, 2
BREATH_SECONDS = 0.05


@command("logs", example="wl cron logs my-cron-job\nwl cron logs my-cron-job ce5a15 -f")
@name_argument
@id_argument
@click.option("-f", "--follow", is_flag=True, help="Go on until the execution is over.")
@server_options
def logs(name: str, execution_id: str | None, *, follow: bool) -> None:
    """Print the log of the latest execution, or of the one with this ID.

    The bytes are printed as the job wrote them, colours and all, also to a terminal; for a log
    that you do not trust, add `| cat -v`.
    """
    client = connect()
    execution = by_id(client, name, execution_id) if execution_id else latest(client, name)
    full_id = id_of(execution)
    query = "?follow=true" if follow else ""
    for chunk in client.stream(f"/v1/executions/{full_id}/logs{query}"):
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
    if follow:
        _see_the_end(client, full_id)


def _see_the_end(client: Client, full_id: str) -> None:
    """Return when the execution is over; its log may end in good order because the server does."""
    for _ in range(LOOKS):
        if not is_active(client.get(f"/v1/executions/{full_id}?wait={LOOK_SECONDS}")):
            return
        sleep(BREATH_SECONDS)  # a server that is going down answers at once
    raise UnreachableError(f"the log ended, but {full_id} goes on as far as is known.")
