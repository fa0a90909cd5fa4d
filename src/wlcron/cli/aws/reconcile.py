"""`wl aws reconcile`: has AWS be as the server's crons say."""

import click

from wlcron.cli.answer import Answer
from wlcron.cli.options import connect, output_option, server_options
from wlcron.cli.output import print_json, printable, say, table
from wlcron.cli.tree import command

PATIENCE_SECONDS = 3600.0  # each part is looked into, and there may be a hundred thousand


@command("reconcile", example="wl aws reconcile --dry-run")
@click.option("--dry-run", is_flag=True, help="Only say what differs.")
@output_option
@server_options
def reconcile(output: str, *, dry_run: bool) -> None:
    """Mend what differs between the server's crons and what was made for them in AWS.

    Only what carries wlcron's own tags is touched.
    """
    query = "?dry_run=true" if dry_run else ""
    answer = connect().post(f"/v1/aws/reconcile{query}", {}, patience=PATIENCE_SECONDS)
    if output == "json":
        print_json(answer.raw)
    else:
        _print(answer.parts("differences"), is_mended=answer.is_true("mended"))


def _print(differences: list[Answer], *, is_mended: bool) -> None:
    if not differences:
        say("AWS is as the crons say.")
        return
    rows = [[printable(each.text(key)) for key in ("cron", "part", "what")] for each in differences]
    for line in table(("Cron", "Part", "Difference"), rows):
        say(line)
    end = (
        "It is being mended: `wl doctor` says how far it is."
        if is_mended
        else "Nothing was changed."
    )
    say(end)
