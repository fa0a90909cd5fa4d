"""`wl backup`: saves the database in a file, while the server goes on."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wlcron.cli.access import configuration_file
from wlcron.cli.options import chosen_config, config_option, output_option
from wlcron.cli.output import print_json, printable, say
from wlcron.cli.times import instant_text
from wlcron.cli.tree import command
from wlcron.errors import ConfigurationError

if TYPE_CHECKING:
    from wlcron.app.backups import Content
    from wlcron.config import Settings

_WORTH_TELLING = 20_000  # pages, some 80 MB: what is smaller is there in a moment
_MEBIBYTE = 1 << 20

data_dir_option = click.option(
    "--data-dir",
    metavar="DIR",
    help="The server's data directory.  [default: as the server finds it; env var: WL_DATA_DIR]",
)


def _named(context: click.Context, parameter: click.Parameter, name: str) -> Path:
    del context, parameter
    if name in {"", "-"}:  # nor is a backup written to a pipe, where nobody could check it
        raise click.UsageError("FILE has to be the name of a file, as in wl backup b.db.")
    return Path(name)


file_argument = click.argument("file", metavar="FILE", type=click.Path(), callback=_named)


@command(
    "backup",
    example="wl backup /backups/wlcron.db --force\nwl backup /backups/wlcron-$(date +%F).db",
)
@file_argument
@click.option("--force", is_flag=True, help="Put it in the place of a file that is there.")
@data_dir_option
@output_option
@config_option
def backup(file: Path, data_dir: str | None, output: str, *, force: bool) -> None:
    """Save crons and executions in a file, checked, while the server goes on or without one.

    For SQLite. PostgreSQL is saved with pg_dump, DynamoDB by AWS.
    """
    settings = chosen_settings(data_dir)
    from wlcron.app.backups import back_up

    content = back_up(settings, file, tell_progress, force=force)
    if output == "json":
        print_json({"file": str(file), **content_json(content)})
        return
    say(f"Saved in {printable(str(file))}: {content_text(content)}.")


def chosen_settings(data_dir: str | None) -> "Settings":
    """Return the settings of the server whose database is meant."""
    from wlcron.config import load

    file = configuration_file(os.environ, chosen_config())
    try:
        return load({"data_dir": data_dir}, os.environ, Path(file) if file else None)
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from error


def tell_progress(done: int, pages: int) -> None:
    """Show how far a copy is, of one that takes a while, to a person."""
    if pages > _WORTH_TELLING and sys.stderr.isatty():
        click.echo(f"\r{100 * done // pages:3d} %", err=True, nl=done == pages)


def content_text(content: "Content") -> str:
    """Return in words what a backup holds."""
    newest = f", newest slot {instant_text(content.newest_slot)}" if content.newest_slot else ""
    return (
        f"{counted(content.crons, 'cron')}, {counted(content.executions, 'execution')}{newest},"
        f" tables {content.version}, {content.size / _MEBIBYTE:.1f} MiB"
    )


def counted(number: int, noun: str) -> str:
    """Return `1 cron` or `2 crons`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def content_json(content: "Content") -> dict[str, object]:
    """Return for programs what a backup holds."""
    newest = content.newest_slot
    return {
        "crons": content.crons,
        "executions": content.executions,
        "newest_slot": newest.isoformat().replace("+00:00", "Z") if newest else None,
        "tables": content.version,
        "bytes": content.size,
    }
