"""What YAML and JSON have in common: scalars, sequences and mappings, each with its line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a scalar is when it is read, in words for a sentence."""

    TEXT = "text"
    INTEGER = "a whole number"
    NUMBER = "a number"
    BOOLEAN = "true or false"
    DATE = "a date"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value, as it is written; `kind` says what it means without quotes."""

    line: int
    text: str
    kind: Kind

    @property
    def is_absent(self) -> bool:
        """Whether there is nothing at all, as after a key without a value."""
        return self.kind is Kind.NOTHING and not self.text


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    line: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """Pairs of keys and values in the order of the file; the same key may be there twice."""

    line: int
    pairs: tuple[tuple[Node, Node], ...]


Node = Scalar | Sequence | Mapping
