"""`wl cron stop`: ends an execution before its time."""

import click

from wlcron.cli.executions import active, by_id, id_of
from wlcron.cli.options import connect, id_argument, name_argument, output_option, server_options
from wlcron.cli.output import print_json, say
from wlcron.cli.tree import command


@command(
    "stop",
    example='wl cron stop my-cron-job\nwl cron stop my-cron-job ce5a15 --reason "wrong data"',
)
@name_argument
@id_argument
@click.option("--reason", default="", help="Kept with the execution.")
@output_option
@server_options
def stop(name: str, execution_id: str | None, reason: str, output: str) -> None:
    """Stop the execution that is under way, or the one with this ID.

    It is sent TERM, and KILL after the cron's stop-grace.
    """
    client = connect()
    execution = by_id(client, name, execution_id) if execution_id else active(client, name)
    full_id = id_of(execution)
    stopped = client.post(f"/v1/executions/{full_id}/stop", {"reason": reason})
    if output == "json":
        print_json(stopped.raw)
    else:
        say(f"{full_id} is being stopped.")
