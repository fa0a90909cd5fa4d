"""Every store: incidents are saved by compare-and-set, and found by what is to be done."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from tests.contract.conftest import OpenStore
from tests.samples import DAY, HOUR, MINUTE, NOON, SECOND, make_incident
from tests.stores.incidents import EVERYTHING, any_incident, closed, put, stored
from tests.stores.rows import add, known, prune
from wlcron.core.incident import Condition, Incident
from wlcron.store import Retention, Store

ALL = 10_000
SERVERS = 3
TIMES = 10


async def test_an_incident_comes_back_as_it_was_saved(store: Store) -> None:
    """With all that it may have, and with nothing beyond what it must have."""
    for incident in (EVERYTHING, make_incident()):
        assert await put(store, incident) == replace(incident, revision=1)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(incident=any_incident)
async def test_whatever_an_incident_says_is_kept(store: Store, incident: Incident) -> None:
    """To the microsecond and the character; nothing stays of what it said before."""
    before = await store.incident(incident.cron_id, incident.condition)
    revision = 0 if before is None else before.revision
    assert await put(store, replace(incident, revision=revision)) == replace(
        incident, revision=revision + 1
    )
    listed = [row.row_key for row in await store.open_incidents()]
    assert listed == ([incident.row_key] if incident.is_open else [])


async def test_what_no_database_holds_is_replaced(store: Store) -> None:
    """A reason may hold whatever an engine has said; it is saved nevertheless."""
    read = await put(store, make_incident(reason="bro\0ken"))
    assert read.reason in {"bro\0ken", "bro?ken"}


async def test_an_unknown_row_is_no_incident(store: Store) -> None:
    """None: of another condition, of another cron, of none."""
    incident = await put(store, make_incident())
    assert await store.incident(incident.cron_id, Condition.SKIPPED) is None
    for nobody in ("", "x" * 3000, "ü", "'; --", "\0", "\ud800", incident.cron_id.upper()):
        assert await store.incident(nobody, Condition.FAILED) is None
        assert isinstance(await store.open_incidents(after=nobody), list)


async def test_a_condition_of_a_cron_has_one_row(store: Store) -> None:
    """Who read "there is none" loses against who was faster; others are not in the way."""
    first = await put(store, make_incident(reason="first"))
    assert not await store.put_incident(make_incident(reason="second"))
    assert not await store.put_incident(closed(make_incident(reason="third")))
    assert await stored(store, first) == first
    assert await store.put_incident(make_incident(condition=Condition.SKIPPED))
    assert await store.put_incident(make_incident("other"))


async def test_a_write_compares_the_revision(store: Store) -> None:
    """Of two that read the same revision the second changes nothing, whatever it would do."""
    read = await put(store, make_incident())
    told = replace(read, due_at=NOON)
    assert await store.put_incident(told)
    for late in (replace(read, due_at=None), closed(read), replace(read, revision=7)):
        assert not await store.put_incident(late)
    assert await stored(store, read) == replace(told, revision=2)
    assert await store.open_incidents() == [replace(told, revision=2)]


async def test_an_incident_that_never_was_cannot_be_changed(store: Store) -> None:
    """A revision that was never given out is nobody's."""
    for incident in (make_incident(revision=1), closed(make_incident(revision=1))):
        assert not await store.put_incident(incident)
    assert await store.incident(make_incident().cron_id, Condition.FAILED) is None
    assert await store.open_incidents() == []


async def test_what_is_open_is_listed_until_it_is_closed(store: Store) -> None:
    """And again when it is opened once more, as often as that is."""
    row = make_incident()
    for number in range(1, 4):
        row = await put(store, make_incident(number=number, revision=row.revision))
        assert await store.open_incidents() == [row]
        row = await put(store, replace(row, reason="told"))
        assert await store.open_incidents() == [row]
        row = await put(store, closed(row))
        assert await store.open_incidents() == []
        row = await put(store, replace(row, closed_by="told"))
        assert await store.open_incidents() == []


async def test_what_was_saved_closed_is_not_open(store: Store) -> None:
    """Also when it was never saved open."""
    await put(store, closed(make_incident()))
    assert await store.open_incidents() == []


async def test_open_incidents_are_paged_by_the_keys_of_their_rows(store: Store) -> None:
    """They sort byte by byte, in every database; what is closed takes no place."""
    ids = ["a", "a-b", "a0", "ab", "b", "b-"]
    rows = [make_incident(cron_id=known) for known in ids]
    rows += [make_incident(cron_id="a", condition=Condition.SKIPPED)]
    rows.sort(key=lambda row: row.row_key)
    for row in reversed(rows):
        await put(store, row)
        await put(store, closed(replace(row, cron_id=f"{row.cron_id}+")))
    keys = [row.row_key for row in rows]
    assert [row.row_key for row in await store.open_incidents()] == keys
    page = await store.open_incidents(after=keys[2], limit=3)
    assert [row.row_key for row in page] == keys[3:6]
    assert await store.open_incidents(after=keys[-1]) == []
    assert await store.open_incidents(limit=0) == []


async def test_what_is_due_is_found(store: Store) -> None:
    """Longest due first; open or closed; not what is due later, or never."""
    await put(store, make_incident("never"))
    await put(store, make_incident("later", due_at=NOON + SECOND))
    for name, minutes in (("b", 3), ("c", 9), ("a", 0)):
        await put(store, make_incident(name, due_at=NOON - minutes * MINUTE))
    await put(store, closed(make_incident("d"), due_at=NOON - 6 * MINUTE))
    found = await store.untold_incidents(NOON, ALL)
    assert [row.cron_name for row in found] == ["c", "d", "b", "a"]
    assert [await stored(store, row) for row in found] == found
    assert await store.untold_incidents(NOON, 2) == found[:2]
    assert await store.untold_incidents(NOON, 0) == []
    assert await store.untold_incidents(NOON - DAY, ALL) == []


async def test_what_is_told_is_not_due(store: Store) -> None:
    """Until it is due again; put off is due later."""
    row = await put(store, make_incident(due_at=NOON))
    row = await put(store, replace(row, due_at=NOON + MINUTE))
    assert await store.untold_incidents(NOON, ALL) == []
    assert await store.untold_incidents(NOON + MINUTE, ALL) == [row]
    row = await put(store, replace(row, due_at=None))
    assert await store.untold_incidents(NOON + DAY, ALL) == []
    row = await put(store, closed(row, due_at=NOON + HOUR))
    assert await store.untold_incidents(NOON + DAY, ALL) == [row]
    await put(store, replace(row, due_at=None))
    assert await store.untold_incidents(NOON + DAY, ALL) == []


async def test_what_is_closed_and_told_is_forgotten(store: Store) -> None:
    """By when it was closed: what was before the instant, not what is at it."""
    rows = [closed(make_incident(f"c{n}"), closed_at=NOON + n * HOUR) for n in range(4)]
    for row in rows:
        await put(store, row)
    assert await store.forget_incidents(NOON, ALL) == 0
    assert await store.forget_incidents(NOON + 2 * HOUR, ALL) == 2
    assert await store.forget_incidents(NOON + 2 * HOUR, ALL) == 0
    there = [await store.incident(row.cron_id, row.condition) is not None for row in rows]
    assert there == [False, False, True, True]


async def test_no_more_is_forgotten_than_was_asked_for(store: Store) -> None:
    """The oldest first."""
    rows = [closed(make_incident(f"c{n}"), closed_at=NOON + n * HOUR) for n in range(5)]
    for row in rows:
        await put(store, row)
    counts = [await store.forget_incidents(NOON + DAY, limit) for limit in (0, 2, 1, ALL, ALL)]
    assert counts == [0, 2, 1, 2, 0]


async def test_what_is_open_or_has_to_be_told_is_not_forgotten(store: Store) -> None:
    """However old it is."""
    rows = [
        await put(store, make_incident("open")),
        await put(store, make_incident("due", due_at=NOON)),
        await put(store, closed(make_incident("closed"), due_at=NOON)),
        await put(store, closed(make_incident("later"), due_at=NOON + 1000 * DAY)),
    ]
    again = await put(store, closed(make_incident("again")))
    rows.append(await put(store, make_incident("again", revision=again.revision)))
    assert await store.forget_incidents(NOON + 100 * DAY, ALL) == 0
    assert [await stored(store, row) for row in rows] == rows


async def test_what_was_forgotten_begins_anew(store: Store) -> None:
    """Its row must not exist for that, as with one that never was."""
    row = await put(store, closed(make_incident()))
    assert await store.forget_incidents(NOON + DAY, ALL) == 1
    assert await store.incident(row.cron_id, row.condition) is None
    fresh = make_incident(reason="again", due_at=NOON)
    assert await put(store, fresh) == replace(fresh, revision=1)
    assert len(await store.open_incidents()) == len(await store.untold_incidents(NOON, ALL)) == 1


async def test_a_deleted_cron_leaves_its_incidents(store: Store) -> None:
    """The watcher closes them, and who was told is told so; to prune takes none along."""
    cron = await add(store)
    row = await put(store, make_incident(cron_id=cron.id, due_at=NOON))
    assert await store.delete_cron(await known(store))
    await prune(store, Retention(NOON + DAY, 0))
    assert await store.open_incidents() == [row]
    assert await store.untold_incidents(NOON, ALL) == [row]
    await put(store, closed(row, due_at=None))
    assert await store.forget_incidents(NOON + DAY, ALL) == 1


async def test_incidents_are_no_crons(store: Store) -> None:
    """Whatever asks for crons finds none of them, though they are due."""
    await put(store, make_incident(due_at=NOON - DAY))
    await put(store, closed(make_incident("told"), closed_at=NOON - DAY))
    assert await store.crons() == []
    assert await store.due(NOON, ALL) == []
    assert await store.next_due() is None
    assert await store.prunable(Retention(NOON + DAY, 0), ALL) == []
    await add(store)
    assert [cron.name for cron in await store.due(NOON, ALL)] == ["tidy"]
    assert len(await store.untold_incidents(NOON, ALL)) == 1


@pytest.mark.parametrize("is_there", [False, True])
async def test_of_servers_that_open_one_at_once_one_does(
    open_store: OpenStore, *, is_there: bool
) -> None:
    """Whether there was one before or not; all others know that they have not."""
    stores = [await open_store() for _ in range(SERVERS)] * TIMES
    revision = 0
    if is_there:
        revision = (await put(stores[0], closed(make_incident()))).revision
    rows = [make_incident(reason=f"{n}", revision=revision) for n in range(len(stores))]
    won = await asyncio.gather(
        *(store.put_incident(row) for store, row in zip(stores, rows, strict=True))
    )
    (winner,) = [row for row, first in zip(rows, won, strict=True) if first]
    winner = replace(winner, revision=revision + 1)
    assert await stored(stores[1], winner) == winner
    assert await stores[2].open_incidents() == [winner]


async def test_servers_that_open_and_close_at_once_agree(open_store: OpenStore) -> None:
    """The list of what is open says what the rows say."""
    stores = [await open_store() for _ in range(SERVERS)]
    await put(stores[0], make_incident())

    async def turn(store: Store) -> int:
        done = 0
        for _ in range(5):
            row = await stored(store, make_incident())
            other = closed(row) if row.is_open else replace(row, closed_at=None)
            done += await store.put_incident(other)
        return done

    done = sum(await asyncio.gather(*(turn(store) for store in stores * 2)))
    row = await stored(stores[0], make_incident())
    assert row.revision == done + 1
    assert row.is_open == (done % 2 == 0)
    assert await stores[1].open_incidents() == ([row] if row.is_open else [])
