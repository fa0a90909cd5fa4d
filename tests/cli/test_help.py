"""Every command explains itself, and the reference says what the commands say."""

import runpy
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.cli.conftest import Wl
from wlcron.cli.program import wl as program
from wlcron.cli.tree import ExampleCommand, LazyGroup

ROOT = Path(__file__).parents[2]


def every_command(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield each command and group with its path."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from every_command(below, (*path, name))


COMMANDS = dict(every_command(program))


def examples(path: tuple[str, ...]) -> list[str]:
    """Return the lines of a command's example."""
    node = COMMANDS[path]
    assert isinstance(node, ExampleCommand | LazyGroup)
    return node.example.splitlines()


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_help_has_an_example(wl: Wl, path: tuple[str, ...]) -> None:
    """That begins with the command itself, on lines that are not wrapped."""
    code, out, err = wl(*path, "--help")
    assert (code, err) == (0, "")
    _, _, example = out.partition("\nExample:\n")
    assert "wl " in example
    assert example == "".join(f"  {line}\n" for line in examples(path))


def test_the_table_of_commands_is_kept() -> None:
    """Scripts and documents agree on these."""
    cron = "create apply validate list status show run stop logs pause resume silence delete"
    top = "server cron incident channel silence schedule rehearse aws backup restore"
    top += " doctor completion"
    expected = {
        *(("cron", name) for name in cron.split()),
        *(("schedule", name) for name in ("next", "explain")),
        *((name,) for name in top.split()),
        ("incident", "list"),
        *(("channel", name) for name in ("list", "test")),
        *(("silence", name) for name in ("list", "end")),
        *(("aws", name) for name in ("bootstrap", "reconcile")),
        (),
    }
    assert set(COMMANDS) == expected


@pytest.mark.parametrize("path", [path for path in COMMANDS if path[:1] == ("cron",) and path[1:]])
def test_whatever_prints_data_can_print_json(path: tuple[str, ...]) -> None:
    """All but the log, which is what the job wrote."""
    options = {name for param in COMMANDS[path].params for name in param.opts}
    assert ("--output" in options) == (path != ("cron", "logs"))


def test_the_reference_is_fresh() -> None:
    """`make docs` writes it."""
    reference = runpy.run_path(str(ROOT / "scripts" / "generate_cli_reference.py"))["reference"]
    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == reference()


def test_the_version_is_told(wl: Wl) -> None:
    """In one line."""
    code, out, _ = wl("--version")
    assert code == 0
    assert out.startswith("wl 0.")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_completion_for_each_shell(wl: Wl, shell: str) -> None:
    """It calls wl back."""
    code, out, _ = wl("completion", shell)
    assert code == 0
    assert "_WL_COMPLETE" in out


@pytest.mark.parametrize(
    "arguments", [("nothing",), ("cron", "nothing"), ("cron", "status"), ("cron", "list", "--x")]
)
def test_wrong_usage_is_one_sentence_with_the_way_to_help(
    wl: Wl, arguments: tuple[str, ...]
) -> None:
    """Exit code 2."""
    code, out, err = wl(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("wl: ")
    assert '--help".' in err
