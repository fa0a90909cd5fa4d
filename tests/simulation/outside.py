"""Channels and monitors on others' machines, as one server reaches them."""

from dataclasses import dataclass, field

from tests.simulation.plan import Habit
from tests.simulation.told import Told
from tests.simulation.weather import Place
from tests.simulation.wire import Line, Sender, Wire
from wlcron.channel import Alert, ChannelError
from wlcron.clock import Clock
from wlcron.core.execution import Change
from wlcron.monitor import MonitorError
from wlcron.services.relay import GIVEN_UP_AFTER

CHANNELS = ("slack", "pagerduty")


@dataclass(slots=True)
class ServersChannel:
    """Takes alerts; its answer may be lost."""

    name: str
    sender: Sender
    wire: Wire
    told: Told
    kind: str = "simulated"
    _sent: int = field(default=0)

    async def send(self, alert: Alert) -> str:
        """Send an alert."""
        line = Line(Place.CHANNEL, CHANNELS.index(self.name), ChannelError)
        about = f" {self.name} {alert.cron} {alert.condition} {alert.step}"
        await self.wire.ask(self.sender, line, "send", lambda: self._take(alert), about)
        return "taken"

    async def close(self) -> None:
        """Do nothing."""

    async def _take(self, alert: Alert) -> None:
        self._sent += 1
        of = self.name, alert.key, alert.step, self.wire.journal.steps
        if self.wire.weather.has(Habit.CHANNEL_FAILS, *of):
            raise ChannelError("it has too much to do")
        self.told.took(self.name, alert)


@dataclass(slots=True)
class ServersMonitor:
    """Takes changes."""

    name: str
    sender: Sender
    wire: Wire
    told: Told
    clock: Clock

    async def signal(self, change: Change) -> None:
        """Tell it; what it was not told for an hour it never will be."""
        try:
            await self._signal(change)
        except MonitorError:
            if self.clock() - change.at > GIVEN_UP_AFTER:
                self.told.given_up.add((self.name, (change.execution.id, change.execution.status)))
            raise

    async def _signal(self, change: Change) -> None:
        line = Line(Place.MONITOR, 0, MonitorError)
        about = f" {self.name} {change.execution.id[:8]} {change.execution.status}"
        await self.wire.ask(self.sender, line, "signal", lambda: self._take(change), about)

    async def _take(self, change: Change) -> None:
        if self.wire.weather.has(Habit.MONITOR_FAILS, self.name, self.wire.journal.steps):
            raise MonitorError("it has too much to do")
        self.told.signalled(self.name, change)
