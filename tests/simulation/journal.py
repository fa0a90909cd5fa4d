"""What happened, a line for each step, and the first promise that was broken."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that did not hold."""

    step: int
    rule: str  # the promise, as a few words that stay the same
    what: str  # one sentence: who, and how


@dataclass(slots=True)
class Journal:
    """The log of a simulation: the same plan leaves the same one, byte for byte."""

    now: Callable[[], float]  # virtual seconds since the beginning
    on_enough: Callable[[], None] = lambda: None  # called after so many steps, or a violation
    enough: int = 0
    steps: int = 0
    lines: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)  # by kind, for those who count
    violation: Violation | None = None

    def step(self, who: str, what: str) -> None:
        """Note one more step."""
        self.steps += 1
        self.lines.append(f"{self.steps:6} {self.now():10.3f} {who:6} {what}")
        if self.steps == self.enough:
            self.on_enough()

    def fault(self, kind: str, what: str) -> None:
        """Note something that goes wrong, or that somebody wants."""
        self.faults[kind] += 1
        self.note(what)

    def note(self, what: str) -> None:
        """Note something that is nobody's step."""
        self.lines.append(f"{'':6} {self.now():10.3f} {'*':6} {what}")

    def broken(self, rule: str, what: str) -> None:
        """Note that a promise was broken; the first one counts."""
        self.note(f"BROKEN {rule}: {what}")
        if self.violation is None:
            self.violation = Violation(self.steps, rule, what)
            self.on_enough()
