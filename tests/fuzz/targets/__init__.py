"""One target for each kind of input: a function of bytes that raises where a rule is broken.

`all_targets` finds those of the modules here, so that a new one needs no other place.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from tests.fuzz.mutation import damaged, damaged_json

DATA = Path(__file__).parents[2] / "data"
Mutator = Callable[..., bytes]


@dataclass(frozen=True)
class Target:
    """What is tried, and with what."""

    name: str
    check: Callable[[bytes], None]
    seeds: Sequence[bytes]
    words: Sequence[bytes] = ()  # that are worth putting in
    is_json: bool = False

    @property
    def mutate(self) -> Mutator:
        """Return what damages its seeds."""
        return damaged_json if self.is_json else damaged


def all_targets() -> Mapping[str, Target]:
    """Return every target by its name."""
    modules = [import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__)]
    found = [
        target
        for module in modules
        for target in vars(module).values()
        if isinstance(target, Target)
    ]
    return {target.name: target for target in sorted(found, key=lambda each: each.name)}


def words(text: str) -> tuple[bytes, ...]:
    """Return the words of a text that has blanks between them."""
    return tuple(word.encode() for word in text.split())
