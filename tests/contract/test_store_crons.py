"""Every store: definitions are saved by compare-and-set, under names of their own."""

from dataclasses import replace

import pytest

from tests.samples import DAY, HOUR, MINUTE, NOON, make_cron, make_definition
from tests.stores.rows import add, commit, final, known, row
from wlcron.core.cron import (
    AfterTime,
    Container,
    Definition,
    InARow,
    Notifications,
    Pause,
    Registration,
    Severity,
)
from wlcron.core.planning import Plan
from wlcron.store import Store

EVERYTHING = Definition(
    schedule="cron(0 9 ? * MON-FRI *)",
    timezone="Europe/Berlin",
    timeout=90 * MINUTE,
    start_within=15 * MINUTE,
    description=Container(
        image="perl:5.40",
        arguments=("bash", "-c", "echo 'ü \\ \"'"),
        env={"KEY": "värde\n"},
        cpu=0.5,
        memory=256 * 1024**2,
        user="1000",
        working_directory="/app",
        stop_grace=MINUTE / 8,
    ),
    notifications=Notifications(
        failed=InARow(Severity.CRITICAL, 3),
        ran_longer_than=AfterTime(Severity.WARNING, 2 * MINUTE),
        not_started_within=AfterTime(Severity.INFO, HOUR),
        channels=("team-slack", "on-call"),
    ),
    labels={"team": "payments"},
)


async def test_a_cron_comes_back_as_it_was_saved(store: Store) -> None:
    """Every part of a definition, the file's text and the pause survive; the revision rises."""
    cron = make_cron("all-of-it", source="# ü\n", pause=Pause(NOON, NOON + DAY, "a move"))
    cron = replace(cron, definition=EVERYTHING)
    assert await store.put_cron(cron)
    assert await store.cron("all-of-it") == replace(cron, revision=1)


async def test_instants_are_kept_to_the_microsecond(store: Store) -> None:
    """Nothing is rounded, in this century or far from it."""
    for year in (1971, 2026, 2255, 9999):
        instant = NOON.replace(year=year, microsecond=123457)
        await add(store, f"y{year}", next_due=instant)
        assert (await known(store, f"y{year}")).next_due == instant


async def test_an_unknown_name_is_no_cron(store: Store) -> None:
    """None, not an error."""
    assert await store.cron("nobody") is None


async def test_a_name_belongs_to_one_cron(store: Store) -> None:
    """A second cron of the same name is not saved."""
    first = await add(store)
    assert not await store.put_cron(make_cron(id=make_cron("other").id))
    assert await store.cron("tidy") == first


async def test_a_cron_is_created_once(store: Store) -> None:
    """Who read "there is none" loses against who was faster."""
    assert await store.put_cron(make_cron(source="first"))
    assert not await store.put_cron(make_cron(source="second"))
    assert (await known(store)).source == "first"


async def test_a_write_compares_the_revision(store: Store) -> None:
    """Of two that read the same revision the second changes nothing."""
    read = await add(store)
    pause = Pause(NOON, None, "first")
    assert await store.put_cron(replace(read, pause=pause))
    assert not await store.put_cron(replace(read, next_due=None))
    assert await known(store) == replace(read, pause=pause, revision=2)


async def test_a_cron_that_never_was_cannot_be_updated(store: Store) -> None:
    """A revision that was never given out is nobody's."""
    assert not await store.put_cron(make_cron(revision=1))
    assert await store.cron("tidy") is None


async def test_a_new_version_replaces_the_definition(store: Store) -> None:
    """The newest definition is the cron's; a pause alone leaves it as it is."""
    cron = await add(store)
    update = replace(cron, definition=EVERYTHING, source="new", version=2)
    assert await store.put_cron(update)
    assert await store.put_cron(replace(await known(store), pause=Pause(NOON)))
    assert await known(store) == replace(update, pause=Pause(NOON), revision=3)


async def test_a_version_is_never_rewritten(store: Store) -> None:
    """What an execution ran with cannot be changed after the fact."""
    cron = await add(store)
    await store.put_cron(replace(cron, definition=make_definition("@daily"), source="new"))
    assert await known(store) == replace(cron, revision=2)


async def test_an_old_execution_is_claimed_with_its_own_definition(store: Store) -> None:
    """What was planned under version 1 runs as version 1 said."""
    cron = await add(store)
    await commit(store, row(cron))
    update = replace(await known(store), definition=EVERYTHING, source="new", version=2)
    assert await store.put_cron(update)
    (claim,) = await store.claim(NOON, MINUTE, 10)
    assert (claim.cron.version, claim.cron.definition) == (1, cron.definition)
    assert claim.cron.source == cron.source


async def test_crons_are_paged_by_name(store: Store) -> None:
    """Names sort byte by byte, in every database."""
    names = ["a", "a-b", "a0", "ab", "b", "b-"]
    for name in reversed(names):
        await add(store, name)
    assert [cron.name for cron in await store.crons()] == names
    assert [cron.name for cron in await store.crons(after="a-b", limit=2)] == ["a0", "ab"]
    assert await store.crons(after="b-") == []


async def test_a_deleted_cron_is_gone_at_once(store: Store) -> None:
    """It is not found, not listed, and never due again."""
    cron = await add(store)
    await commit(store, final(cron))
    assert await store.delete_cron(await known(store))
    assert await store.cron("tidy") is None
    assert await store.crons() == []
    assert await store.due(NOON + DAY, 10) == []
    assert await store.next_due() is None


async def test_a_cron_that_changed_meanwhile_is_not_deleted(store: Store) -> None:
    """Whoever deletes has to have seen what they delete."""
    read = await add(store)
    await store.put_cron(replace(read, pause=Pause(NOON)))
    assert not await store.delete_cron(read)
    assert await store.delete_cron(await known(store))


async def test_a_deleted_cron_cannot_be_written(store: Store) -> None:
    """Neither an edit nor a plan nor a second deletion finds it."""
    cron = await add(store)
    assert await store.delete_cron(cron)
    for revision in (0, 1, 2):
        gone = replace(cron, revision=revision)
        assert not await store.put_cron(gone)
        assert not await store.delete_cron(gone)
        assert await store.commit([Plan(gone, (row(cron),), None)]) == []


async def test_a_deleted_name_is_free_again(store: Store) -> None:
    """The new cron of an old name has none of the old one's executions."""
    old = await add(store)
    await commit(store, final(old))
    assert await store.delete_cron(await known(store))
    new = await add(store, id=make_cron("another").id)
    assert await store.executions([new.id], 10) == []
    assert len(await store.executions([old.id], 10)) == 1


async def test_an_active_execution_survives_its_cron(store: Store) -> None:
    """It has to be found, started or stopped, and brought to its end."""
    cron = await add(store)
    await commit(store, row(cron))
    await store.delete_cron(await known(store))
    assert [execution.cron_id for execution in await store.active()] == [cron.id]
    (claim,) = await store.claim(NOON, MINUTE, 10)
    assert claim.cron.definition == cron.definition


@pytest.mark.parametrize("name", ["", "tidy ", "TIDY", "x" * 1000, "ü", "'; --", "\0", "\ud800"])
async def test_any_text_can_be_asked_for(store: Store, name: str) -> None:
    """A name that nobody can have is found nowhere."""
    await add(store)
    assert await store.cron(name) is None
    assert isinstance(await store.crons(after=name), list)


async def test_what_was_made_for_a_cron_outside_is_kept_with_it(store: Store) -> None:
    """Its kind and name of each part, and why it is not settled."""
    registration = Registration(parts={"rule": "arn:aws:events:rule/a"}, problem="throttled")
    cron = await add(store, registration=registration)
    assert cron.registration == registration


async def test_crons_whose_registration_is_not_settled_are_found(store: Store) -> None:
    """Until it is; those for which nothing has to be made are never among them."""
    await add(store, "plain")
    wanted = await add(store, "wanted", registration=Registration())
    await add(store, "made", registration=Registration(settled=True))
    assert await store.unregistered(10) == [wanted]
    assert await store.unregistered(0) == []
    await store.put_cron(replace(wanted, registration=Registration(settled=True)))
    assert await store.unregistered(10) == []
