"""Which starts are under way, and that nobody else takes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.simulation.journal import Journal
from tests.simulation.loop import Process, State
from tests.simulation.weather import Weather
from wlcron.core.execution import Execution


@dataclass(slots=True)
class Leases:
    """Knows who starts what, since the world sees the requests."""

    journal: Journal
    weather: Weather
    _starting: dict[str, Process] = field(default_factory=dict)  # by execution's id

    @contextmanager
    def under_way(self, execution: Execution, process: Process) -> Iterator[None]:
        """Note that a process starts an execution inside the block."""
        self._starting[execution.id] = process
        try:
            yield
        finally:
            if self._starting.get(execution.id) is process:
                del self._starting[execution.id]

    def taken(self, execution: Execution) -> None:
        """Note that somebody claimed an execution, which nobody may be starting by then."""
        process = self._starting.get(execution.id)
        if process is None or process.state is not State.RUNNING or not self.weather.is_steady:
            return
        self.journal.broken(
            "a start under way keeps its lease",
            f"{execution.id[:8]} was taken from {process.name}, which is starting it",
        )
