"""What a benchmark hands in: rows of one table, and the few numbers that are made of many."""

import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `kept` is None where no budget was set, or nothing could be run."""

    what: str
    figure: str
    floor: str = "-"  # the peer or the floor that it is compared with
    ratio: float | None = None
    budget: str = "-"
    kept: bool | None = None

    def as_markdown(self) -> str:
        """Return the row of the Markdown table."""
        ratio = "-" if self.ratio is None else f"{self.ratio:.2f}"
        kept = {None: "-", True: "yes", False: "**no**"}[self.kept]
        cells = (self.what, self.figure, self.floor, ratio, self.budget, kept)
        return f"| {' | '.join(cells)} |"


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured number and how it is shown."""

    value: float
    text: str


def at_most(what: str, ours: Figure, floor: Figure, limit: float) -> Row:
    """Return the row of a figure that may be `limit` times a floor."""
    ratio = ours.value / floor.value
    return Row(what, ours.text, floor.text, ratio, f"≤ {limit:.2f} times", ratio <= limit)


def at_least(what: str, ours: Figure, peer: Figure, limit: float) -> Row:
    """Return the row of a figure that has to be `limit` times a peer's."""
    ratio = ours.value / peer.value
    return Row(what, ours.text, peer.text, ratio, f"≥ {limit:.2f} times", ratio >= limit)


def below(what: str, ours: Figure, limit: Figure, floor: Figure | None = None) -> Row:
    """Return the row of a figure that has a limit of its own; the floor is told beside it."""
    return _beside(what, ours, floor, f"≤ {limit.text}", kept=ours.value <= limit.value)


def above(what: str, ours: Figure, limit: Figure, floor: Figure | None = None) -> Row:
    """Return the row of a figure that has to reach a limit of its own."""
    return _beside(what, ours, floor, f"≥ {limit.text}", kept=ours.value >= limit.value)


def told(what: str, ours: Figure, floor: Figure) -> Row:
    """Return the row of a figure without a budget, beside a floor."""
    return Row(what, ours.text, floor.text, ours.value / floor.value)


def _beside(what: str, ours: Figure, floor: Figure | None, budget: str, *, kept: bool) -> Row:
    if floor is None:
        return Row(what, ours.text, budget=budget, kept=kept)
    return Row(what, ours.text, floor.text, ours.value / floor.value, budget, kept)


def not_run(what: str, why: str) -> Row:
    """Return the row of what could not be measured on this machine."""
    return Row(what, f"not run: {why}")


def milliseconds(seconds: float, note: str = "") -> Figure:
    """Return a duration (in seconds) to be shown in milliseconds."""
    digits = 1 if seconds < 0.1 else 0  # noqa: PLR2004 -- three figures are what a median is good for
    return Figure(seconds, f"{seconds * 1000:.{digits}f} ms{note and f' ({note})'}")


def rate(per_second: float, unit: str, note: str = "") -> Figure:
    """Return a rate to be shown by the second."""
    shown = f"{per_second:,.0f}" if per_second >= 100 else f"{per_second:.1f}"  # noqa: PLR2004 -- the same
    return Figure(per_second, f"{shown} {unit}/s{note and f' ({note})'}")


def median(values: Sequence[float]) -> float:
    """Return the middle one."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that so large a share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def progress(text: str) -> None:
    """Say on a terminal what is being done; nothing elsewhere."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()
