"""Has one channel told of an incident, and says what that makes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import structlog

from wlcron.channel import ChannelError
from wlcron.clock import Clock
from wlcron.core.incident import (
    Condition,
    Due,
    Incident,
    Step,
    also_told,
    flooded,
    put_off,
    refused,
    told,
)
from wlcron.core.routing import Routing
from wlcron.errors import WlcronError
from wlcron.outlet import Outlet
from wlcron.services.alerting.flood import join
from wlcron.services.alerting.reporter import Reporter
from wlcron.store import Store

_log = structlog.get_logger("wlcron.teller")
Outcome = Callable[[Incident], Incident]  # what a try makes of an incident, as it is then


@dataclass(frozen=True, slots=True)
class Messenger:
    """Writes alerts and sends them; whoever cannot be told, another one is told instead."""

    store: Store
    outlets: Mapping[str, Outlet]
    reporter: Reporter
    routing: Routing
    clock: Clock

    async def send(self, incident: Incident, due: Due) -> Outcome:
        """Tell one channel; return what that makes of the incident."""
        outlet, now = self.outlets.get(due.channel), self.clock()
        if outlet is None:
            return partial(self._refused, due.channel, "no channel of that name is configured")
        telling = incident.telling(due.channel)
        is_new = due.step is Step.OPENED and telling.tries == 0
        if is_new and incident.condition is not Condition.FLOOD and not outlet.admit(now):
            await join(self.store, due.channel, incident, outlet.flood_after, now)
            return lambda known: flooded(known, due.channel)
        try:
            alert = await self.reporter.alert(incident, due.step, telling)
            await outlet.send(alert)
        except ChannelError as error:
            return self._failed(due, error)
        except WlcronError as error:
            return self._failed(due, ChannelError(str(error)))
        except Exception as error:  # noqa: BLE001 -- else what the other channels took is forgotten, and told them again and again
            _log.exception("a channel failed", channel=due.channel)
            return self._failed(due, ChannelError(f"it failed at this: {type(error).__name__}"))
        _log.info("alert sent", channel=due.channel, incident=incident.key, step=due.step)
        return lambda known: told(known, due.channel, due.step, self.clock())

    def _failed(self, due: Due, error: ChannelError) -> Outcome:
        _log.warning("alert not sent", channel=due.channel, problem=str(error))
        if error.is_permanent:
            return partial(self._refused, due.channel, str(error))
        return partial(self._put_off, due.channel, error)

    def _refused(self, channel: str, problem: str, incident: Incident) -> Incident:
        return self._told_instead(refused(incident, channel, problem), channel, problem)

    def _put_off(self, channel: str, error: ChannelError, incident: Incident) -> Incident:
        later = put_off(incident, channel, str(error), self.clock(), error.wait)
        if later.telling(channel).is_over:
            return self._told_instead(later, channel, str(error))
        return later

    def _told_instead(self, incident: Incident, channel: str, problem: str) -> Incident:
        """Have the next channel told, and of this one's failure."""
        another = self.routing.instead_of(each.channel for each in incident.tellings)
        if another is None:
            _log.error("nobody can be told", incident=incident.key, channel=channel)
            return incident
        return also_told(incident, another, f"{channel} could not be told: {problem}")
