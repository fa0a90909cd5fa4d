"""What `/metrics` shows: counters of what happened, and how everything stands when it is asked."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from wlcron import __version__
from wlcron.clock import Clock
from wlcron.core.cron import Severity
from wlcron.core.execution import Status
from wlcron.core.incident import Condition
from wlcron.errors import WlcronError
from wlcron.monitors.metrics import Metrics, Shown, by_one
from wlcron.service import Service
from wlcron.services.standing import MOST_UNTOLD, Standing, standing
from wlcron.store import Store

_STORE_WITHIN = 5.0  # seconds: Prometheus waits for ten
_Samples = dict[tuple[str, ...], float]
_log = structlog.get_logger("wlcron.metrics")


@dataclass(frozen=True, slots=True)
class Exposition:
    """Gathers what is shown on the event loop, and writes it in a thread."""

    metrics: Metrics
    service: Service
    store: Store
    clock: Clock

    async def text(self, is_ready: bool) -> bytes:  # noqa: FBT001 -- as the context has it
        """Return all metrics in Prometheus' text format; without the store's if it is away."""
        now = self.clock()
        shown = [_ready(is_ready=is_ready), *self.metrics.followed(), *_duties(self.service)]
        shown += [*_outside(self.service), _build()]
        try:
            async with asyncio.timeout(_STORE_WITHIN):
                shown += _standing(await standing(self.store), now)
        except (WlcronError, TimeoutError) as error:
            _log.warning("metrics without the database", problem=str(error))
        latest = self.service.successes.latest()
        return await asyncio.to_thread(self._written, shown, latest)

    def _written(self, shown: list[Shown], latest: Mapping[str, datetime]) -> bytes:
        return self.metrics.text([*shown, _successes(latest)])


def _gauge(name: str, meaning: str, samples: Mapping[tuple[str, ...], float], *by: str) -> Shown:
    return Shown(f"wlcron_{name}", meaning, by, samples)


def _build() -> Shown:
    return _gauge("build_info", "The version that runs", {(__version__,): 1}, "version")


def _ready(*, is_ready: bool) -> Shown:
    return _gauge("ready", "1 while all is well for /readyz, else 0", {(): is_ready})


def _duties(service: Service) -> Iterator[Shown]:
    duties, problems = service.runner.progress(), service.runner.problems()
    yield _gauge(
        "duty_healthy",
        "1 while a duty gets on or has nothing to do, else 0",
        by_one({each.duty: each.duty not in problems for each in duties}),
        "duty",
    )
    yield _gauge(
        "duty_last_progress_timestamp_seconds",
        "When a duty last came to the end of its work without a fault",
        by_one({each.duty: each.last.at.timestamp() for each in duties if each.last}),
        "duty",
    )
    yield _gauge(
        "duty_due_timestamp_seconds",
        "When a duty that rests is to go on",
        by_one({each.duty: each.due.at.timestamp() for each in duties if each.due}),
        "duty",
    )


def _successes(latest: Mapping[str, datetime]) -> Shown:
    return _gauge(
        "cron_last_success_timestamp_seconds",
        "When the last successful execution of a cron ended, as far as this server knows",
        by_one({name: at.timestamp() for name, at in latest.items()}),
        "cron",
    )


def _outside(service: Service) -> Iterator[Shown]:
    """Yield how channels and monitors do; both are few."""
    records = {name: outlet.record for name, outlet in service.outlets.items()}
    messages: _Samples = {(name, "taken"): each.taken for name, each in records.items()}
    messages |= {(name, "failed"): each.failed for name, each in records.items()}
    yield Shown(
        "wlcron_channel_messages",
        "Messages that a channel took, and tries that failed",
        ("channel", "outcome"),
        messages,
        counts=True,
    )
    yield _gauge(
        "channel_failing",
        "1 while a channel did not take the last message, else 0",
        by_one({name: each.is_failing for name, each in records.items()}),
        "channel",
    )
    yield _gauge(
        "monitor_away",
        "1 while a monitor far away does not take what it is told, else 0",
        by_one({each.monitor.name: each.monitor.name in service.away for each in service.relays}),
        "monitor",
    )


def _standing(found: Standing, now: datetime) -> Iterator[Shown]:
    active = [status for status in Status if not status.is_final]
    yield _gauge(
        "executions_active",
        "Executions that are not over",
        by_one({status: found.active.get(status, 0) for status in active}),
        "status",
    )
    yield _gauge(
        "next_slot_timestamp_seconds",
        "The earliest slot that is to come, of all crons",
        {(): found.next_due.timestamp()} if found.next_due else {},
    )
    yield from _incidents(found)
    yield from _outbox(found, now)


def _incidents(found: Standing) -> Iterator[Shown]:
    kinds = [(condition, severity) for condition in Condition for severity in Severity]
    labels = "condition", "severity"
    yield _gauge(
        "incidents_open",
        "Incidents that are open",
        {kind: found.incidents.get(kind, 0) for kind in kinds},
        *labels,
    )
    yield _gauge(
        "incidents_oldest_timestamp_seconds",
        "When the oldest incident that is open was opened",
        {kind: at.timestamp() for kind, at in found.opened.items()},
        *labels,
    )


def _outbox(found: Standing, now: datetime) -> Iterator[Shown]:
    yield _gauge(
        "outbox_changes",
        f"Changes of which not everybody was told yet, counted up to {MOST_UNTOLD}",
        {(): found.untold},
    )
    age = (now - found.untold_since).total_seconds() if found.untold_since else 0.0
    yield _gauge(
        "outbox_oldest_age_seconds",
        "For how long the oldest of these waits; 0 when there is none",
        {(): max(age, 0.0)},
    )
