"""The simulator itself: repeats exactly, says where a promise broke, and makes plans smaller."""

from pathlib import Path

import pytest

from tests.simulation.journal import Journal, Violation
from tests.simulation.mutants import hunt, patches, plant
from tests.simulation.plan import Deed, Effect, Plan, draw
from tests.simulation.report import story
from tests.simulation.shrink import shrink
from tests.simulation.world import Outcome, simulate


def test_the_same_plan_leaves_the_same_log() -> None:
    """Byte for byte, whatever went wrong in it."""
    plan = draw(7, steps=600)
    assert plan.acts
    assert simulate(plan).lines == simulate(plan).lines


def test_another_seed_is_another_story() -> None:
    """Chance is asked."""
    assert draw(7) != draw(8)


def test_faults_strike() -> None:
    """A plan that nobody feels would prove nothing."""
    text = "\n".join(line for seed in range(8) for line in simulate(draw(seed, 900)).lines)
    silent = [str(effect) for effect in Effect if f": {effect} " not in text]
    silent += [str(deed) for deed in Deed if str(deed) not in text]
    words = ("is killed", "goes on", "has left", "not done", "takes job")
    assert silent + [word for word in words if word not in text] == []


def test_a_broken_promise_is_told_with_its_step() -> None:
    """The first one counts, and ends the disturbances."""
    ended: list[int] = []
    journal = Journal(lambda: 3.0, lambda: ended.append(journal.steps))
    journal.step("s0.1", "commit")
    journal.broken("a slot has one row", "job0 has two")
    journal.step("s0.1", "commit")
    journal.broken("another rule", "job1")
    assert journal.violation == Violation(1, "a slot has one row", "job0 has two")
    assert ended == [1]


def broken_by(plan: Plan) -> Outcome:
    """Break a promise whenever the third act and the second habit are in a plan."""
    whole = draw(plan.seed)
    is_broken = whole.acts[2] in plan.acts and whole.habits[1] in plan.habits
    violation = Violation(plan.steps // 2, "a rule", "somebody did it") if is_broken else None
    return Outcome(plan, violation, (), plan.steps)


def test_what_does_not_matter_is_left_out() -> None:
    """The faults that break it stay."""
    plan = draw(7)
    small = shrink(broken_by(plan), broken_by, tries=1000).plan
    assert (small.acts, small.strikes, small.habits) == ((plan.acts[2],), (), (plan.habits[1],))
    assert (len(small.jobs), small.shape.servers) == (1, 1)
    assert small.steps < 10


def test_another_rule_is_another_failure() -> None:
    """What breaks something else is no smaller case of this one."""

    def other(plan: Plan) -> Outcome:
        return Outcome(plan, Violation(1, "another rule", "somebody"), (), 1)

    failed = broken_by(draw(7))
    assert shrink(failed, other) == failed


def test_what_is_said_names_the_seed_the_step_and_each_fault() -> None:
    """Everything that is needed to see it again."""
    failed = broken_by(draw(7))
    lines = list(story(failed))
    assert lines[0] == "seed 7: BROKEN at step 1000: a rule: somebody did it"
    assert sum(line.startswith("  at ") for line in lines) == len(failed.plan.acts)


@pytest.mark.parametrize("patch", patches(), ids=lambda patch: patch.stem)
def test_each_bug_can_still_be_planted(patch: Path, tmp_path: Path) -> None:
    """A patch that no longer fits the product says so."""
    assert plant(patch, tmp_path) == ""


def test_ten_bugs_are_planted() -> None:
    """Those that the simulator has to find."""
    assert [patch.stem[:2] for patch in patches()] == [f"{number:02}" for number in range(1, 11)]


def test_a_planted_bug_is_found() -> None:
    """The others by `make mutants`."""
    (patch,) = [patch for patch in patches() if patch.stem.startswith("02")]
    found = hunt(patch, 5)
    assert found.is_found, found.said
    assert "acknowledged after it was recorded" in found.said
