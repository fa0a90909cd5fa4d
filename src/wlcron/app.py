"""The composition root: the only place that knows which store and which engine it is."""

import asyncio
import contextlib
import gc
import socket

import structlog

from wlcron import __version__
from wlcron.api.build import build_api
from wlcron.api.context import Context
from wlcron.clock import system_clock
from wlcron.config import Settings
from wlcron.datadir import DataDir
from wlcron.engine import Engine
from wlcron.errors import ConfigurationError
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
    with DataDir(settings.data_dir) as home, _listen(*settings.listen) as listening:
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
        engine = await _choose_engine(settings, home)
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


async def _choose_engine(settings: Settings, home: DataDir) -> Engine:
    """Return the engine that is asked for, and keep its name for restarts that leave it open."""
    kept = home.engine()
    wanted = _wanted(settings, kept)
    engine = await _find_engine(wanted, settings, home)
    if kept not in {"", engine.name}:
        _log.warning("jobs run on another engine from now on", before=kept, now=engine.name)
    if kept != engine.name:
        home.keep_engine(engine.name)
    return engine


def _wanted(settings: Settings, kept: str) -> str:
    """Return what `auto` stands for: after the first start never what merely answers now.

    Else a restart at which Docker is down would take what runs in containers for lost, and start
    it again as processes of this machine.
    """
    if settings.engine != "auto":
        return settings.engine
    return "docker" if settings.docker_host else kept or "auto"


async def _find_engine(wanted: str, settings: Settings, home: DataDir) -> Engine:
    if wanted != "host":
        from wlcron.engines.docker import find_docker

        url = await find_docker(settings.docker_host)
        if url is not None:
            return _docker(url, settings, home)
        if wanted != "auto":
            raise ConfigurationError(
                "no Docker daemon answers, and jobs run there: start it, name its socket with"
                " --docker-host, or move to processes of this machine with --engine host"
            )
        _log.info("no Docker daemon answers: jobs run as processes of this machine")
    from wlcron.engines.host.engine import HostEngine

    return HostEngine(home.path, settings.log_limit, instance=home.instance())


def _docker(url: str, settings: Settings, home: DataDir) -> Engine:
    from wlcron.engines.docker import DockerEngine

    return DockerEngine(
        url,
        home.path,
        instance=home.instance(),
        guard_image=settings.guard_image,
        log_limit=settings.log_limit,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small answers at once (TCP_NODELAY) only where the protocol is named: without
    # it, the second of two requests over one connection waits 40 ms for the first one's ACK.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(1024)
    except OSError as error:
        listening.close()
        raise ConfigurationError(
            f"cannot listen on {host}:{port}: {error.strerror}; give another address with --listen"
        ) from error
    return listening
