"""`wl cron create`: hands a cron file to the server under a new name."""

from wlcron.cli.cron.definition import define, file_option, print_outcome
from wlcron.cli.files import Found, find_documents
from wlcron.cli.options import connect, name_argument, output_option, server_options
from wlcron.cli.output import print_json
from wlcron.cli.tree import command
from wlcron.errors import RefusedError


@command("create", example="wl cron create my-cron-job -f cron.yaml")
@name_argument
@file_option
@output_option
@server_options
def create(name: str, path: str, output: str) -> None:
    """Create a cron from a file; a name that exists is an error (`apply` updates)."""
    found = _only(find_documents(path, named=False), path)
    answer = define(connect(), name, found, create_only=True)
    if output == "json":
        print_json(answer.raw)
    else:
        print_outcome(answer)


def _only(documents: list[Found], path: str) -> Found:
    if len(documents) == 1:
        return documents[0]
    raise RefusedError(
        f"{path} holds {len(documents)} crons and `create` makes one: "
        f"use `wl cron apply -f {path}`."
    )
