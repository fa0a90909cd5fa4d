"""What lies in the tables, and in which order."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from botocore.session import get_session
from hypothesis import given
from hypothesis import strategies as st
from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

from tests.samples import DAY, HOUR, MINUTE, NOON, SECOND, make_cron, make_execution
from tests.stores.rows import moved
from wlcron.core.cron import Registration
from wlcron.core.execution import Change, Execution, Overrides, Status
from wlcron.core.planning import Plan, execution_id
from wlcron.errors import RefusedError
from wlcron.stores.dynamodb import table_definitions
from wlcron.stores.dynamodb.cronitems import cron_of, state_item, version_item, version_of
from wlcron.stores.dynamodb.encoding import LONGEST_TEXT
from wlcron.stores.dynamodb.planned import ROWS_AT_ONCE, in_steps
from wlcron.stores.dynamodb.rows import (
    change_item,
    change_of,
    execution_item,
    execution_of,
    leases,
    turn_of,
)
from wlcron.stores.dynamodb.tables import EXPIRY, change_key, row_key, slot_key

CRON = make_cron()
FULL = make_execution(
    CRON,
    manual=True,
    status=Status.RUNNING,
    reason="läuft",
    attempt=2,
    holder="ecs:a",
    lease_until=NOON + MINUTE,
    started_at=NOON + SECOND,
    deadline=NOON + HOUR,
    exit_code=0,
    stop_asked_at=NOON + 2 * SECOND,
    stop_reason="enough",
    overrides=Overrides(arguments=("a",), env={"K": "v"}),
    handle="arn:aws:ecs:task/1",
)


@pytest.mark.parametrize(
    "execution", [FULL, make_execution(CRON), replace(FULL, exit_code=None, attempt=0)]
)
def test_an_execution_comes_back_as_it_was(execution: Execution) -> None:
    """With all that it may have, and with nothing beyond what it must have."""
    assert execution_of(execution_item(execution, "1", None)) == execution


def test_a_change_comes_back_as_it_was() -> None:
    """With its execution as it was then, whatever became of the row."""
    for change in (moved(FULL, Status.SUCCESS, exit_code=0), Change(FULL, None, NOON)):
        assert change_of(change_key(FULL, "1") | change_item(change)) == change


def test_a_cron_comes_back_as_it_was() -> None:
    """From its two items."""
    parts = {"rule": "arn:aws:events:rule/a"}
    for cron in (CRON, replace(CRON, next_due=None, registration=Registration(parts=parts))):
        content = version_of(version_item(cron))
        assert cron_of(state_item(cron), cron.version, content) == replace(cron, revision=1)


def test_an_execution_is_small() -> None:
    """DynamoDB charges by the kilobyte, for each write: one for a row, one for a change."""
    row = execution_item(FULL, "1" * 17, timedelta(days=30))
    change = change_key(FULL, "1" * 17) | change_item(moved(FULL, Status.FAILED, exit_code=1))
    for item in (row, change):
        assert _size(item) < 1024


def test_a_reason_that_nobody_could_read_is_cut() -> None:
    """An engine may say whatever it likes; an item holds 400 KB."""
    item = execution_item(replace(FULL, reason="x" * 1_000_000), "1", None)
    assert len(item["reason"]["S"]) == LONGEST_TEXT
    assert item["reason"]["S"].endswith(" …")


def test_a_definition_that_is_too_large_is_refused() -> None:
    """In a sentence that names the limit, before anything is asked; and so are overrides."""
    with pytest.raises(RefusedError, match=r"makes 50\d KB in DynamoDB, which takes 380 KB"):
        version_item(replace(CRON, source="x" * 520_000))
    with pytest.raises(RefusedError, match="380 KB"):
        execution_item(replace(FULL, overrides=Overrides(env={"K": "x" * 400_000})), "1", None)


def test_what_is_not_unicode_is_refused() -> None:
    """JSON cannot hold it."""
    broken = replace(FULL, overrides=Overrides(env={"K": "\ud800"}))
    with pytest.raises(RefusedError, match="Unicode"):
        execution_item(broken, "1", None)


def test_a_scheduled_slot_is_its_own_key() -> None:
    """A row of any other id takes its slot's key beside its own."""
    scheduled = make_execution(CRON)
    assert slot_key(scheduled) is None
    other = replace(scheduled, id=execution_id(CRON, NOON + DAY))
    assert slot_key(other) == row_key(scheduled.id)


@given(
    holder=st.text(max_size=20),
    minutes=st.integers(0, 10_000),
    until=st.integers(0, 10_000),
)
def test_a_lease_is_found_by_when_it_ends(holder: str, minutes: int, until: int) -> None:
    """Whatever holders are called, none misses its own."""
    lease, bound = NOON + minutes * MINUTE, NOON + until * MINUTE
    mine = replace(FULL, status=Status.STARTING, stop_asked_at=None, holder=holder)
    first, last = leases(holder, None, bound)
    turn = turn_of(replace(mine, lease_until=lease))
    assert turn is not None
    assert (first <= turn <= last) == (lease <= bound)
    first, last = leases(holder, bound, None)
    assert (first <= turn <= last) == (lease >= bound)


@given(st.integers(0, 200))
def test_a_long_plan_goes_in_steps_that_are_plans(count: int) -> None:
    """Every row once, in order; each step ends where the next begins, and raises the revision."""
    cron = replace(CRON, next_due=NOON, revision=7)
    rows = tuple(
        make_execution(cron, id=execution_id(cron, slot), slot=slot)
        for slot in (NOON + n * MINUTE for n in range(count))
    )
    steps = list(in_steps(Plan(cron, rows, NOON + count * MINUTE + HOUR)))
    assert [row for step in steps for row in step.executions] == list(rows)
    assert all(len(step.executions) <= ROWS_AT_ONCE for step in steps)
    assert [step.cron.revision for step in steps] == list(range(7, 7 + len(steps)))
    for step, following in pairwise(steps):
        assert step.next_due == following.cron.next_due == following.executions[0].slot
    assert steps[-1].next_due == NOON + count * MINUTE + HOUR


def test_keys_are_no_reserved_words() -> None:
    """They are written as they are in queries, where DynamoDB refuses 573 words."""
    reserved = set(ReservedKeywords.get_reserved_keywords())
    assert EXPIRY.upper() not in reserved
    for table in table_definitions("wl"):
        names = {each["AttributeName"].upper() for each in table["AttributeDefinitions"]}
        assert not names & reserved


def test_the_tables_are_requests_of_create_table() -> None:
    """As botocore's own description has them."""
    shape = get_session().get_service_model("dynamodb").operation_model("CreateTable").input_shape
    for table in table_definitions("wl"):
        assert set(table) <= set(shape.members)
        assert table["BillingMode"] == "PAY_PER_REQUEST"


def _size(item: object) -> int:
    """Return no less than what DynamoDB counts for an item."""
    return len(json.dumps(item).encode())
