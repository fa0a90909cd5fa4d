"""`wl cron list`: every cron of the server in one table."""

from collections.abc import Iterator

from wlcron.cli.answer import Answer, GarbledAnswerError
from wlcron.cli.client import Client
from wlcron.cli.cron.status import NEVER_RUN
from wlcron.cli.executions import quoted
from wlcron.cli.options import connect, output_option, server_options
from wlcron.cli.output import note, print_json, say, table
from wlcron.cli.times import instant_text
from wlcron.cli.tree import command

HEADER = ("Name", "Status", "Schedule", "Next Slot")
PAGE = 1000


@command("list", example="wl cron list\nwl cron list -o json | jq -r '.[].name'")
@output_option
@server_options
def list_crons(output: str) -> None:
    """List all crons with their last status and their next slot (UTC)."""
    crons = list(_all_crons(connect()))
    if output == "json":
        print_json([cron.raw for cron in crons])
    elif crons:
        for line in table(HEADER, [_row(cron) for cron in crons]):
            say(line)
    else:
        note("There are no crons yet: create one with `wl cron create NAME -f FILE`.")


def _all_crons(client: Client) -> Iterator[Answer]:
    answer = client.get(f"/v1/crons?limit={PAGE}")
    yield from answer.parts("crons")
    last = ""
    while after := answer.optional_text("next"):
        if after <= last:
            raise GarbledAnswerError("The server's list of crons goes in circles; try again.")
        answer, last = client.get(f"/v1/crons?limit={PAGE}&after={quoted(after)}"), after
        yield from answer.parts("crons")


def _row(cron: Answer) -> tuple[str, ...]:
    paused = cron.optional_part("paused") is not None
    return (
        cron.text("name"),
        cron.optional_text("status") or NEVER_RUN,
        cron.text("schedule"),
        "paused" if paused else instant_text(cron.instant("next_due")),
    )
