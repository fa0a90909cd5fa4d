"""JSON to nodes with lines.

YAML is said to contain JSON, but a YAML reader stumbles over surrogate pairs, long keys, tabs and
colons on a line of their own; so what is JSON is read as JSON.
"""

import json
import re
from collections.abc import Iterator

from wlcron.cronfile.limits import Budget, check_depth
from wlcron.cronfile.nodes import Kind, Mapping, Node, Scalar, Sequence

_LEXEME = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]|[^\s\[\]{},:"]+|\r\n?|\n')
_LINE_BREAKS = {"\r\n", "\r", "\n"}
_KINDS = {"true": Kind.BOOLEAN, "false": Kind.BOOLEAN, "null": Kind.NOTHING}


def is_json(text: str) -> bool:
    """Whether the text is one JSON object."""
    if not text.lstrip().startswith("{"):
        return False
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return False
    return True


def read_json(text: str, line: int, budget: Budget) -> Node:
    """Turn text that is JSON into nodes; `line` is the number of its first line.

    Raises UnreadableError when it is nested too deeply, or holds more than the file's budget.
    """
    open_nodes: list[tuple[int, list[Node]]] = [(line, [])]
    for lexeme, at in _lexemes(text, line):
        if lexeme in "]}":
            start, members = open_nodes.pop()
            open_nodes[-1][1].append(_collection(lexeme, start, members))
            continue
        check_depth(at, len(open_nodes) - 1)
        budget.spend(at, 1, len(lexeme))
        if lexeme in "[{":
            open_nodes.append((at, []))
        else:
            open_nodes[-1][1].append(_scalar(lexeme, at))
    return open_nodes[0][1][0]


def _lexemes(text: str, line: int) -> Iterator[tuple[str, int]]:
    for found in _LEXEME.finditer(text):
        if found.group() in _LINE_BREAKS:
            line += 1
        else:
            yield found.group(), line


def _collection(bracket: str, line: int, members: list[Node]) -> Node:
    if bracket == "]":
        return Sequence(line, tuple(members))
    return Mapping(line, tuple(zip(members[::2], members[1::2], strict=True)))


def _scalar(lexeme: str, line: int) -> Scalar:
    if lexeme.startswith('"'):
        return Scalar(line, json.loads(lexeme), Kind.TEXT)
    number = Kind.INTEGER if re.fullmatch(r"-?\d+", lexeme) else Kind.NUMBER
    return Scalar(line, lexeme, _KINDS.get(lexeme, number))
