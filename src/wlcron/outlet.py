"""One channel, and how it does: rests after failures, and is spared floods."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wlcron.channel import Alert, Channel, ChannelError
from wlcron.clock import Clock
from wlcron.core.cron import Severity
from wlcron.core.incident import Step

MINUTE = timedelta(minutes=1)
FLOOD_AFTER = 20  # incidents within a minute
_AT_ONCE = 4
_FIRST_REST, _LONGEST_REST = timedelta(seconds=5), timedelta(minutes=1)
_WITHIN = 40.0  # seconds: a channel that does not keep to its own bound


@dataclass(slots=True)
class Record:
    """What was last seen of a channel, since this server started."""

    taken_at: datetime | None = None
    answer: str = ""
    failed_at: datetime | None = None
    problem: str = ""
    taken: int = 0  # messages
    failed: int = 0  # tries

    @property
    def is_failing(self) -> bool:
        """Whether the last message was not taken."""
        failed = self.failed_at
        return failed is not None and (self.taken_at is None or self.taken_at < failed)


@dataclass(slots=True)
class Outlet:
    """Sends alerts to one channel; while it fails, the others wait in place of trying as well."""

    channel: Channel
    clock: Clock
    flood_after: int = FLOOD_AFTER
    record: Record = field(default_factory=Record)
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    _rests_until: datetime | None = None
    _failures: int = 0
    _opened: deque[datetime] = field(default_factory=deque)

    def admit(self, now: datetime) -> bool:
        """Count one more incident that opens; False: there are too many for a message each."""
        while self._opened and now - self._opened[0] >= MINUTE:
            self._opened.popleft()
        if len(self._opened) >= self.flood_after:
            return False
        self._opened.append(now)
        return True

    async def send(self, alert: Alert) -> str:
        """Send an alert; return the vendor's answer. Raises ChannelError."""
        async with self._turns:
            now = self.clock()
            if self._rests_until is not None and now < self._rests_until:
                raise ChannelError(self.record.problem, wait=self._rests_until - now)
            return await self.prove(alert)

    async def prove(self, alert: Alert) -> str:
        """Send an alert now, whatever became of others before it. Raises ChannelError."""
        try:
            async with asyncio.timeout(_WITHIN):
                answer = await self.channel.send(alert)
        except TimeoutError:
            error = ChannelError(f"{self.channel.name} did not answer in time")
            self._note(error)
            raise error from None
        except ChannelError as error:
            self._note(error)
            raise
        self._failures, self._rests_until = 0, None
        self.record.taken_at, self.record.answer = self.clock(), answer
        self.record.taken += 1
        return answer

    def _note(self, error: ChannelError) -> None:
        now = self.clock()
        self.record.failed_at, self.record.problem = now, str(error)
        self.record.failed += 1
        if not error.is_permanent:  # else this alert is at fault, or all will be refused at once
            rest = min(_FIRST_REST * (1 << min(self._failures, 10)), _LONGEST_REST)
            self._rests_until = now + max(rest, error.wait or rest)
            self._failures += 1


def trial(channel: str, source: str, now: datetime) -> Alert:
    """Return a message that says that it is a test."""
    return Alert(
        key=f"test/{channel}",
        step=Step.OPENED,
        severity=Severity.INFO,
        cron="test",
        condition="test",
        summary=f"This is a test of the channel {channel}: nothing is wrong",
        facts=(("Channel", channel), ("From", source)),
        command=f"wl channel test {channel}",
        at=now,
        opened_at=now,
        source=source,
        is_test=True,
    )
