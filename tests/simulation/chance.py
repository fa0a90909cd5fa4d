"""What happens by chance: the same for the same seed and the same question, whatever else does."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
_MOST = float(1 << 64)


class Chance:
    """Answers questions by their words: one fault more or less changes no other answer."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def share(self, *question: object) -> float:
        """Return a number from 0 up to 1, without 1."""
        text = f"{self._seed}|{question}"
        return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") / _MOST

    def happens(self, how_often: float, *question: object) -> bool:
        """Say yes in this share of cases."""
        return self.share(*question) < how_often

    def between(self, least: float, most: float, *question: object) -> float:
        """Return a number of a range."""
        return least + (most - least) * self.share(*question)

    def whole(self, least: int, most: int, *question: object) -> int:
        """Return a whole number of a range, both ends among them."""
        return least + int((most - least + 1) * self.share(*question))

    def one_of(self, what: Sequence[T], *question: object) -> T:
        """Return one of these."""
        return what[int(len(what) * self.share(*question))]
