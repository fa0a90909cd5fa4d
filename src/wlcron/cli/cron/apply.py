"""`wl cron apply`: makes the crons of the server like those in files."""

import click

from wlcron.cli.answer import Answer
from wlcron.cli.client import Client
from wlcron.cli.cron.definition import define, files_option, print_outcome
from wlcron.cli.files import Found, find_documents
from wlcron.cli.options import connect, output_option, server_options
from wlcron.cli.output import print_json
from wlcron.cli.tree import command


@command("apply", example="wl cron apply -f cron.yaml\nwl cron apply -f crons/ --dry-run")
@files_option
@click.option("--dry-run", is_flag=True, help="Only print what would change.")
@output_option
@server_options
def apply(path: str, output: str, *, dry_run: bool) -> None:
    """Create or update crons from files and print what changed.

    Each document needs a name. All are checked first; nothing changes if one has a mistake.
    """
    documents = find_documents(path, named=True)
    client = connect()
    answers = _define_all(client, documents, dry_run=True)
    if not dry_run:
        answers = _define_all(client, documents, dry_run=False)
    if output == "json":
        print_json([answer.raw for answer in answers])
        return
    for answer in answers:
        print_outcome(answer, dry_run=dry_run)


def _define_all(client: Client, documents: list[Found], *, dry_run: bool) -> list[Answer]:
    return [define(client, str(each.entry.name), each, dry_run=dry_run) for each in documents]
