"""Whatever is asked of them, in whatever order: the stores in memory and in SQL agree."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.samples import MINUTE, NOON, make_cron, make_definition
from tests.stores.rows import LEASE, moved, prune, row
from wlcron.core.cron import Cron, Pause, cron_id
from wlcron.core.execution import Execution, Status
from wlcron.core.planning import Plan
from wlcron.errors import StoreError
from wlcron.store import Retention, Store
from wlcron.stores.memory import MemoryStore
from wlcron.stores.sql import open_sql_store

NAMES = ["a", "b", "c"]
ALL = 100_000
LATER_STATUSES = [Status.RUNNING, Status.SUCCESS, Status.LOST, Status.STARTING]

names = st.sampled_from(NAMES)
minutes = st.integers(0, 9)
limits = st.sampled_from([1, 3, ALL])
picks = st.integers(0, ALL)  # which of those that were read
planned = st.lists(
    st.tuples(minutes, st.sampled_from([Status.PENDING, Status.MISSED, Status.SKIPPED])),
    max_size=3,
)


class Pair:
    """Two stores that are asked the same."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._directory = Path(tempfile.mkdtemp(prefix="wlcron-model-"))
        sql = self._runner.run(open_sql_store(self._directory / "wlcron.db"))
        self._stores: list[Store] = [MemoryStore(), sql]

    def ask(self, question: Callable[[Store], Awaitable[Any]]) -> Any:  # noqa: ANN401 -- as asked
        """Return the answer that both gave, "refused" when both refused."""
        first, second = (self._runner.run(_answer(question(store))) for store in self._stores)
        assert first == second
        return first

    def close(self) -> None:
        """Leave nothing behind."""
        for store in self._stores:
            self._runner.run(store.close())
        self._runner.close()
        shutil.rmtree(self._directory)


async def _answer(asked: Awaitable[object]) -> object:
    try:
        return await asked
    except StoreError:
        return "refused"


class Definitions(RuleBasedStateMachine):
    """Crons come, change and go; what was read long ago may still be acted upon."""

    @initialize()
    def begin(self) -> None:
        """Begin with nothing, at noon."""
        self.pair = Pair()
        self.now = NOON
        self.read: list[Cron] = []
        self.seen: list[Execution] = []

    def teardown(self) -> None:
        """Close both stores."""
        self.pair.close()

    def at(self, minute: int) -> datetime:
        """Return an instant that other rules may choose as well."""
        return NOON + minute * MINUTE

    @rule(name=names, generation=st.integers(0, 2), minute=minutes)
    def create(self, name: str, generation: int, minute: int) -> None:
        """Create a cron, perhaps under a name or an id that is taken."""
        new_id = cron_id(name, self.at(generation))
        cron = make_cron(name, id=new_id, next_due=self.at(minute))
        self.pair.ask(lambda store: store.put_cron(cron))

    @rule(name=names)
    def look_up(self, name: str) -> None:
        """Read a cron to act upon it later."""
        cron = self.pair.ask(lambda store: store.cron(name))
        if cron is not None:
            self.read.append(cron)

    @rule(pick=picks, version=st.integers(0, 1), pause=st.booleans(), minute=minutes)
    def edit(self, pick: int, version: int, *, pause: bool, minute: int) -> None:
        """Save another version, or a pause alone."""
        if self.read:
            cron = self.read[pick % len(self.read)]
            edited = replace(
                cron,
                version=cron.version + version,
                definition=make_definition(f"*/{cron.version + version} * * * *"),
                pause=Pause(self.now, None, "why") if pause else None,
                next_due=self.at(minute),
            )
            self.pair.ask(lambda store: store.put_cron(edited))

    @rule(pick=picks)
    def delete(self, pick: int) -> None:
        """Delete a cron as it was read."""
        if self.read:
            cron = self.read[pick % len(self.read)]
            self.pair.ask(lambda store: store.delete_cron(cron))

    @rule(pick=picks, rows=st.lists(planned, min_size=1, max_size=2), minute=minutes)
    def commit(self, pick: int, rows: list[list[tuple[int, Status]]], minute: int) -> None:
        """Commit plans of crons as they were read."""
        crons = self.read[pick % len(self.read) :] if self.read else []
        plans = [
            Plan(
                cron,
                tuple(row(cron, self.at(slot), status=status) for slot, status in slots),
                self.at(minute),
            )
            for cron, slots in zip(crons, rows, strict=False)
        ]
        self.seen += self.pair.ask(lambda store: store.commit(plans))

    @rule(minute=minutes, limit=limits)
    def wait(self, minute: int, limit: int) -> None:
        """Let time pass, and see what is due."""
        self.now = max(self.now, self.at(minute))
        self.read += self.pair.ask(lambda store: store.due(self.now, limit))

    @invariant()
    def agree(self) -> None:
        """Everything that can be read is the same."""
        for question in (
            lambda store: store.crons(),
            lambda store: store.next_due(),
            lambda store: store.find("", ALL),
            lambda store: store.active(),
            lambda store: store.unannounced(ALL),
        ):
            if hasattr(self, "pair"):
                self.pair.ask(question)


class Executions(Definitions):
    """Executions are started, observed, stopped and forgotten as well."""

    @rule(limit=limits)
    def claim(self, limit: int) -> None:
        """Take what waits."""
        claims = self.pair.ask(lambda store: store.claim(self.now, LEASE, limit))
        self.seen += [claim.execution for claim in claims]

    @rule(pick=picks, minute=minutes, reason=st.sampled_from(["", "pulling"]))
    def renew(self, pick: int, minute: int, reason: str) -> None:
        """Keep a lease."""
        if self.seen:
            known = self.seen[pick % len(self.seen)].id
            self.pair.ask(lambda store: store.renew(known, self.at(minute), reason))

    @rule(pick=picks, status=st.sampled_from(LATER_STATUSES), code=st.sampled_from([None, 0, 1]))
    def move(self, pick: int, status: Status, code: int | None) -> None:
        """Move an execution as it was seen, perhaps long ago."""
        if self.seen:
            change = moved(self.seen[pick % len(self.seen)], status, exit_code=code)
            if self.pair.ask(lambda store: store.apply(change)) is True:
                self.seen.append(change.execution)

    @rule(pick=picks)
    def ask_stop(self, pick: int) -> None:
        """Ask for an end."""
        if self.seen:
            known = self.seen[pick % len(self.seen)].id
            self.pair.ask(lambda store: store.ask_stop(known, self.now, "enough"))

    @rule(limit=limits, minute=minutes)
    def read_history(self, limit: int, minute: int) -> None:
        """Read a page."""
        ids = [cron.id for cron in self.read]
        self.pair.ask(lambda store: store.executions(ids, limit, self.at(minute)))
        self.pair.ask(lambda store: store.active(cron_ids=ids[:1], asked_to_stop=limit == 1))

    @rule(limit=limits)
    def tell(self, limit: int) -> None:
        """Announce some changes."""
        changes = self.pair.ask(lambda store: store.unannounced(limit))
        self.pair.ask(lambda store: store.announced(changes))

    @rule(minute=minutes, keep=st.integers(0, 4))
    def prune(self, minute: int, keep: int) -> None:
        """Forget; in which order is each store's own affair."""
        retention = Retention(self.at(minute), keep)

        async def forgotten(store: Store) -> list[str]:
            return sorted(await prune(store, retention, ALL))

        self.pair.ask(forgotten)


TestStoresAgree = Executions.TestCase
TestStoresAgree.settings = settings(max_examples=40, stateful_step_count=30)
