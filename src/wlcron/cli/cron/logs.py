"""`wl cron logs`: what an execution wrote."""

import sys

import click

from wlcron.cli.executions import by_id, id_of, is_active, latest
from wlcron.cli.options import connect, id_argument, name_argument, server_options
from wlcron.cli.tree import command
from wlcron.cli.wire import UnreachableError


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
    # A server that stops ends its answers in good order: then this is not the log's end.
    if follow and is_active(client.get(f"/v1/executions/{full_id}")):
        raise UnreachableError(f"the server stopped telling; {full_id} goes on.")
