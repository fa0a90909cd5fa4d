"""`wl server`: runs the service in the foreground; its flags are the options of wlcron.config."""

import gc
import os
from pathlib import Path

import click

from wlcron.cli.access import configuration_file
from wlcron.cli.options import chosen_config, config_option
from wlcron.cli.tree import ExampleCommand, command
from wlcron.config import OPTIONS, load
from wlcron.errors import ConfigurationError


@command("server", example="wl server --data-dir ./data --engine host")
@config_option
def server(**flags: str | None) -> None:
    """Run the service until SIGTERM, in the foreground.

    What is running then runs on, and is found again at the next start. Every option may also be
    set in wl.toml or as WL_... in the environment.
    """
    gc.enable()
    file = configuration_file(os.environ, chosen_config())
    try:
        settings = load(flags, os.environ, Path(file) if file else None)
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from error
    from wlcron.app import serve

    serve(settings)


def _add_flags(made: ExampleCommand) -> None:
    for option in OPTIONS:
        default = f"default: {option.default}; " if option.default else ""
        meaning = f"{option.help[:1].upper()}{option.help[1:]}."
        flag = click.Option(
            [option.flag, option.field],
            metavar=option.metavar,
            help=f"{meaning}  [{default}env var: {option.variable}]",
        )
        made.params.append(flag)


_add_flags(server)
