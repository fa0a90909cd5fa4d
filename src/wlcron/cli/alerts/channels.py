"""`wl channel list` and `wl channel test`: where alerts go, and whether they arrive."""

from urllib.parse import quote

import click

from wlcron.cli.answer import Answer
from wlcron.cli.options import connect, output_option, server_options
from wlcron.cli.output import print_json, printable, say, table
from wlcron.cli.times import NONE, instant_text
from wlcron.cli.tree import command

PATIENCE_SECONDS = 60.0  # some vendors take their time
HEADER = ("Channel", "Type", "Last Taken", "Last Failed", "Problem")


@command("list", example="wl channel list")
@output_option
@server_options
def list_channels(output: str) -> None:
    """List the channels of the server, with what was last seen of each since it started."""
    channels = connect().get("/v1/channels").parts("channels")
    if output == "json":
        print_json([each.raw for each in channels])
    elif not channels:
        say("The server has no channel: alerts go nowhere; docs/alerts.md shows how to add one.")
    else:
        for line in table(HEADER, [_row(each) for each in channels]):
            say(line)


@command("test", example="wl channel test team-slack")
@click.argument("name", metavar="NAME")
@output_option
@server_options
def test_channel(name: str, output: str) -> None:
    """Send one message that says that it is a test, and show the vendor's answer."""
    # Bytes of the command line that are no UTF-8 go as they came.
    target = f"/v1/channels/{quote(name, safe='', errors='surrogateescape')}/test"
    answer = connect().post(target, {}, patience=PATIENCE_SECONDS)
    if output == "json":
        print_json(answer.raw)
    else:
        say(f"{printable(name)} took the test: {printable(answer.text('answer'))}")


def _row(channel: Answer) -> tuple[str, ...]:
    return (
        channel.text("name"),
        channel.text("kind"),
        instant_text(channel.instant("taken_at")),
        instant_text(channel.instant("failed_at")),
        channel.optional_text("problem") or NONE,
    )
