"""The cases of public suites: croniter, cronsim, robfig, Cronos, pyawscron, LocalStack."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from wlcron.schedule import Schedule, ScheduleError, parse_schedule

Case = dict[str, Any]
SAMPLES: dict[str, list[Case]] = json.loads(
    (Path(__file__).parent.parent / "data" / "schedules.json").read_text()
)
MOMENT = timedelta(microseconds=1)


def label(case: Case) -> str:
    """Return what a case is called in a report."""
    return " ".join(filter(None, (case["expr"], case.get("tz"), case.get("after"))))


def check(schedule: Schedule, case: Case) -> None:
    """Check the slots of a case forwards, the last one backwards, and what comes after it."""
    expected = [datetime.fromisoformat(slot) for slot in case["next"]]
    moment = datetime.fromisoformat(case["after"])
    for slot in expected:
        found = schedule.next(moment)
        assert found == slot
        moment = found
    if expected:
        assert schedule.previous(moment + MOMENT) == moment
    if "until" in case:
        later = schedule.next(moment)
        assert later is None or later > datetime.fromisoformat(case["until"])
    if case.get("exhausted"):
        assert schedule.next(moment) is None


@pytest.mark.parametrize("case", SAMPLES["aws_cron"], ids=label)
def test_aws_expressions_have_the_slots_that_other_suites_expect(case: Case) -> None:
    """Slots of `cron(…)` are those that independent implementations and AWS's own pages give."""
    check(parse_schedule(f"cron({case['expr']})", case.get("tz")), case)


@pytest.mark.parametrize("case", SAMPLES["unix_cron"], ids=label)
def test_unix_expressions_have_the_slots_that_other_suites_expect(case: Case) -> None:
    """Slots of five fields are those on which independent implementations agree."""
    check(parse_schedule(case["expr"], case.get("tz")), case)


@pytest.mark.parametrize("case", SAMPLES["aws_validity"], ids=label)
def test_aws_expressions_are_valid_where_other_suites_say_so(case: Case) -> None:
    """What AWS takes is read, and what it refuses is refused."""
    try:
        parse_schedule(case["expr"])
    except ScheduleError:
        is_valid = False
    else:
        is_valid = True
    assert is_valid == case["valid"]
