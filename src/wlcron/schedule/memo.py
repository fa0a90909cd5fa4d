"""A memory for what texts were parsed into, for crons have few different fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Key = TypeVar("Key")
Value = TypeVar("Value")

_MAX_ENTRIES = 1024


class Memo(dict[Key, Value], Generic[Key, Value]):
    """A dictionary that makes what it lacks, and forgets everything when it grows too large.

    A hit costs one look-up, a third of `functools.lru_cache`.
    """

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[Key], Value]) -> None:
        """Take the function that makes a value; its errors are not remembered."""
        self._make = make

    def __missing__(self, key: Key) -> Value:
        value = self._make(key)
        if len(self) >= _MAX_ENTRIES:
            self.clear()
        self[key] = value
        return value
