"""Every store: silences are kept until they are deleted."""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.conftest import OpenStore
from tests.samples import DAY, HOUR, MINUTE, NOON, make_silence
from tests.stores.incidents import instants, texts
from wlcron.core.silence import Scope, Silence
from wlcron.store import Store

any_silence = st.builds(
    Silence,
    id=st.just("one"),
    scope=st.builds(Scope, cron=texts, labels=st.dictionaries(texts, texts, max_size=4)),
    since=instants,
    until=instants,
    reason=texts,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(silence=any_silence)
async def test_a_silence_comes_back_as_it_was_saved(store: Store, silence: Silence) -> None:
    """In place of the one that had its id; nothing stays of that."""
    await store.put_silence(silence)
    assert await store.silences() == [silence]


async def test_silences_are_listed_by_their_end(store: Store) -> None:
    """Those that are over, too."""
    ends = {"d": DAY, "b": -DAY, "a": HOUR, "c": HOUR}
    for known, end in ends.items():
        await store.put_silence(make_silence(known, until=NOON + end))
    assert [each.id for each in await store.silences()] == ["b", "a", "c", "d"]


async def test_a_deleted_silence_is_gone(store: Store) -> None:
    """One that is none is no error, whatever it is called."""
    await store.put_silence(make_silence("one"))
    await store.put_silence(make_silence("two", scope=Scope(cron="tidy")))
    for known in ("one", "one", "", "x" * 3000, "ü", "'; --", "\0", "\ud800"):
        await store.delete_silence(known)
    assert [each.id for each in await store.silences()] == ["two"]


async def test_a_silence_that_many_save_at_once_is_there_once(open_store: OpenStore) -> None:
    """As one of them has it."""
    stores = [await open_store() for _ in range(3)] * 5
    given_ends = [NOON + n * MINUTE for n in range(len(stores))]
    await asyncio.gather(
        *(
            store.put_silence(make_silence(until=end))
            for store, end in zip(stores, given_ends, strict=True)
        )
    )
    (kept,) = await stores[0].silences()
    assert kept.until in given_ends
