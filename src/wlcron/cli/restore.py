"""`wl restore`: puts a backup in the place of the database."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wlcron.cli.backup import (
    chosen_settings,
    content_json,
    content_text,
    counted,
    data_dir_option,
    file_argument,
    tell_progress,
)
from wlcron.cli.options import config_option, output_option
from wlcron.cli.output import note, print_json, printable, say
from wlcron.cli.tree import command
from wlcron.errors import RefusedError

if TYPE_CHECKING:
    from wlcron.app.backups import Restored


@command("restore", example="wl restore /backups/wlcron-2026-11-23.db")
@file_argument
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@data_dir_option
@output_option
@config_option
def restore(file: Path, data_dir: str | None, output: str, *, yes: bool) -> None:
    """Put a backup in the place of the database, which is kept beside it.

    A server that runs goes on with what was restored, and so does what it runs. Asks first on a
    terminal, and wants --yes elsewhere.
    """
    settings = chosen_settings(data_dir)
    from wlcron.app import backups

    content = backups.examine(file)
    if not yes:
        _ask(f"{printable(str(file))} holds {content_text(content)}.")
    restored = backups.restore(settings, file, tell_progress)
    if output == "json":
        kept = str(restored.kept) if restored.kept else None
        more = {"kept": kept, "running": restored.running, "is_served": restored.is_served}
        print_json({"file": str(file), **content_json(content), **more})
        return
    say(f"Restored: {content_text(content)}.")
    _say_rest(restored)


def _ask(what: str) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("Nobody can be asked here: add --yes to restore.")
    note(what)
    if not click.confirm("Put it in the place of the database?", err=True):
        raise RefusedError("nothing was restored.")


def _say_rest(restored: "Restored") -> None:
    if restored.kept is not None:
        say(f"What was there before is in {printable(str(restored.kept))}.")
    if restored.running:
        say(f"Running or waiting before, and still: {counted(restored.running, 'execution')}.")
    if restored.is_served:
        say("The server that runs goes on with it; it looks for what is due within a minute.")
