"""`wl incident list`: what is wrong now, and who was told."""

from collections.abc import Iterator

from wlcron.cli.answer import Answer
from wlcron.cli.executions import quoted
from wlcron.cli.options import connect, output_option, server_options
from wlcron.cli.output import print_json, say, table
from wlcron.cli.times import instant_text
from wlcron.cli.tree import command

HEADER = ("Cron", "Condition", "Severity", "Since", "Told", "Reason")


@command("list", example="wl incident list\nwl incident list -o json")
@output_option
@server_options
def list_incidents(output: str) -> None:
    """List incidents that are open: what is wrong with which cron, since when, and who knows."""
    incidents = [each for page in _pages() for each in page.parts("incidents")]
    if output == "json":
        print_json([each.raw for each in incidents])
    elif not incidents:
        say("Nothing is wrong that anybody wanted to be told of.")
    else:
        for line in table(HEADER, [_row(each) for each in incidents]):
            say(line)


def told_text(incident: Answer) -> str:
    """Return who was told of an incident, and who was not, and why."""
    if incident.is_true("silent"):
        return "nobody: it is silenced"
    said = [_of_channel(each) for each in incident.parts("channels")]
    return "; ".join(said) or "nobody: no channel is for this"


def _of_channel(telling: Answer) -> str:
    name = telling.text("channel")
    if telling.is_true("together"):
        return f"{name} (with others)"
    if problem := telling.optional_text("problem"):
        return f"{name} {'never' if telling.is_true('over') else 'not yet'}: {problem}"
    return name if telling.optional_text("told") else f"{name} not yet"


def _row(incident: Answer) -> tuple[str, ...]:
    return (
        incident.text("cron"),
        incident.text("condition"),
        incident.text("severity"),
        instant_text(incident.instant("opened_at")),
        told_text(incident),
        incident.text("reason"),
    )


def _pages() -> Iterator[Answer]:
    client, path = connect(), "/v1/incidents?limit=1000&after="
    page = client.get(path)
    yield page
    while page.parts("incidents") and (cursor := page.optional_text("next")):
        page = client.get(f"{path}{quoted(cursor)}")
        yield page
