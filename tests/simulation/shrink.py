"""Makes a plan that fails smaller: fewer faults, fewer steps, fewer crons, and still it fails."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from tests.simulation.plan import Plan
from tests.simulation.world import Outcome

T = TypeVar("T")
TRIES = 250


def shrink(failed: Outcome, simulate: Callable[[Plan], Outcome], tries: int = TRIES) -> Outcome:
    """Return the smallest outcome that was found, in so many tries, to break the same rule."""
    best, left = failed, tries
    is_smaller = True
    while is_smaller and left > 0:
        is_smaller = False
        for plan in _smaller(best):
            if left == 0:
                break
            left -= 1
            outcome = simulate(plan)
            if _is_same(outcome, failed):
                best, is_smaller = outcome, True
                break
    return best


def _is_same(outcome: Outcome, failed: Outcome) -> bool:
    if outcome.violation is None or failed.violation is None:
        return False
    return outcome.violation.rule == failed.violation.rule


def _smaller(outcome: Outcome) -> Iterator[Plan]:
    """Yield plans that are smaller, the boldest first."""
    plan = outcome.plan
    if outcome.violation is not None and outcome.violation.step < plan.steps:
        yield replace(plan, steps=outcome.violation.step)
    for acts in _without(plan.acts):
        yield replace(plan, acts=acts)
    for strikes in _without(plan.strikes):
        yield replace(plan, strikes=strikes)
    for habits in _without(plan.habits):
        yield replace(plan, habits=habits)
    for jobs in _without(plan.jobs):
        if jobs:
            yield replace(plan, jobs=jobs)
    if plan.shape.servers > 1:
        yield replace(plan, shape=replace(plan.shape, servers=plan.shape.servers - 1))


def _without(items: tuple[T, ...]) -> Iterator[tuple[T, ...]]:
    """Yield it without a half, a quarter, … and at last without each one."""
    size = len(items)
    while size > 0:
        for first in range(0, len(items), size):
            yield items[:first] + items[first + size :]
        size //= 2
