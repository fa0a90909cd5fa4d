"""The nodes of the command tree: every one shows an example, and a group imports nothing early."""

from collections.abc import Callable, Mapping
from importlib import import_module

import click


class ExampleCommand(click.Command):
    """A command whose help ends with an example."""

    example = ""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the example below the options."""
        super().format_epilog(ctx, formatter)
        _write_example(self.example, formatter)


class LazyGroup(click.Group):
    """A group that imports the module of a command when that command is used or listed."""

    def __init__(
        self, name: str, *, purpose: str, example: str, members: Mapping[str, str]
    ) -> None:
        super().__init__(name, help=purpose)
        self.example = example
        self._members = members

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which they are meant to be read."""
        del ctx
        return list(self._members)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of this name from `module:attribute`."""
        del ctx
        place = self._members.get(cmd_name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the example below the commands."""
        super().format_epilog(ctx, formatter)
        _write_example(self.example, formatter)


def command(name: str, *, example: str) -> Callable[[Callable[..., object]], ExampleCommand]:
    """Make a command: its help is the docstring, its exit code an integer that it returns."""

    def decorate(function: Callable[..., object]) -> ExampleCommand:
        made = click.command(name, cls=ExampleCommand)(function)
        made.example = example
        return made

    return decorate


def _write_example(example: str, formatter: click.HelpFormatter) -> None:
    with formatter.section("Example"):
        for line in example.splitlines():
            formatter.write(f"{'':{formatter.current_indent}}{line}\n")
