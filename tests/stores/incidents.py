"""What tests of stores put into them: incidents and silences, and any that there may be."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st

from tests.samples import HOUR, MINUTE, NOON, SECOND, make_incident
from wlcron.core.cron import Severity
from wlcron.core.incident import Condition, Incident, Step, Telling
from wlcron.store import Store

CLOSED = {"closed_at": NOON + HOUR, "closed_by": "it succeeded"}

EVERYTHING = make_incident(
    condition=Condition.NOT_STARTED_WITHIN,
    severity=Severity.CRITICAL,
    number=7,
    opened_at=NOON + SECOND / 1_000_000,
    execution_id="",
    slot=NOON - HOUR,
    reason="ü *not* <started>\n",
    judged=NOON + HOUR,
    closed_at=NOON + 2 * HOUR,
    closed_by="it started",
    is_held=True,
    tellings=(
        Telling(channel="team-slack", told=Step.CLOSED, told_at=NOON, is_over=True),
        Telling(
            channel="on-call",
            tries=3,
            failing_since=NOON,
            again_at=NOON + MINUTE,
            problem="503\0",
            instead_of="team-slack refused it",
        ),
    ),
    due_at=NOON + MINUTE,
)

instants = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 -- bounds, whose zone is given beside
# No NUL, which PostgreSQL cannot hold in a text of its own: that is replaced.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
_maybe = st.none() | instants
_tellings = st.builds(
    Telling,
    channel=texts,
    told=st.none() | st.sampled_from(Step),
    told_at=_maybe,
    tries=st.integers(0, 10_000),
    failing_since=_maybe,
    again_at=_maybe,
    problem=texts,
    is_over=st.booleans(),
    instead_of=texts,
    is_in_flood=st.booleans(),
)
any_incident = st.builds(
    make_incident,
    cron_name=texts,
    severity=st.sampled_from(Severity),
    number=st.integers(1, 1_000_000),
    opened_at=instants,
    execution_id=texts,
    slot=instants,
    reason=texts,
    judged=instants,
    closed_at=_maybe,
    closed_by=texts,
    is_held=st.booleans(),
    tellings=st.lists(_tellings, max_size=4).map(tuple),
    due_at=_maybe,
)


async def put(store: Store, incident: Incident) -> Incident:
    """Save an incident; return it as it is stored."""
    assert await store.put_incident(incident)
    return await stored(store, incident)


async def stored(store: Store, incident: Incident) -> Incident:
    """Return an incident as it is stored."""
    found = await store.incident(incident.cron_id, incident.condition)
    assert found is not None
    return found


def closed(incident: Incident, **more: object) -> Incident:
    """Return an incident that was closed an hour after it was opened."""
    return replace(incident, **(CLOSED | more))  # type: ignore[arg-type]  # test data
