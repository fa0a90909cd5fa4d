"""`wl aws bootstrap`: makes what crons need in AWS, and says what belongs into wl.toml."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wlcron.cli.access import configuration_file
from wlcron.cli.options import chosen_config, config_option, output_option
from wlcron.cli.output import note, print_json, say, table
from wlcron.cli.tree import command
from wlcron.errors import ConfigurationError

if TYPE_CHECKING:
    from wlcron.app.bootstrapping import Outcome
    from wlcron.config import Settings

_REPLACEMENT = {"True": " (anew)", "Conditional": " (perhaps anew)"}
_LISTS = ("subnets", "security-groups")


@command(
    "bootstrap",
    example="wl aws bootstrap --dry-run\n"
    "wl aws bootstrap --set Endpoint=https://cron.example.com > wl.toml",
)
@click.option("--instance", metavar="NAME", help="In place of aws.instance.  [default: default]")
@click.option("--region", metavar="REGION", help="In place of aws.region.")
@click.option(
    "--set",
    "pairs",
    metavar="NAME=VALUE",
    multiple=True,
    help="A parameter of the template (docs/aws.md); others stay as they are. Repeatable.",
)
@click.option("--dry-run", is_flag=True, help="Only print what would change.")
@output_option
@config_option
def bootstrap(
    instance: str | None,
    region: str | None,
    pairs: tuple[str, ...],
    output: str,
    *,
    dry_run: bool,
) -> None:
    """Make what crons need in AWS, or bring it up to date, as one stack of CloudFormation.

    Prints what belongs into wl.toml. It needs AWS's credentials, not a server.
    """
    given = dict(_pair(pair) for pair in pairs)
    settings = _settings(instance, region)
    run = _bootstrapped()
    outcome = run(settings, given, _tell(), dry_run=dry_run)
    if output == "json":
        _print_json(outcome)
    elif dry_run:
        _say_changes(outcome)
    else:
        _say_options(outcome)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise click.UsageError(f'--set takes NAME=VALUE, not "{text}".')
    return name, value


def _settings(instance: str | None, region: str | None) -> "Settings":
    from wlcron.config import load

    file = configuration_file(os.environ, chosen_config())
    flags = {"aws_instance": instance, "aws_region": region}
    try:
        return load(flags, os.environ, Path(file) if file else None)
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from error


def _bootstrapped() -> "Callable[..., Outcome]":
    try:
        from wlcron.app.bootstrapping import bootstrapped
    except ModuleNotFoundError as error:
        if error.name not in {"aiobotocore", "botocore"}:
            raise
        raise ConfigurationError(
            "what talks to AWS is not installed: `pip install 'wlcron[aws]'`"
        ) from error
    return bootstrapped


def _tell() -> Callable[[str], object]:
    return note if sys.stderr.isatty() else lambda _line: None


def _print_json(outcome: "Outcome") -> None:
    print_json(
        {
            "stack": outcome.stack,
            "changes": [change._asdict() for change in outcome.changes],
            "options": dict(outcome.options),
            "outputs": dict(outcome.outputs),
        }
    )


def _say_changes(outcome: "Outcome") -> None:
    if not outcome.changes:
        note(f"The stack {outcome.stack} is as it should be; nothing would change.")
        return
    rows = [
        (f"{each.action}{_REPLACEMENT.get(each.replacement, '')}", each.resource, each.type)
        for each in outcome.changes
    ]
    for line in table(("Action", "Resource", "Type"), rows):
        say(line)
    note(f"Nothing was changed in the stack {outcome.stack}.")


def _say_options(outcome: "Outcome") -> None:
    """Print a whole wl.toml, so that it may go into a file as it is."""
    say('engine = "ecs"\ndatabase = "dynamodb"\n\n[aws]')
    for name, value in outcome.options.items():
        say(f"{name} = {_toml(name, value)}")
    for name, value in outcome.outputs.items():
        note(f"{name}: {value}")
    note(f"The stack {outcome.stack} {'is changed' if outcome.changes else 'is as it should be'}.")


def _toml(name: str, value: str) -> str:
    # Basic strings of TOML are escaped as those of JSON are.
    parts: str | Sequence[str] = value.split(",") if name in _LISTS else value
    return json.dumps(parts)
