"""A value of a cron file with its line, its key, and where to say what is wrong with it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeVar

from wlcron.cronfile.nodes import Kind, Mapping, Node, Scalar, Sequence
from wlcron.cronfile.problems import Problems, quoted, shown

T = TypeVar("T")

# Where the keys belong that are easily put one level too high or too low.
_HOMES = {
    **dict.fromkeys(("name", "schedule", "timezone", "timeout", "start-within", "labels"), ""),
    **dict.fromkeys(("image", "arguments", "env", "cpu", "memory", "user"), "description"),
    **dict.fromkeys(("working-directory", "stop-grace"), "description"),
    **dict.fromkeys(("failed", "ran-longer-than", "not-started-within"), "notifications"),
    "channels": "notifications",
}


@dataclass(frozen=True, slots=True)
class Place:
    """One value, and the way to it."""

    node: Node
    line: int  # of the key, which is where a reader looks for it
    key: str  # the dotted path; empty for the whole document
    problems: Problems

    def refuse(self, sentence: str) -> None:
        """Say what is wrong with it."""
        self.problems.add(self.line, self.key, sentence)

    def path(self, key: str) -> str:
        """Return the dotted path of a key below it."""
        return f"{self.key}.{shown(key)}" if self.key else shown(key)


def members(place: Place, known: Collection[str]) -> dict[str, Place]:
    """Return what a mapping holds under the keys that are known, and refuse all others."""
    found = pairs(place)
    for key in [key for key in found if key not in known]:
        found.pop(key).refuse(_unknown(key, known))
    return found


def pairs(place: Place) -> dict[str, Place]:
    """Return what a mapping holds, and refuse keys that are given twice or are no text."""
    found: dict[str, Place] = {}
    if not isinstance(place.node, Mapping):
        place.refuse(not_a("a mapping of keys and values", place.node))
        return found
    for key_node, node in place.node.pairs:
        key = _key(key_node, place)
        if key is None:
            continue
        below = Place(node, key_node.line, place.path(key), place.problems)
        if key in found:
            below.refuse(f"this key is also on line {found[key].line}; remove one of them")
        else:
            found[key] = below
    return found


def items(place: Place | None) -> list[Place]:
    """Return what a list holds; no list where there is none."""
    if place is None:
        return []
    if not isinstance(place.node, Sequence):
        place.refuse(not_a("a list", place.node))
        return []
    return [
        Place(node, node.line, f"{place.key}[{index}]", place.problems)
        for index, node in enumerate(place.node.items)
    ]


def value(place: Place | None, read: Callable[[Node], T], default: T) -> T:
    """Return what `read` makes of a node; the default where there is none or it is refused.

    `read` raises ValueError with the sentence that says why.
    """
    if place is None:
        return default
    try:
        return read(place.node)
    except ValueError as error:
        place.refuse(str(error))
        return default


def required(below: dict[str, Place], key: str, parent: Place, purpose: str) -> Place | None:
    """Return what stands under a key that must be there, and refuse its absence."""
    if key not in below and isinstance(parent.node, Mapping):
        parent.problems.add(parent.line, parent.path(key), f"is missing; {purpose}")
    return below.get(key)


def not_a(wanted: str, node: Node) -> str:
    """Say that a node is not what is wanted here."""
    if isinstance(node, Scalar):
        absent = "has no value; give it one or remove it"
        return absent if node.is_absent else f"must be {wanted}, not {node.kind}"
    return f"must be {wanted}, not a {'list' if isinstance(node, Sequence) else 'mapping'}"


def nearest(text: str, known: Collection[str]) -> str | None:
    """Return the known word that was probably meant."""
    from difflib import get_close_matches  # 5 ms that only a mistake pays for

    near = get_close_matches(text[:64].lower(), known, n=1)
    return near[0] if near else None


def _key(node: Node, place: Place) -> str | None:
    if not isinstance(node, Scalar):
        sentence = "a key must be one text"
    elif node.is_absent:
        sentence = "a key is missing before the colon"
    elif node.text == "<<":
        sentence = "merge keys (<<) are not supported; write the keys out"
    elif node.kind is not Kind.TEXT:
        sentence = f"the key {shown(node.text)} is read as {node.kind}; write it in quotes"
    else:
        return node.text
    place.problems.add(node.line, place.key, sentence)
    return None


def _unknown(key: str, known: Collection[str]) -> str:
    if key in _HOMES:
        home = _HOMES[key]
        hint = f"; it belongs under {quoted(home)}" if home else "; it belongs at the top level"
    else:
        meant = nearest(key, known)
        hint = f"; did you mean {quoted(meant)}?" if meant else ""
    return f"unknown key {quoted(key)}{hint}"
