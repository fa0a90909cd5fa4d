"""Puts a server together and runs it."""

import asyncio
import contextlib
import gc
import socket
from datetime import timedelta

import structlog

from wlcron import __version__
from wlcron.api.build import build_api
from wlcron.api.context import Context
from wlcron.api.sns import SnsEndpoint
from wlcron.app.alerts import alerts_of, source_of
from wlcron.app.listening import listen
from wlcron.app.metrics import Exposition
from wlcron.app.news import passed_on
from wlcron.app.parts import Parts, open_parts
from wlcron.clock import system_clock
from wlcron.config import Settings
from wlcron.datadir import DataDir
from wlcron.monitors.cronitor import Cronitor
from wlcron.monitors.metrics import Metrics
from wlcron.serverlog import configure_log
from wlcron.service import Alerts, Outside, Service, build_service
from wlcron.store import Keeping
from wlcron.webserver import WebServer

NEAR, FAR = timedelta(seconds=1), timedelta(seconds=5)  # between two looks into the outbox
UNTOLD_NEAR, UNTOLD_FAR = timedelta(seconds=5), timedelta(seconds=30)  # for alerts left untold
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
    async with contextlib.AsyncExitStack() as closing:
        parts = await open_parts(settings, home, closing)
        metrics = Metrics()
        alerts = alerts_of(settings.alerts, UNTOLD_FAR if parts.amazon else UNTOLD_NEAR)
        for channel in alerts.channels:
            closing.push_async_callback(channel.close)
        service = _service(settings, parts, metrics, alerts)
        context = _context(settings, home, parts, service, metrics)
        if context.sns is not None:
            closing.push_async_callback(context.sns.gate.certificates.close)
        server = WebServer(build_api(context), context.stopping.set)
        await closing.enter_async_context(service.at_work(server.stop))
        await closing.enter_async_context(passed_on(parts.store, service.runner.wake))
        _tell_ready(listening, parts, home)
        await server.serve(sockets=[listening])
    _log.info("stopped; executions that were running run on")


def _service(settings: Settings, parts: Parts, metrics: Metrics, alerts: Alerts) -> Service:
    outside = Outside(
        monitors=[metrics],
        far_monitors=parts.monitors,
        alerts=alerts,
        registries=parts.registries,
        patience=parts.trigger.patience,
        tell_every=FAR if parts.amazon else NEAR,
    )
    keeping = Keeping(settings.keep_for, settings.keep)
    return build_service(parts.store, parts.engine, system_clock, outside, keeping)


def _context(
    settings: Settings, home: DataDir, parts: Parts, service: Service, metrics: Metrics
) -> Context:
    return Context(
        store=parts.store,
        engine=parts.engine,
        trigger=parts.trigger,
        clock=system_clock,
        wake=service.runner.wake,
        problems=service.runner.problems,
        metrics=Exposition(metrics, service, parts.store, system_clock).text,
        token=settings.token or home.token(),
        default_timeout=settings.default_timeout,
        starter=service.launcher,
        registries=parts.registries,
        outlets=service.outlets,
        routing=settings.alerts.routing,
        monitors=[each for each in parts.monitors if isinstance(each, Cronitor)],
        away=lambda: service.away,
        source=source_of(settings.alerts),
        sns=_endpoint(parts, service, metrics),
    )


def _endpoint(parts: Parts, service: Service, metrics: Metrics) -> SnsEndpoint | None:
    """Return what takes slots from SNS, where some come from there."""
    amazon = parts.amazon
    if amazon is None:
        return None
    metrics.follow("wlcron_aws_calls", "Requests", "operation", lambda: amazon.clients.calls)
    endpoint = amazon.endpoint(
        parts.store, service.launcher, lambda: service.runner.wake("launcher")
    )
    if endpoint is not None:
        counts = endpoint.gate.counts
        metrics.follow("wlcron_sns_messages", "SNS's messages", "outcome", lambda: counts)
    return endpoint


def _tell_ready(listening: socket.socket, parts: Parts, home: DataDir) -> None:
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    _log.info(
        "ready",
        version=__version__,
        url=f"http://{shown}:{port}",
        engine=parts.engine.name,
        data_dir=str(home.path),
    )
