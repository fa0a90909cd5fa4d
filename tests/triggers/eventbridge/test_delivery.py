"""What EventBridge hands on is read back as the slot that it is about."""

import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlcron.errors import RefusedError
from wlcron.trigger import Delivery
from wlcron.triggers.eventbridge.delivery import (
    owner_of,
    read_delivery,
    rule_input,
    schedule_input,
)

TIME, SLOT = "2015-10-08T16:53:06Z", datetime(2015, 10, 8, 16, 53, tzinfo=UTC)


def transformed(transformer: dict[str, object], time: str = TIME, id_: str = "53dc4d37") -> str:
    """Return what EventBridge makes of a transformer: strings get their quotes from it."""
    text = str(transformer["InputTemplate"])
    return text.replace("<time>", json.dumps(time)).replace("<id>", json.dumps(id_))


def filled_in(text: str, scheduled: str, id_: str = "d32c5kddcf5bb8c3") -> str:
    """Return what Scheduler makes of an input."""
    text = text.replace("<aws.scheduler.scheduled-time>", scheduled)
    return text.replace("<aws.scheduler.execution-id>", id_)


def test_a_rules_slot_is_the_time_of_the_event_cut_to_the_minute() -> None:
    """It fires some time within the minute."""
    message = transformed(rule_input("default", "pi", is_exact=True))
    assert read_delivery(message) == Delivery("default", "pi", SLOT, is_exact=True, id="53dc4d37")


def test_a_schedules_slot_is_the_time_for_which_it_was_scheduled() -> None:
    """To the second, however late it comes."""
    message = filled_in(schedule_input("default", "pi", is_exact=True), "2022-03-22T18:59:43Z")
    slot = datetime(2022, 3, 22, 18, 59, 43, tzinfo=UTC)
    assert read_delivery(message) == Delivery("default", "pi", slot, True, "d32c5kddcf5bb8c3")  # noqa: FBT003 -- as compared


def test_a_rate_says_that_its_phase_is_its_own() -> None:
    """So that its slots are taken as they come."""
    assert not read_delivery(transformed(rule_input("a", "pi", is_exact=False))).is_exact
    text = filled_in(schedule_input("a", "pi", is_exact=False), TIME)
    assert not read_delivery(text).is_exact


def test_the_transformer_reads_the_event_by_documented_paths() -> None:
    """Time and id are the envelope's."""
    transformer = rule_input("default", "pi", is_exact=True)
    assert transformer["InputPathsMap"] == {"time": "$.time", "id": "$.id"}


def test_a_schedules_input_says_whose_it_is() -> None:
    """Schedules have no tags of their own."""
    assert owner_of(schedule_input("blue", "pi", is_exact=True)) == ("blue", "pi")
    for foreign in ("", "{}", "run", '{"instance": "blue", "cron": "pi"}', "[1]"):
        assert owner_of(foreign) is None


@pytest.mark.parametrize(
    "message",
    [
        "",
        "run",
        '"run"',
        "[]",
        "null",
        "[" * 100_000,
        json.dumps({"job": "nightly-report", "args": ["--full"]}),
        json.dumps({"version": "0", "source": "aws.events", "time": TIME, "id": "1"}),
        schedule_input("default", "pi", is_exact=True),  # as it is before it is filled in
        filled_in(schedule_input("default", "pi", is_exact=True), "2022-03-22T18:59:43"),
        filled_in(schedule_input("default", "pi", is_exact=True), "9999-12-31T23:59:59-14:00"),
        filled_in(schedule_input("", "pi", is_exact=True), TIME),
        filled_in(schedule_input("default", "pi", is_exact=True), TIME, ""),
        transformed(rule_input("default", "pi", is_exact=True)).replace("true", '"yes"'),
        transformed(rule_input("default", "pi", is_exact=True)).replace('"pi"', "7"),
    ],
)
def test_what_is_none_of_ours_is_refused_in_one_sentence(message: str) -> None:
    """Whatever else is published on the topic."""
    with pytest.raises(RefusedError) as refused:
        read_delivery(message)
    assert "announces no slot" in str(refused.value)
    assert len(str(refused.value)) < 250


@given(st.text() | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps))
def test_no_message_is_too_strange(message: str) -> None:
    """It is refused, and nothing else happens."""
    with pytest.raises(RefusedError):
        read_delivery(message)


@given(
    st.fixed_dictionaries(
        {"wlcron": st.just("slot")},
        optional=dict.fromkeys(
            ("instance", "cron", "exact", "time", "scheduled", "id"),
            st.none() | st.booleans() | st.text() | st.integers() | st.just(TIME),
        ),
    )
)
def test_what_looks_like_ours_is_read_or_refused(said: dict[str, object]) -> None:
    """No type of a value is taken for granted."""
    with contextlib.suppress(RefusedError):
        assert read_delivery(json.dumps(said)).slot.tzinfo is UTC


@pytest.mark.parametrize("name", ["ti\0dy", "ti\ud83d", "ti\ndy"])
def test_a_name_that_no_store_can_be_asked_for_is_none(name: str) -> None:
    """JSON may spell NUL, and half of a surrogate pair."""
    said = {"wlcron": "slot", "instance": "default", "exact": True, "time": TIME, "id": "1"}
    with pytest.raises(RefusedError, match="names no cron") as refused:
        read_delivery(json.dumps(said | {"cron": name}))
    assert str(refused.value).isprintable()
