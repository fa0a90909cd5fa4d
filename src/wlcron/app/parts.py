"""Which store, engine and trigger a server has."""

import contextlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from wlcron.app.alerts import instance_of, monitors_of, words_for_others
from wlcron.app.engines import choose_engine
from wlcron.config import Settings
from wlcron.datadir import DataDir
from wlcron.engine import Engine
from wlcron.errors import ConfigurationError
from wlcron.monitors.cronitor import Cronitor
from wlcron.monitors.healthchecks import Healthchecks
from wlcron.registry import Registry
from wlcron.store import Store
from wlcron.stores.sql import open_sql_store
from wlcron.trigger import Trigger
from wlcron.triggers.clock import Clock

if TYPE_CHECKING:
    from wlcron.app.amazon import Amazon

DYNAMODB = "dynamodb"
DATABASE = "wlcron.db"  # in the data directory, where no other one is named


@dataclass(frozen=True, slots=True)
class Parts:
    """The adapters of one server."""

    store: Store
    engine: Engine
    trigger: Trigger
    registries: tuple[Registry, ...]
    monitors: tuple[Cronitor | Healthchecks, ...]
    amazon: "Amazon | None"


async def open_parts(
    settings: Settings, home: DataDir, closing: contextlib.AsyncExitStack
) -> Parts:
    """Make the parts that the settings want; `closing` closes them.

    Raises ConfigurationError or StoreError when one cannot be had.
    """
    amazon = _amazon(settings)
    if amazon is not None:
        closing.push_async_callback(amazon.clients.close)
    store = await _store(settings, home, amazon)
    closing.push_async_callback(store.close)
    engine = await choose_engine(settings, home, amazon)
    closing.push_async_callback(engine.close)
    trigger = amazon.trigger() if amazon else Clock()
    closing.push_async_callback(trigger.close)
    instance = settings.aws.instance if amazon else instance_of(settings.alerts, home)
    words = partial(words_for_others, engine, store)
    monitors = monitors_of(settings.alerts, words, instance)
    for monitor in monitors:
        closing.push_async_callback(monitor.close)
    registries = amazon.registries(engine, trigger) if amazon else ()
    registries += tuple(each for each in monitors if isinstance(each, Cronitor))
    return Parts(store, engine, trigger, registries, monitors, amazon)


def _amazon(settings: Settings) -> "Amazon | None":
    """Return AWS's parts where the settings want one of them; else nothing of it is imported."""
    is_told = settings.aws.trigger != Clock.name
    if settings.engine != "ecs" and settings.database != DYNAMODB and not is_told:
        return None
    try:
        from wlcron.app.amazon import amazon_of
    except ImportError as error:
        raise ConfigurationError(
            f"AWS needs the Python package {error.name}: install wlcron[aws]"
        ) from error
    return amazon_of(settings)


async def _store(settings: Settings, home: DataDir, amazon: "Amazon | None") -> Store:
    if amazon is not None and settings.database == DYNAMODB:
        return await amazon.store()
    return await open_sql_store(settings.database or home.path / DATABASE)
