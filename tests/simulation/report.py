"""What the simulator says of a plan, for people."""

from collections.abc import Iterator

from tests.simulation.plan import Plan
from tests.simulation.world import Outcome

_SHOWN = 40  # lines of the log before the end


def verdict(outcome: Outcome) -> str:
    """Return one line that says what a seed led to."""
    seed, broken = outcome.plan.seed, outcome.violation
    if broken is None:
        return f"seed {seed}: held for {outcome.steps} steps"
    return f"seed {seed}: BROKEN at step {broken.step}: {broken.rule}: {broken.what}"


def story(outcome: Outcome) -> Iterator[str]:
    """Yield what somebody needs who looks for the reason."""
    yield verdict(outcome)
    yield from plan_lines(outcome.plan)
    lines = outcome.lines
    broken = [number for number, line in enumerate(lines) if " BROKEN " in line]
    end = broken[0] + 1 if broken else len(lines)
    yield f"  the last {min(_SHOWN, end)} lines of its log:"
    yield from lines[max(0, end - _SHOWN) : end]


def plan_lines(plan: Plan) -> Iterator[str]:
    """Yield a plan, a line for each fault."""
    yield f"  {plan.shape}"
    yield f"  disturbed for {plan.steps} steps; habits: {', '.join(plan.habits) or 'none'}"
    yield from (f"  {job}" for job in plan.jobs)
    for strike in plan.strikes:
        yield (
            f"  server {strike.server}, {strike.verb} number {strike.nth}:"
            f" {strike.effect} ({strike.seconds:g} s)"
        )
    for act in plan.acts:
        yield f"  at {act.at:g} s: {act.deed}, target {act.target} ({act.seconds:g} s)"
