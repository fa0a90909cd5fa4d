"""What is printed: tables, JSON, colours on a terminal, and nothing that could steer one."""

import json
import os
import sys
from collections.abc import Sequence
from itertools import zip_longest

import click

COLOURS = {
    "SUCCESS": "green",
    **dict.fromkeys(("FAILED", "TIMEOUT", "ERROR", "LOST"), "red"),
    **dict.fromkeys(("SKIPPED", "MISSED"), "yellow"),
}


def say(line: str = "") -> None:
    """Print a line of ours to standard output."""
    click.echo(line, color=_wants_colour())


def note(line: str) -> None:
    """Print a line to standard error: for the person, not for the pipe."""
    click.echo(printable(line), err=True)


def print_json(value: object) -> None:
    """Print data for programs; everything beyond ASCII is escaped, so no terminal is steered."""
    click.echo(json.dumps(value, indent=2))


def table(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, least: Sequence[int] = ()
) -> list[str]:
    """Return the lines of a table, two spaces between its columns, statuses in their colour.

    `least` holds the widths that the first columns have at least.
    """
    cells = [list(header), *([printable(cell) for cell in row] for row in rows)]
    longest = [max(map(len, column)) for column in zip(*cells, strict=True)]
    widths = [max(pair) for pair in zip_longest(longest, least, fillvalue=0)]
    return [_line(row, widths) for row in cells]


def status_text(status: str) -> str:
    """Return a status in its colour; the colour is dropped where it is not wanted."""
    colour = COLOURS.get(status)
    return click.style(status, fg=colour) if colour else printable(status)


def printable(text: str) -> str:
    r"""Return a text with control, escape and direction characters written as `\x1b`."""
    if text.isprintable():
        return text
    return "".join(mark if mark.isprintable() else _escaped(mark) for mark in text)


def _escaped(mark: str) -> str:
    return mark.encode("unicode_escape", "surrogatepass").decode("ascii")


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    *padded, last = (
        status_text(cell) + " " * (width - len(cell))
        for cell, width in zip(row, widths, strict=True)
    )
    return "  ".join([*padded, last.rstrip()])


def _wants_colour() -> bool:
    # https://no-color.org: any value but the empty one.
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
