"""Incidents and silences as they lie in DynamoDB."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import DAY, HOUR, NOON, make_incident, make_silence
from tests.stores.incidents import EVERYTHING, any_incident, closed
from wlcron.core.incident import Condition, Incident, Step, Telling
from wlcron.core.silence import Scope
from wlcron.errors import RefusedError
from wlcron.stores.dynamodb.encoding import LONGEST_TEXT
from wlcron.stores.dynamodb.incidentitems import (
    incident_attributes,
    incident_of,
    new_incident,
    silence_attributes,
    silence_key,
    silence_of,
)
from wlcron.stores.dynamodb.tables import EXPIRY, SHARDS

KEEP_FOR = 30 * DAY


@given(
    incident=st.one_of(any_incident, st.just(EVERYTHING)),
    condition=st.sampled_from(Condition),
    cron_id=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    keep_for=st.sampled_from([None, timedelta(days=0)]),
)
def test_an_incident_comes_back_as_it_was(
    incident: Incident, condition: Condition, cron_id: str, keep_for: timedelta | None
) -> None:
    """Whatever its cron is called: a channel's own incident is none of a cron."""
    incident = replace(incident, cron_id=cron_id, condition=condition)
    item = new_incident(incident, keep_for)
    assert incident_of(item) == replace(incident, revision=1)
    assert all(value for value in item.values())


def test_nothing_that_an_incident_has_is_forgotten() -> None:
    """A field that is added to it is added to its item."""
    in_keys = {"cron_id", "condition", "revision"}
    assert {each.name for each in fields(Incident)} - in_keys <= set(
        incident_attributes(EVERYTHING, None)
    )


def test_a_silence_comes_back_as_it_was() -> None:
    """With all that it may have, and with nothing beyond what it must have."""
    scope = Scope(cron="tidy", labels={"team": "ü"})
    for silence in (make_silence(), make_silence("ü", scope=scope, reason="a\0b\n")):
        given_ = {name: each for name, each in silence_attributes(silence).items() if each}
        assert silence_of(silence_key(silence.id) | given_) == silence


def test_an_incident_is_small() -> None:
    """DynamoDB charges by the kilobyte, for each message: one, with three channels."""
    tellings = tuple(
        Telling(channel=f"team-slack-{n}", told=Step.REMINDED, told_at=NOON) for n in range(3)
    )
    item = new_incident(closed(make_incident("a" * 32, tellings=tellings), due_at=NOON), None)
    values = [str(next(iter(value.values()))) for value in item.values()]
    assert len("".join([*item, *values]).encode()) < 1024


def test_only_what_is_due_stands_among_what_is_due() -> None:
    """In lanes that are not those of crons, which are due beside them."""
    for incident in (make_incident(), closed(make_incident())):
        assert "next_due" not in new_incident(incident, KEEP_FOR)
        item = new_incident(replace(incident, due_at=NOON), KEEP_FOR)
        assert item["next_due"] == item["due_at"]
        assert item["lane"]["S"] not in SHARDS


def test_what_is_closed_and_told_expires() -> None:
    """Some time after it was closed; not before it is told, and not while it is open."""
    told = closed(make_incident())
    assert told.closed_at is not None
    item = new_incident(told, KEEP_FOR)
    assert int(item[EXPIRY]["N"]) == (told.closed_at + KEEP_FOR).timestamp()
    for kept in (make_incident(), replace(told, due_at=NOON + HOUR)):
        assert EXPIRY not in new_incident(kept, KEEP_FOR)
    assert EXPIRY not in new_incident(told, None)


def test_what_nobody_could_read_is_cut() -> None:
    """Engines and vendors may say whatever they like; an alert is not lost over it."""
    long = "\0" * 1_000_000
    tellings = (Telling(channel="a", problem=long, instead_of=long),)
    item = new_incident(make_incident(reason=long, closed_by=long, tellings=tellings), None)
    read = incident_of(item)
    for text in (read.reason, read.closed_by, read.tellings[0].problem):
        assert len(text) == LONGEST_TEXT
        assert text.endswith(" …")
    assert len(read.tellings[0].instead_of) == LONGEST_TEXT


def test_what_is_too_large_is_refused() -> None:
    """In a sentence that names the limit, before anything is asked."""
    tellings = tuple(Telling(channel=f"{n}", problem="x" * 5000) for n in range(100))
    with pytest.raises(RefusedError, match="380 KB"):
        new_incident(make_incident(tellings=tellings), None)
    with pytest.raises(RefusedError, match="380 KB"):
        silence_attributes(make_silence(scope=Scope(labels={"a": "x" * 400_000})))
