"""Counts changes, for Prometheus to fetch."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from wlcron.core.execution import Change, Status

_DELAYS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600)
_DURATIONS = (0.1, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600)


class Metrics:
    """A monitor of our own: what happened, as counters without the names of crons."""

    name = "metrics"

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._followed: list[Callable[[], Shown]] = []
        self._ends = Counter(
            "wlcron_executions", "Executions that are over", ["status"], registry=self._registry
        )
        for status in Status:  # nothing is 0, and a rise from it can be seen
            if status.is_final:
                self._ends.labels(status=status)
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
        self._followed.append(lambda: Shown(name, meaning, (label,), by_one(read()), counts=True))

    def followed(self) -> list["Shown"]:
        """Return what somebody else counts, as it is now."""
        return [read() for read in self._followed]

    def text(self, shown: Iterable["Shown"] = ()) -> bytes:
        """Return the counters, and what is shown beside them, in Prometheus' text format.

        It may be called in another thread: with a sample for each of 10,000 crons it takes a while.
        """
        return generate_latest(self._registry) + generate_latest(_Families(shown))


@dataclass(frozen=True, slots=True)
class Shown:
    """A family of samples that somebody else has: values by the values of the labels."""

    name: str  # of a counter without `_total`
    meaning: str
    labels: tuple[str, ...]
    samples: Mapping[tuple[str, ...], float]
    counts: bool = False  # it is a counter, else a gauge


def by_one(samples: Mapping[str, float]) -> dict[tuple[str, ...], float]:
    """Return samples that have one label."""
    return {(value,): sample for value, sample in samples.items()}


class _Families(CollectorRegistry):
    """What `generate_latest` asks, and nothing that lasts."""

    def __init__(self, shown: Iterable[Shown]) -> None:
        super().__init__()
        self._shown = shown

    def collect(self) -> Iterator[Metric]:
        for each in self._shown:
            kind = CounterMetricFamily if each.counts else GaugeMetricFamily
            family = kind(each.name, each.meaning, labels=each.labels)
            for values, sample in sorted(each.samples.items()):
                family.add_metric(values, sample)
            yield family
