"""The sizes that Fargate has: cpu and memory as asked for -> the next one that is there."""

from collections.abc import Iterator
from dataclasses import dataclass

_GIB = 1024
# Task definition parameters, "Task size": CPU units -> memory in MiB (least, most, step).
_SIZES = (
    (256, (512, 1024, 2048)),
    (512, tuple(range(1 * _GIB, 4 * _GIB + 1, _GIB))),
    (1024, tuple(range(2 * _GIB, 8 * _GIB + 1, _GIB))),
    (2048, tuple(range(4 * _GIB, 16 * _GIB + 1, _GIB))),
    (4096, tuple(range(8 * _GIB, 30 * _GIB + 1, _GIB))),
    (8192, tuple(range(16 * _GIB, 60 * _GIB + 1, 4 * _GIB))),
    (16384, tuple(range(32 * _GIB, 120 * _GIB + 1, 8 * _GIB))),
)
LARGEST = "16 cores and 120 GiB"


@dataclass(frozen=True, slots=True)
class Size:
    """What a task has."""

    cpu: int  # units, 1024 to a core
    memory: int  # MiB

    def __str__(self) -> str:
        return f"{self.cpu / 1024:g} cores and {self.memory / _GIB:g} GiB"


def fargate_size(cpu: int = 0, memory: int = 0) -> Size | None:
    """Return the smallest size of Fargate with at least so much (units, MiB); None: there is none.

    Of several, the one with fewer cores: they cost more than memory.
    """
    return next((size for size in _all() if size.cpu >= cpu and size.memory >= memory), None)


def _all() -> Iterator[Size]:
    for cpu, memories in _SIZES:
        yield from (Size(cpu, memory) for memory in memories)
