"""Tells monitors far away that this server gets on, as long as all of its duties do."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from wlcron.monitor import Beating, MonitorError

EVERY = timedelta(minutes=1)
LOOK_AGAIN = timedelta(seconds=5)  # while a duty does not get on
WITHIN = timedelta(seconds=30)  # a monitor that does not keep to its own bound
_log = structlog.get_logger("wlcron.heartbeat")


@dataclass(slots=True)
class Heartbeat:
    """Says nothing while a duty does not get on, and the monitors call for help by themselves.

    Not their `fail`: it alerts at once over what mends itself in a minute, and would speak for
    other servers of the same instance that are well.
    """

    monitors: Sequence[Beating]
    problems: Callable[[], Mapping[str, str]]  # of duties, by name
    within: timedelta = WITHIN
    _is_new: bool = field(init=False, default=True)
    _is_withheld: bool = field(init=False, default=False)
    _away: dict[str, str] = field(init=False, default_factory=dict)

    @property
    def away(self) -> Mapping[str, str]:
        """Return why monitors did not take the last beat, by name, those that did not."""
        return self._away

    async def tick(self, now: datetime) -> datetime:
        """Beat, unless something is wrong; return when to look again."""
        if self._is_new:
            # Not at once: a server that cannot work shows it in the first ticks of its duties,
            # and one that is started again and again must not be taken for one that lives.
            self._is_new = False
            return now + LOOK_AGAIN
        if problems := self.problems():
            self._withhold(problems)
            return now + LOOK_AGAIN
        if self._is_withheld:
            self._is_withheld = False
            _log.info("the heartbeat goes on")
        await asyncio.gather(*(self._beat(monitor, now) for monitor in self.monitors))
        return now + EVERY

    def _withhold(self, problems: Mapping[str, str]) -> None:
        if not self._is_withheld:
            self._is_withheld = True
            _log.warning("the heartbeat is withheld", problems=list(problems.values()))

    async def _beat(self, monitor: Beating, now: datetime) -> None:
        problem = await self._told(monitor, now)
        if not problem:
            self._away.pop(monitor.name, None)
            return
        if monitor.name not in self._away:
            _log.warning("a monitor took no heartbeat", monitor=monitor.name, problem=problem)
        self._away[monitor.name] = problem

    async def _told(self, monitor: Beating, now: datetime) -> str:
        """Return why a monitor did not take a beat; empty: it did."""
        try:
            async with asyncio.timeout(self.within.total_seconds()):
                await monitor.beat(now)
        except MonitorError as error:
            return str(error)
        except TimeoutError:
            return f"{monitor.name} did not answer in time"
        except Exception as error:  # noqa: BLE001 -- the fault of one must not silence the others
            _log.exception("a monitor failed", monitor=monitor.name)
            return f"it failed at this: {type(error).__name__}"
        return ""
