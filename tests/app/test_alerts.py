"""What others' machines are told of a log: never what its cron declares a secret."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.samples import NOON, make_cron, make_execution
from wlcron.app.alerts import instance_of, words_for_others
from wlcron.config.alerts import AlertSettings
from wlcron.core.cron import Container, Cron
from wlcron.core.execution import Overrides, Status
from wlcron.datadir import DataDir
from wlcron.engines.fake import FakeEngine, Script
from wlcron.errors import StoreError
from wlcron.stores.memory import MemoryStore

CRON = make_cron()
CRON = replace(
    CRON,
    definition=replace(CRON.definition, description=Container(env={"DB_PASSWORD": "sesame-of-it"})),
)
ENDED = make_execution(
    CRON,
    status=Status.FAILED,
    started_at=NOON,
    overrides=Overrides(env={"API_KEY": "sesame-of-now"}),
)


async def talking() -> FakeEngine:
    """Return an engine that has run it: it printed what it knew."""
    says = b"connecting with sesame-of-it and sesame-of-now"
    engine = FakeEngine(lambda _: Script(says=says), lambda: NOON)
    await engine.start(ENDED, CRON)
    return engine


async def test_declared_secrets_are_taken_out() -> None:
    """Those of the cron, and those that were given with `wl cron run`."""
    store = MemoryStore()
    await store.put_cron(CRON)
    said = await words_for_others(await talking(), store, ENDED)
    assert said == "connecting with [redacted] and [redacted]"


@pytest.mark.parametrize("crons", [[], [replace(CRON, id="another-one-of-that-name")]])
async def test_the_log_of_a_cron_that_is_gone_is_not_told(crons: list[Cron]) -> None:
    """Nobody knows its secrets any more."""
    store = MemoryStore()
    for cron in crons:
        await store.put_cron(cron)
    assert not await words_for_others(await talking(), store, ENDED)


class Away(MemoryStore):
    """A store that cannot be reached."""

    async def cron(self, name: str) -> Cron | None:
        """Fail."""
        raise StoreError(f"no answer about {name}")


async def test_a_store_that_is_away_delays_no_word_to_a_monitor() -> None:
    """The end itself is told, without its log."""
    assert not await words_for_others(await talking(), Away(), ENDED)


def test_a_server_is_called_by_a_name_that_it_keeps(tmp_path: Path) -> None:
    """What the configuration says, or the machine's; a container's goes with its next start."""
    home, unnamed = DataDir(tmp_path), AlertSettings()
    assert instance_of(AlertSettings(source="batch"), home, "3f2a91c0b1d2") == "batch"
    assert instance_of(unnamed, home, "batch-1") == "batch-1"
    assert instance_of(unnamed, home, "3f2a91c0b1d2") == home.instance()
    assert instance_of(unnamed, home)
