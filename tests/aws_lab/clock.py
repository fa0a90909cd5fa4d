"""The clock: publishes what rules and schedules say is due.

With `minute` 60 it is the real clock. With less, a minute of AWS lasts so many real seconds, from
the laboratory's start on: its time runs ahead of the real one, and the slots that it delivers lie
in the future of whoever lives on the real clock. wlcron does, so that compressed time is for
whoever takes slots as they come (translators, the endpoint, load); what is to be judged by
wlcron's own time is delivered at real time, or by `fire`, which says which slot it is about.

Slots are `wlcron.schedule`'s, also at changes of the clocks, where EventBridge Scheduler skips a
time that does not exist. The phase of a rule's `rate(…)` begins when the clock first sees it so.
"""

import json
import random
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Event, Timer
from typing import Any

from tests.aws_lab import inside
from tests.aws_lab.inside import Timed
from tests.aws_lab.place import ACCOUNT, REGION
from tests.aws_lab.targets import Targets, text_for
from wlcron.schedule import Schedule, ScheduleError, parse_schedule

_LOOK = 0.2  # seconds between two looks, and the latest that a slot is
_REAL_MINUTE = 60.0
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class AwsTime:
    """What time it is in the laboratory's AWS."""

    minute: float = _REAL_MINUTE  # real seconds
    began: float = field(default_factory=time.time)

    def now(self) -> datetime:
        """Return AWS's time."""
        passed = (time.time() - self.began) * _REAL_MINUTE / self.minute
        return datetime.fromtimestamp(self.began + passed, UTC)


@dataclass
class Manner:
    """How the clock delivers; tests change it."""

    copies: int = 1
    delay: float = 0.0  # real seconds
    is_running: bool = True


@dataclass
class Known:
    """A rule or schedule, and up to when its slots were delivered."""

    timed: Timed
    schedule: Schedule | None
    until: datetime


@dataclass
class Clock:
    """Looks at the rules and schedules, again and again."""

    targets: Targets
    time: AwsTime = field(default_factory=AwsTime)
    manner: Manner = field(default_factory=Manner)
    _known: dict[str, Known] = field(default_factory=dict)
    _stopped: Event = field(default_factory=Event)

    def run(self) -> None:
        """Deliver until stopped."""
        while not self._stopped.wait(_LOOK):
            for timed, slot in self._due(self.time.now()):
                if self.manner.is_running:
                    self._deliver(timed, slot)

    def stop(self) -> None:
        """End `run`."""
        self._stopped.set()

    def fire(self, name: str, slot: datetime | None, copies: int, delay: float) -> list[str]:
        """Deliver a slot of a rule or schedule now, whatever its state; return messages' ids.

        `name` is its name or ARN. A delayed delivery has no ids yet.
        """
        with self.targets.moto.lock:
            found = [t for t in inside.timed() if name in {t.arn, t.arn.rpartition("/")[2]}]
        if not found:
            raise LookupError(f"there is no rule or schedule {name!r}")
        return self._send(found[0], slot or self.time.now(), copies, delay)

    def _due(self, now: datetime) -> Iterator[tuple[Timed, datetime]]:
        with self.targets.moto.lock:
            all_timed = list(inside.timed())
        for gone in self._known.keys() - {timed.arn for timed in all_timed}:
            del self._known[gone]
        for timed in all_timed:
            known = self._known.get(timed.arn)
            if known is None or _timing(known.timed) != _timing(timed):
                known = self._known[timed.arn] = _begin(timed, now)
            yield from ((timed, slot) for slot in _slots(known, now))

    def _deliver(self, timed: Timed, slot: datetime) -> None:
        window = timed.window * self.time.minute
        delay = self.manner.delay + random.uniform(0, window)  # noqa: S311 -- nothing secret
        self._send(timed, slot, self.manner.copies, delay)
        is_over = timed.expression.startswith("at(")
        if timed.is_deleted_after and is_over:
            with self.targets.moto.lock:
                inside.delete_schedule(timed.arn)

    def _send(self, timed: Timed, slot: datetime, copies: int, delay: float) -> list[str]:
        texts = [(t["Arn"], _text(timed, t, slot)) for t in timed.targets]

        def send() -> list[str]:
            return [self.targets.send(*text) for _ in range(copies) for text in texts]

        if delay <= 0:
            return send()
        timer = Timer(delay, send)
        timer.daemon = True
        timer.start()
        return []


def scheduled_event(rule: str, slot: datetime) -> dict[str, Any]:
    """Return the event of a rule that is due."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": f"{slot:%Y-%m-%dT%H:%M:%SZ}",
        "region": REGION,
        "resources": [rule],
        "detail": {},
    }


def fill_in(text: str, arn: str, slot: datetime) -> str:
    """Replace the context attributes of EventBridge Scheduler."""
    values = {
        "schedule-arn": arn,
        "scheduled-time": f"{slot:%Y-%m-%dT%H:%M:%SZ}",
        "execution-id": uuid.uuid4().hex[:16],
        "attempt-number": "1",
    }
    for name, value in values.items():
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return text


def read(timed: Timed, anchor: datetime) -> Schedule | None:
    """Return the schedule of a rule or schedule; None if it says nothing that could be due."""
    try:
        schedule = parse_schedule(timed.expression, timed.timezone, anchor)
        if timed.is_rule or not timed.expression.startswith("rate("):
            return schedule
        # EventBridge Scheduler begins at once, or at StartDate.
        period = schedule.period(anchor) or timedelta()
        return parse_schedule(timed.expression, timed.timezone, anchor - period)
    except ScheduleError:
        return None


def _text(timed: Timed, target: Mapping[str, Any], slot: datetime) -> str:
    if timed.is_rule:
        return text_for(timed.arn, target, scheduled_event(timed.arn, slot))
    return fill_in(target.get("Input") or json.dumps({}), timed.arn, slot)


def _timing(timed: Timed) -> Timed:
    return replace(timed, targets=(), is_deleted_after=False)


def _begin(timed: Timed, now: datetime) -> Known:
    anchor = timed.start or now
    return Known(timed, read(timed, anchor), max(anchor, now) - _SECOND)


def _slots(known: Known, now: datetime) -> Iterator[datetime]:
    timed, schedule = known.timed, known.schedule
    if schedule is None or not timed.is_enabled:
        return
    slot = schedule.next(known.until)
    while slot is not None and slot <= now:
        known.until = slot
        is_at = timed.expression.startswith("at(")
        if is_at or timed.end is None or slot <= timed.end:
            yield slot
        slot = schedule.next(slot)
