"""Puts a server together and runs it."""

import asyncio
import contextlib
import gc
import socket

import structlog

from wlcron import __version__
from wlcron.api.build import build_api
from wlcron.api.context import Context
from wlcron.app.engines import choose_engine
from wlcron.app.listening import listen
from wlcron.clock import system_clock
from wlcron.config import Settings
from wlcron.datadir import DataDir
from wlcron.engine import Engine
from wlcron.monitors.metrics import Metrics
from wlcron.serverlog import configure_log
from wlcron.service import build_service
from wlcron.store import Keeping
from wlcron.stores.sql import open_sql_store
from wlcron.webserver import WebServer

_log = structlog.get_logger("wlcron")


def serve(settings: Settings) -> None:
    """Run the service until SIGTERM or SIGINT; executions run on afterwards.

    Raises ConfigurationError or StoreError when it cannot be started as it was told.
    """
    configure_log(settings.log_format)
    calm_garbage_collection()
    with DataDir(settings.data_dir) as home, listen(*settings.listen) as listening:
        asyncio.run(_serve(settings, home, listening))


def calm_garbage_collection() -> None:
    """Look for garbage less often, and not among what was loaded for good.

    A thousand rows in hand would have everything searched again and again: an eighth of the time
    of a storm.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


async def _serve(settings: Settings, home: DataDir, listening: socket.socket) -> None:
    async with contextlib.AsyncExitStack() as parts:
        store = await open_sql_store(settings.database or home.path / "wlcron.db")
        parts.push_async_callback(store.close)
        engine = await choose_engine(settings, home)
        parts.push_async_callback(engine.close)
        metrics = Metrics()
        keeping = Keeping(settings.keep_for, settings.keep)
        service = build_service(store, engine, system_clock, [metrics], keeping)
        context = Context(
            store=store,
            engine=engine,
            clock=system_clock,
            wake=service.runner.wake,
            problems=service.runner.problems,
            metrics=metrics.text,
            token=settings.token or home.token(),
            default_timeout=settings.default_timeout,
            starter=service.launcher,
        )
        server = WebServer(build_api(context), context.stopping.set)
        await parts.enter_async_context(service.at_work(server.stop))
        _tell_ready(listening, engine, home)
        await server.serve(sockets=[listening])
    _log.info("stopped; executions that were running run on")


def _tell_ready(listening: socket.socket, engine: Engine, home: DataDir) -> None:
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    _log.info(
        "ready",
        version=__version__,
        url=f"http://{shown}:{port}",
        engine=engine.name,
        data_dir=str(home.path),
    )
