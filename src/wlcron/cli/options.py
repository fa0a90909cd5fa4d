"""Options and arguments that several commands share."""

import os
import re
from typing import TYPE_CHECKING

import click

from wlcron.cli.access import find_access
from wlcron.cli.client import Client
from wlcron.errors import ConfigurationError, WlcronError

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem

    Function = Callable[..., object]

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_ID = re.compile(r"[0-9a-f-]{1,36}")
_ACCESS = "wlcron.access"


def connect() -> Client:
    """Return a client of the server that the running command's options name."""
    try:
        return Client(find_access(os.environ, url=chosen_url(), config=chosen_config()))
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from error


def chosen_url() -> str | None:
    """Return what --url or WL_URL says."""
    return _chosen("url")


def chosen_config() -> str | None:
    """Return what --config or WL_CONFIG says."""
    return _chosen("config")


def server_options(function: "Function") -> "Function":
    """Add --url and --config; `connect` reads them, the command need not."""
    url = click.option(
        "--url",
        metavar="URL",
        envvar="WL_URL",
        show_envvar=True,
        expose_value=False,
        callback=_remember,
        help="Address of the server; default: wl.toml, else http://127.0.0.1:8067.",
    )
    return url(config_option(function))


def config_option(function: "Function") -> "Function":
    """Add --config."""
    return click.option(
        "--config",
        metavar="FILE",
        envvar="WL_CONFIG",
        show_envvar=True,
        expose_value=False,
        callback=_remember,
        help="Configuration file; default: ./wl.toml, else ~/.config/wlcron/wl.toml.",
    )(function)


output_option = click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Print for people (the default) or for programs.",
)


def name_argument(function: "Function") -> "Function":
    """Add the cron's NAME."""
    return click.argument(
        "name", metavar="NAME", callback=_checked_name, shell_complete=_names_of_crons
    )(function)


def id_argument(function: "Function") -> "Function":
    """Add an optional execution ID."""
    return click.argument("execution_id", metavar="[ID]", required=False, callback=_checked_id)(
        function
    )


def _chosen(name: str) -> str | None:
    chosen: dict[str, str | None] = click.get_current_context().meta.get(_ACCESS, {})
    return chosen.get(name)


def _remember(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    ctx.meta.setdefault(_ACCESS, {})[param.name] = value


def _checked_name(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if _NAME.fullmatch(value):
        return value
    raise click.BadParameter(
        f'"{value}" is no name of a cron: a to z, 0 to 9 and inner hyphens, at most 63.', ctx, param
    )


def _checked_id(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is None or _ID.fullmatch(value.lower()):
        return value and value.lower()
    raise click.BadParameter(
        f'"{value}" is no id of an execution, nor the beginning of one.', ctx, param
    )


def _names_of_crons(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list["str | CompletionItem"]:
    """Complete a name with those the server knows; say nothing where it does not answer."""
    del param
    try:
        with ctx.scope(cleanup=False):
            crons = connect().get("/v1/crons", patience=1.0).parts("crons")
        names = [cron.text("name") for cron in crons]
    except (WlcronError, click.ClickException):
        return []
    return [name for name in names if name.startswith(incomplete) and _NAME.fullmatch(name)]
