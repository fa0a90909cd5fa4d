"""Handing a definition to the server, and saying what became of it."""

from urllib.parse import quote

import click

from wlcron.cli.answer import Answer
from wlcron.cli.client import Client
from wlcron.cli.files import Found
from wlcron.cli.output import printable, say
from wlcron.cli.times import instant_text

CREATE_ONLY = ("If-None-Match", "*")

file_option = click.option(
    "-f",
    "--file",
    "path",
    required=True,
    metavar="FILE",
    help="The cron file; - is standard input.",
)
files_option = click.option(
    "-f",
    "--file",
    "path",
    required=True,
    metavar="FILE|DIR",
    help="A cron file, a directory of them (*.yaml, *.yml, also below), or - for standard input.",
)


def define(
    client: Client, name: str, found: Found, *, create_only: bool = False, dry_run: bool = False
) -> Answer:
    """Put a definition under a name; on a dry run only ask what would become of it."""
    headers = [
        ("Content-Type", "application/yaml"),
        ("X-Wlcron-Origin", quote(found.origin, errors="surrogateescape")),
        *([CREATE_ONLY] if create_only else []),
    ]
    query = "?dry_run=true" if dry_run else ""
    return client.put(f"/v1/crons/{name}{query}", found.entry.source.encode(), headers)


def print_outcome(answer: Answer, *, dry_run: bool = False) -> None:
    """Say what became of a definition, line by line."""
    cron, outcome = answer.part("cron"), answer.text("outcome")
    verb = "would be" if dry_run and outcome != "unchanged" else "is"
    prospect = "" if outcome == "unchanged" else _prospect(cron)
    say(f"{printable(cron.text('name'))} {verb} {printable(outcome)}.{prospect}")
    for change in answer.texts("changes"):
        say(f"  {printable(change)}")
    for remark in cron.texts("remarks"):
        say(f"note: {printable(remark)}")


def _prospect(cron: Answer) -> str:
    due = cron.instant("next_due")
    coming = f"Next slot: {instant_text(due)}." if due else "No slot is left."
    return f" {printable(cron.text('explanation'))} {coming}"
