"""plan(cron, now) -> Plan: the rows that due slots end in, and the next slot to wait for."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wlcron.core.cron import LONGEST_START_WITHIN, Cron
from wlcron.core.execution import Execution, Overrides, Status

WAITING = "due, waits for its turn (the oldest slot starts first)"
PAUSED = "the cron was paused"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a store commits for one cron, if the cron is still as it was read."""

    cron: Cron  # as read: its revision is what the commit compares
    executions: tuple[Execution, ...]  # rows to insert where absent: PENDING, SKIPPED, MISSED
    next_due: datetime | None

    @property
    def moves(self) -> bool:
        """Whether it is about the schedule; a manual slot leaves next_due where it is."""
        return self.next_due != self.cron.next_due


def plan(cron: Cron, now: datetime, limit: int = 1000) -> Plan:
    """Plan the slots of a cron that are due at `now` (zone-aware), oldest first.

    The newest due slot is started if that is still worth it (`start-within`), older ones are
    MISSED, those inside a pause SKIPPED. At most `limit` slots are planned in one go; the
    next_due of the result then lies before `now`, and the rest is planned from there.
    """
    rows: list[Execution] = []
    schedule = cron.schedule(anchor=cron.next_due)
    slot = cron.next_due
    while slot is not None and slot <= now and len(rows) < limit:
        following = schedule.next(slot)
        rows.append(_row(cron, slot, following, now))
        slot = following
    return Plan(cron, tuple(rows), slot)


def plan_delivered(cron: Cron, slot: datetime, now: datetime, *, is_exact: bool = True) -> Plan:
    """Plan the slot that a trigger says is due, and older ones of which it never said so.

    `slot` and `now` are zone-aware. Where the trigger keeps our schedule it is but a hint that
    something is due, and the plan of a slot that has its row is empty. `is_exact` False means a
    trigger with a phase of its own (`rate(…)` as an EventBridge rule counts from when the rule
    was made): its slots are taken as they come.
    """
    if not is_exact and cron.next_due is not None:
        cron = _in_phase(cron, slot, cron.next_due)
    return plan(cron, max(now, slot))


def plan_manual(cron: Cron, now: datetime, key: str, overrides: Overrides | None = None) -> Plan:
    """Plan one execution of a cron at `now` (zone-aware); the same key makes the same execution."""
    execution = Execution(
        id=uuid5(cron.id, f"manual:{key}"),
        cron_id=cron.id,
        cron_name=cron.name,
        cron_version=cron.version,
        slot=now,
        manual=True,
        status=Status.PENDING,
        reason=WAITING,
        created_at=now,
        start_by=now + (cron.definition.start_within or LONGEST_START_WITHIN),
        overrides=overrides,
    )
    return Plan(cron, (execution,), cron.next_due)


def first_due(cron: Cron, now: datetime) -> datetime | None:
    """Return the first slot of a new or changed schedule: strictly in the future."""
    return cron.schedule().next(now)


def _in_phase(cron: Cron, slot: datetime, due: datetime) -> Cron:
    """Return the cron as if it had always been due in the phase of a delivered slot."""
    following = cron.schedule(anchor=slot).next(slot)
    if following is None:
        return cron
    period = following - slot
    unheard = (slot - due + period / 2) // period  # -1: this one has its row
    return replace(cron, next_due=slot - unheard * period)


def skip_for(execution: Execution, running: Execution) -> Execution:
    """Return a PENDING execution as it is recorded when another one of its cron is active."""
    since = running.started_at or running.slot
    reason = (
        f"execution {running.id[:8]} of {since:%Y-%m-%d %H:%M:%S} UTC"
        f" was still {running.status.lower()}"
    )
    return replace(execution, status=Status.SKIPPED, reason=reason, ended_at=execution.created_at)


def execution_id(cron: Cron, slot: datetime) -> str:
    """Return the id that every server gives to the execution of this slot."""
    return uuid5(cron.id, slot.isoformat())


def uuid5(namespace: str, name: str) -> str:
    """Return the UUID of version 5 (RFC 9562) for a name below a namespace, in text.

    The standard library's does the same in three times the time, which would be a third of what
    planning a slot takes.
    """
    given = bytes.fromhex(namespace.replace("-", "")) + name.encode()
    digits = hashlib.sha1(given, usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"


def _row(cron: Cron, slot: datetime, following: datetime | None, now: datetime) -> Execution:
    start_by = slot + _start_within(cron, slot, following)
    status, reason = _fate(cron, slot, following, start_by, now)
    return Execution(
        id=execution_id(cron, slot),
        cron_id=cron.id,
        cron_name=cron.name,
        cron_version=cron.version,
        slot=slot,
        status=status,
        reason=reason,
        created_at=now,
        start_by=start_by,
        ended_at=now if status.is_final else None,
    )


def _start_within(cron: Cron, slot: datetime, following: datetime | None) -> timedelta:
    if cron.definition.start_within is not None:
        return cron.definition.start_within
    if following is None:
        return LONGEST_START_WITHIN
    return min((following - slot) / 2, LONGEST_START_WITHIN)


def _fate(
    cron: Cron, slot: datetime, following: datetime | None, start_by: datetime, now: datetime
) -> tuple[Status, str]:
    if cron.pause is not None and cron.pause.covers(slot):
        because = f": {cron.pause.reason}" if cron.pause.reason else ""
        return Status.SKIPPED, f"{PAUSED}{because}"
    if start_by < now:
        return Status.MISSED, f"nobody could start it before {start_by:%Y-%m-%d %H:%M:%S} UTC"
    if following is not None and following <= now:
        return Status.MISSED, f"a newer slot, {following:%H:%M:%S} UTC, was due as well by then"
    return Status.PENDING, WAITING
