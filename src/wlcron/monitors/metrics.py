"""Counts changes, for Prometheus to fetch."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from wlcron.core.execution import Change, Status

_DELAYS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600)
_DURATIONS = (0.1, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600)


class Metrics:
    """A monitor of our own: what happened, as counters without the names of crons."""

    name = "metrics"

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._ends = Counter(
            "wlcron_executions", "Executions that are over", ["status"], registry=self._registry
        )
        self._delay = Histogram(
            "wlcron_start_delay_seconds",
            "From the slot to the start of its execution",
            buckets=_DELAYS,
            registry=self._registry,
        )
        self._duration = Histogram(
            "wlcron_duration_seconds",
            "From the start of an execution to its end",
            buckets=_DURATIONS,
            registry=self._registry,
        )

    async def signal(self, change: Change) -> None:
        """Count one change."""
        execution = change.execution
        if execution.status is Status.RUNNING and execution.started_at is not None:
            self._delay.observe((execution.started_at - execution.slot).total_seconds())
        if execution.is_final:
            self._ends.labels(status=execution.status).inc()
            if execution.duration is not None:
                self._duration.observe(execution.duration.total_seconds())

    def follow(
        self, name: str, meaning: str, label: str, read: Callable[[], Mapping[str, int]]
    ) -> None:
        """Show what somebody else counts, by one label, as it is whenever it is asked for."""
        self._registry.register(_Followed(name, meaning, label, read))

    def text(self) -> bytes:
        """Return the counters in Prometheus' text format."""
        return generate_latest(self._registry)


@dataclass(frozen=True, slots=True)
class _Followed(Collector):
    name: str
    meaning: str
    label: str
    read: Callable[[], Mapping[str, int]]

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily(self.name, self.meaning, labels=[self.label])
        for value, count in sorted(self.read().items()):
            family.add_metric([value], count)
        yield family
