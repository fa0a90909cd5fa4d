"""YAML to nodes with lines, by libyaml's events where it is there.

Nodes are made from events because PyYAML's own composer recurses in C without end, and because
what aliases repeat has to be counted before it is multiplied.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    ScalarEvent,
    SequenceStartEvent,
)
from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

from wlcron.cronfile.limits import Budget, check_depth
from wlcron.cronfile.nodes import Kind, Mapping, Node, Scalar, Sequence
from wlcron.cronfile.problems import UnreadableError, quoted, shown
from wlcron.cronfile.yaml_errors import reworded

FASTEST_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_CORE = "tag:yaml.org,2002:"
# `=` and `<<` have tags of their own in YAML 1.1; as values they are the text they look like.
_KINDS = {
    _CORE + "int": Kind.INTEGER,
    _CORE + "float": Kind.NUMBER,
    _CORE + "bool": Kind.BOOLEAN,
    _CORE + "timestamp": Kind.DATE,
    _CORE + "null": Kind.NOTHING,
}
_HARMLESS_TAGS = {None, "!", _CORE + "str", _CORE + "map", _CORE + "seq"}


def read_yaml(
    text: str, line: int, budget: Budget, loader: type[Any] = FASTEST_LOADER
) -> Node | None:
    """Turn the text of one YAML document into nodes; None when it holds nothing.

    `line` is the number of its first line; `budget` is the file's. Raises UnreadableError.
    """
    parser = loader(text)
    try:
        return _Composer(_events(parser), line, budget).document()
    except yaml.MarkedYAMLError as error:
        offset, sentence = reworded(error, text)
        raise UnreadableError(line + offset, sentence) from None
    except (ValueError, OverflowError):  # PyYAML's own scanner, on escapes and directives
        raise UnreadableError(line, "an escape or a directive holds an impossible number") from None
    finally:
        parser.dispose()


def _events(parser: Any) -> Iterator[Event]:  # noqa: ANN401 PyYAML's two parsers share no type
    while parser.check_event():
        yield parser.get_event()


@dataclass(frozen=True, slots=True)
class _Anchored:
    """A node that aliases repeat, and what each of them adds."""

    node: Node
    nodes: int
    characters: int


class _Composer:
    """Builds the nodes of one document, and counts them as if they were written without aliases."""

    def __init__(self, events: Iterator[Event], line: int, budget: Budget) -> None:
        self._events = events
        self._line = line
        self._resolve: Callable[..., str] = Resolver().resolve
        self._anchors: dict[str, _Anchored | None] = {}  # None: still open
        self._budget = budget

    def document(self) -> Node | None:
        """Return the one node that has content, or None."""
        roots = [
            self._node(next(self._events), depth=0)
            for event in self._events
            if isinstance(event, DocumentStartEvent)
        ]
        filled = [root for root in roots if not (isinstance(root, Scalar) and root.is_absent)]
        if len(filled) > 1:
            raise UnreadableError(filled[1].line, "another cron must begin with a line that is ---")
        return filled[0] if filled else None

    def _node(self, event: Any, depth: int) -> Node:  # noqa: ANN401 events have untyped members
        if isinstance(event, AliasEvent):
            return self._repeated(event)
        self._check_tag(event)
        if event.anchor is None:
            return self._made(event, depth)
        nodes, characters = self._budget.nodes, self._budget.characters
        self._anchors[event.anchor] = None
        node = self._made(event, depth)
        self._anchors[event.anchor] = _Anchored(
            node, self._budget.nodes - nodes, self._budget.characters - characters
        )
        return node

    def _made(self, event: Any, depth: int) -> Node:  # noqa: ANN401 events have untyped members
        at = self._at(event)
        check_depth(at, depth)
        if isinstance(event, ScalarEvent):
            self._budget.spend(at, 1, len(event.value))
            return Scalar(at, event.value, self._kind(event))
        self._budget.spend(at, 1, 0)
        members = tuple(self._members(depth + 1))
        if isinstance(event, SequenceStartEvent):
            return Sequence(at, members)
        return Mapping(at, tuple(zip(members[::2], members[1::2], strict=True)))

    def _members(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self._events), CollectionEndEvent):
            yield self._node(event, depth)

    def _repeated(self, alias: AliasEvent) -> Node:
        at, name = self._at(alias), shown(str(alias.anchor))
        if alias.anchor not in self._anchors:
            raise UnreadableError(
                at,
                f"the alias *{name} repeats something that was not named before; "
                "write a text that begins with * in quotes",
            )
        anchored = self._anchors[alias.anchor]
        if anchored is None:
            raise UnreadableError(at, f"the alias *{name} stands inside what it repeats")
        self._budget.spend(at, anchored.nodes, anchored.characters)
        return anchored.node

    def _kind(self, event: ScalarEvent) -> Kind:
        if event.tag is not None:
            return Kind.TEXT
        return _KINDS.get(self._resolve(ScalarNode, event.value, event.implicit), Kind.TEXT)

    def _check_tag(self, event: Any) -> None:  # noqa: ANN401 events have untyped members
        if event.tag not in _HARMLESS_TAGS:
            tag = event.tag.replace(_CORE, "!!")
            raise UnreadableError(
                self._at(event),
                f"the tag {quoted(tag)} has no meaning in a cron file; remove it, "
                "or write a text that begins with ! in quotes",
            )

    def _at(self, event: Any) -> int:  # noqa: ANN401 events have untyped members
        return self._line + int(event.start_mark.line)
