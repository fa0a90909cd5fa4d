"""`wl completion`: the script that makes a shell complete commands, options and names of crons."""

import click
from click.shell_completion import get_completion_class

from wlcron.cli.output import say
from wlcron.cli.tree import command

SHELLS = ("bash", "zsh", "fish")


@command(
    "completion",
    example='eval "$(wl completion bash)"     # in ~/.bashrc\n'
    'eval "$(wl completion zsh)"      # in ~/.zshrc\n'
    "wl completion fish | source      # in ~/.config/fish/config.fish",
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a shell."""
    kind = get_completion_class(shell)
    if kind is not None:
        say(kind(ctx.find_root().command, {}, "wl", "_WL_COMPLETE").source())
