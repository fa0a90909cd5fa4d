"""Simulates seed after seed, says what became of each, and counts."""

import json
import os
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.simulation.plan import draw
from tests.simulation.report import story, verdict
from tests.simulation.shrink import shrink
from tests.simulation.world import Outcome, simulate


@dataclass(slots=True)
class Campaign:
    """Goes on until the seeds or the seconds are over, or a promise was broken."""

    steps: int
    seconds: float | None = None  # None: as long as there are seeds
    log: str = ""  # where the whole log of the last seed goes
    shrinks: bool = True
    keeps_going: bool = False  # also after a broken promise
    _seeds: int = field(default=0)
    _steps: int = field(default=0)
    _virtual: float = field(default=0.0)  # seconds
    _slots: int = field(default=0)
    _broken: int = field(default=0)
    _faults: Counter[str] = field(default_factory=Counter)

    def run(self, seeds: Iterable[int]) -> bool:
        """Return whether every promise held."""
        ends = time.monotonic() + (self.seconds or float("inf"))
        try:
            for seed in seeds:
                if not self._try(seed) and not self.keeps_going:
                    break
                if time.monotonic() >= ends:
                    break
        except KeyboardInterrupt:
            print()  # noqa: T201 -- a line of its own for what follows
        self._sum_up()
        return self._broken == 0

    def _try(self, seed: int) -> bool:
        outcome = simulate(draw(seed, self.steps))
        print(verdict(outcome), flush=True)  # noqa: T201 -- it is a command
        self._count(outcome)
        if self.log:
            Path(self.log).write_text("\n".join(outcome.lines) + "\n")
        if outcome.violation is not None and self.shrinks:
            print("\n".join(story(shrink(outcome, simulate))), flush=True)  # noqa: T201 -- it is a command
        return outcome.violation is None

    def _count(self, outcome: Outcome) -> None:
        self._seeds += 1
        self._steps += outcome.steps
        self._virtual += outcome.seconds
        self._slots += outcome.slots
        self._broken += outcome.violation is not None
        self._faults.update(outcome.faults)

    def _sum_up(self) -> None:
        """Say what was counted, and write it down where `make reliability` asks for that."""
        print(  # noqa: T201 -- it is a command
            f"{self._seeds:,} seeds, {self._steps:,} steps,"
            f" {self._virtual / 3600:,.1f} virtual hours,"
            f" {self._faults.total():,} faults, {self._slots:,} slots: {self._broken} broken"
        )
        if folder := os.environ.get("WL_COUNTS"):
            counted = {
                "seeds": self._seeds,
                "steps": self._steps,
                "virtual_hours": round(self._virtual / 3600, 1),
                "faults": dict(sorted(self._faults.items())),
                "slots": self._slots,
                "broken": self._broken,
            }
            Path(folder, "simulate.json").write_text(json.dumps(counted))
