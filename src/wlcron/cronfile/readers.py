"""From one node to one value; each raises ValueError with a sentence that says what is wrong."""

import re
from collections.abc import Callable, Collection
from datetime import timedelta

from wlcron.cronfile.nodes import Kind, Mapping, Node, Scalar
from wlcron.cronfile.place import nearest, not_a
from wlcron.cronfile.problems import quoted, shown
from wlcron.cronfile.units import parse_duration, parse_size, size_text

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,17}")
_NUMBER = re.compile(r"(?=\.?[0-9])[0-9]{0,17}(\.[0-9]{0,30})?([eE][-+]?[0-9]{1,3})?")
_NUMBERS = {Kind.INTEGER, Kind.NUMBER}
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def check_name(name: str) -> str | None:
    """Return why a text cannot name a cron, as one sentence; None when it can."""
    if _NAME.fullmatch(name):
        return None
    return (
        f"{quoted(name)} cannot be a name; use 1 to 63 lower-case letters, digits and dashes, "
        "with a letter or digit at both ends"
    )


def name(node: Node) -> str:
    """Read a cron's name."""
    given = text(node)
    if sentence := check_name(given):
        raise ValueError(sentence)
    return given


def text(node: Node) -> str:
    """Read text; what YAML takes for something else must be quoted."""
    if not isinstance(node, Scalar):
        hint = '; a text that holds ": " must be in quotes' if isinstance(node, Mapping) else ""
        raise ValueError(not_a("text", node) + hint)  # noqa: TRY004 every refusal is one kind
    if node.is_absent:
        raise ValueError('has no value; give it one, write "" for an empty text, or remove it')
    if node.kind is not Kind.TEXT:
        raise ValueError(
            f"{shown(node.text)} is read as {node.kind}, not as text; "
            f"write {quoted(node.text)} in quotes"
        )
    if "\0" in node.text:
        raise ValueError("holds a NUL character, which no program can be given")
    if _SURROGATE.search(node.text):
        raise ValueError("holds half of a surrogate pair, which is no character")
    return node.text


def line_of_text(longest: int) -> Callable[[Node], str]:
    """Make a reader of text without line breaks and other control characters."""

    def read(node: Node) -> str:
        given = text(node)
        if _CONTROL.search(given):
            raise ValueError("must be one line without control characters")
        if len(given) > longest:
            raise ValueError(f"must have at most {longest} characters, not {len(given)}")
        return given

    return read


def one_of(options: Collection[str]) -> Callable[[Node], str]:
    """Make a reader of one word out of a few."""

    def read(node: Node) -> str:
        given = text(node)
        if given in options:
            return given
        meant = nearest(given, options)
        hint = f"; did you mean {quoted(meant)}?" if meant else ""
        words = " or ".join(", ".join(options).rsplit(", ", 1))
        raise ValueError(f"must be {words}, not {quoted(given)}{hint}")

    return read


def whole_number(least: int, most: int) -> Callable[[Node], int]:
    """Make a reader of a whole number within bounds."""

    def read(node: Node) -> int:
        number = _decimal(node)
        if number is None or not least <= number <= most:
            raise ValueError(f"must be a whole number from {least} to {most}{_unquoted(node)}")
        return number

    return read


def number(least: float, most: float) -> Callable[[Node], float]:
    """Make a reader of a number within bounds."""

    def read(node: Node) -> float:
        if isinstance(node, Scalar) and node.kind in _NUMBERS and _NUMBER.fullmatch(node.text):
            given = float(node.text)
            if least <= given <= most:
                return given
        raise ValueError(f"must be a number from {least:g} to {most:g}{_unquoted(node)}")

    return read


def duration(node: Node) -> timedelta:
    """Read a duration, as text or in whole seconds."""
    return parse_duration(_with_or_without_unit(node))


def size(least: int, most: int) -> Callable[[Node], int]:
    """Make a reader of an amount of bytes within bounds, as text or as a whole number."""

    def read(node: Node) -> int:
        given = parse_size(_with_or_without_unit(node))
        if given < least:
            hint = f"; did you mean {given}M?" if _decimal(node) else ""
            raise ValueError(f"must be at least {size_text(least)}, not {size_text(given)}{hint}")
        if given > most:
            raise ValueError(f"must be at most {size_text(most)}")
        return given

    return read


def _with_or_without_unit(node: Node) -> str:
    if isinstance(node, Scalar):
        if node.is_absent:
            raise ValueError(not_a("", node))
        if node.kind is Kind.TEXT or _decimal(node) is not None:
            return node.text
    return ""  # is no duration and no size either: their parsers say what is


def _unquoted(node: Node) -> str:
    return ", without quotes" if isinstance(node, Scalar) and node.kind is Kind.TEXT else ""


def _decimal(node: Node) -> int | None:
    """Return a whole number as people write it; None for YAML's 010, 1_000, 0x10 and 1:30."""
    if isinstance(node, Scalar) and node.kind is Kind.INTEGER and _DECIMAL.fullmatch(node.text):
        return int(node.text)
    return None
