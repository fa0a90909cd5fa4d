"""Which changes, and which absences, deserve an alert; and what shows that all is well again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice, pairwise, takewhile

from wlcron.core.cron import AfterTime, Cron, Definition, Notifications, Severity
from wlcron.core.durations import duration_text
from wlcron.core.execution import Execution, Status
from wlcron.core.incident import Condition, Incident, retold, tell
from wlcron.core.planning import PAUSED
from wlcron.schedule import Schedule

BAD = frozenset({Status.FAILED, Status.TIMEOUT, Status.ERROR, Status.LOST})
# They say nothing of how the job itself does, neither good nor bad.
_SILENT = frozenset({Status.SKIPPED, Status.MISSED, Status.STOPPED})
_NOT_YET = frozenset({Status.PENDING, Status.STARTING})
NOT_ASKED = "the cron asks for this alert no more"
# So many rows before an execution tell whether something was running when it was skipped.
_AROUND = 20
_SLOTS = 30  # are looked at to know how far apart they are


@dataclass(frozen=True, slots=True)
class Trouble:
    """A condition that is met."""

    condition: Condition
    severity: Severity
    reason: str  # one sentence for a person
    slot: datetime
    execution_id: str = ""  # empty: of none


@dataclass(frozen=True, slots=True)
class Expectation:
    """Something that should have happened by then."""

    condition: Condition
    alert: AfterTime
    at: datetime


def watched(notifications: Notifications) -> frozenset[Condition]:
    """Return the conditions that a cron wants to be told of."""
    return frozenset(
        condition
        for condition, wanted in (
            (Condition.FAILED, notifications.failed),
            (Condition.RAN_LONGER_THAN, notifications.ran_longer_than),
            (Condition.NOT_STARTED_WITHIN, notifications.not_started_within),
            (Condition.SKIPPED, notifications.skipped),
            (Condition.NO_SUCCESS_FOR, notifications.no_success_for),
        )
        if wanted is not None
    )


def remarks(definition: Definition, schedule: Schedule, now: datetime) -> Iterator[str]:
    """Yield what is to be said of thresholds that do not fit the schedule."""
    wanted = definition.notifications
    late, never = wanted.not_started_within, wanted.no_success_for
    if late is None and never is None:
        return
    slots = islice(_slots(schedule, now), _SLOTS)
    gaps = [later - slot for slot, later in pairwise(slots)]
    if gaps and late and late.threshold > min(gaps):
        yield (
            f"not-started-within of {duration_text(late.threshold)} is longer than the"
            f" {duration_text(min(gaps))} between two slots: a later one may start before that"
        )
    if gaps and never and never.threshold <= max(gaps):
        yield (
            f"no-success-for of {duration_text(never.threshold)} is no longer than the"
            f" {duration_text(max(gaps))} between two slots: it alerts though all is well"
        )


def history_needed(execution: Execution, notifications: Notifications) -> int:
    """Return how many executions before this one `troubles` has to know; 0: none."""
    failed, skipped = notifications.failed, notifications.skipped
    if execution.status in BAD and failed is not None and failed.after > 1:
        return failed.after * 2 + _AROUND  # some of them say nothing
    if _is_overlap(execution) and (skipped or notifications.not_started_within):
        return max(_AROUND, skipped.after if skipped else 0)
    return 0


def troubles(
    execution: Execution, before: Sequence[Execution], notifications: Notifications
) -> Iterator[Trouble]:
    """Yield the conditions that an execution's new status meets.

    `before` are the executions of its cron before it, newest slot first (`history_needed`).
    """
    if (failed := notifications.failed) and execution.status in BAD:
        streak = 1 + failures_in_a_row(before)
        if streak >= failed.after:
            said = f"{execution.status}: {execution.reason}"
            if streak > 1:
                reason = f"{streak} failures in a row, the last {said}"
            else:
                reason = execution.reason if execution.status is Status.FAILED else said
            yield _trouble(Condition.FAILED, failed.severity, reason, execution)
    if (late := notifications.not_started_within) and _never_starts(execution, before):
        yield _trouble(
            Condition.NOT_STARTED_WITHIN,
            late.severity,
            f"{execution.status}: {execution.reason}",
            execution,
        )
    if (skipped := notifications.skipped) and _is_overlap(execution):
        streak = 1 + sum(1 for _ in takewhile(_is_overlap, before))
        if streak >= skipped.after:
            reason = f"{streak} slots in a row were skipped: {execution.reason}"
            yield _trouble(Condition.SKIPPED, skipped.severity, reason, execution)


def mended(execution: Execution) -> frozenset[Condition]:
    """Return the conditions that an execution, as it is now, shows to be over."""
    over: set[Condition] = set()
    if execution.started_at is not None:
        over |= {Condition.NOT_STARTED_WITHIN, Condition.SKIPPED}
    if execution.status is Status.SUCCESS:
        over |= {Condition.FAILED, Condition.RAN_LONGER_THAN, Condition.NO_SUCCESS_FOR}
    return frozenset(over)


def failures_in_a_row(executions: Iterable[Execution]) -> int:
    """Count the newest failures without a success between them; newest first."""
    telling = (each for each in executions if each.is_final and each.status not in _SILENT)
    return sum(1 for _ in takewhile(lambda each: each.status in BAD, telling))


def expectation(execution: Execution, notifications: Notifications) -> Expectation | None:
    """Return what is expected of an active execution, and by when."""
    late, long = notifications.not_started_within, notifications.ran_longer_than
    if late and execution.status in _NOT_YET:
        return Expectation(Condition.NOT_STARTED_WITHIN, late, execution.slot + late.threshold)
    if long and execution.status is Status.RUNNING and execution.started_at is not None:
        return Expectation(Condition.RAN_LONGER_THAN, long, execution.started_at + long.threshold)
    return None


def overdue(execution: Execution, notifications: Notifications, now: datetime) -> Trouble | None:
    """Return the condition that an active execution meets by not having done what it should."""
    expected = expectation(execution, notifications)
    if expected is None or expected.at > now:
        return None
    length = duration_text(expected.alert.threshold)
    reason = f"it runs for longer than {length}"
    if expected.condition is Condition.NOT_STARTED_WITHIN:
        reason = f"not started {length} after its slot: {execution.reason}"
    return _trouble(expected.condition, expected.alert.severity, reason, execution)


def forgotten(cron: Cron, now: datetime) -> Trouble | None:
    """Return the condition that a cron meets whose slot nobody made an execution of."""
    late, due = cron.definition.notifications.not_started_within, cron.next_due
    if late is None or due is None or due + late.threshold > now or cron.is_paused(due):
        return None
    reason = f"nobody took its slot within {duration_text(late.threshold)}: does a scheduler run?"
    return Trouble(Condition.NOT_STARTED_WITHIN, late.severity, reason, due)


def success_expected(cron: Cron, last: datetime | None) -> datetime | None:
    """Return by when a cron has to succeed again; `last` is when it did so last, None: never."""
    alert = cron.definition.notifications.no_success_for
    return None if alert is None else (last or cron.created_at) + alert.threshold


def unsuccessful(cron: Cron, last: datetime | None, now: datetime) -> Trouble | None:
    """Return the condition that a cron meets that has not succeeded for too long."""
    alert, expected = cron.definition.notifications.no_success_for, success_expected(cron, last)
    if alert is None or expected is None or expected > now or cron.is_paused(now):
        return None
    since = f"the last one was at {last:%Y-%m-%d %H:%M:%S} UTC" if last else "none is on record"
    reason = f"no success for {duration_text(alert.threshold)}: {since}"
    return Trouble(Condition.NO_SUCCESS_FOR, alert.severity, reason, expected)


def opened(
    known: Incident | None, cron: Cron, trouble: Trouble, channels: Iterable[str], now: datetime
) -> Incident | None:
    """Return the incident that a trouble opens; None: it is known, or older than what is known.

    `known` is the latest incident of the cron and condition.
    """
    if known is not None and (known.is_open or _is_judged(known, trouble)):
        return None
    return Incident(
        cron_id=cron.id,
        cron_name=cron.name,
        condition=trouble.condition,
        severity=trouble.severity,
        number=known.number + 1 if known else 1,
        opened_at=now,
        execution_id=trouble.execution_id,
        slot=trouble.slot,
        reason=trouble.reason,
        judged=trouble.slot,
        tellings=retold(known, channels) if known else tell(channels),
        due_at=now,
        revision=known.revision if known else 0,
    )


def joined(known: Incident | None, trouble: Trouble) -> Incident | None:
    """Return an open incident that one more slot is part of; None: there is none, or it knew.

    What ended before that slot does not close it any more, however late it is heard of.
    """
    if known is None or not known.is_open or trouble.slot <= known.judged:
        return None
    return replace(known, judged=trouble.slot)


def closed_by(incident: Incident, execution: Execution, now: datetime) -> Incident | None:
    """Return an incident that an execution closes; None: it does not, being older for example."""
    if not incident.is_open or incident.condition not in mended(execution):
        return None
    if incident.condition is Condition.NO_SUCCESS_FOR:
        if execution.ended_at is None or execution.ended_at < incident.slot:
            return None
    elif execution.slot < incident.judged:
        return None
    what = "succeeded" if execution.status is Status.SUCCESS else "was started"
    by = f"the execution of {execution.slot:%Y-%m-%d %H:%M:%S} UTC {what}"
    over = closed(incident, by, now)
    return replace(over, judged=max(over.judged, execution.slot))


def closed(incident: Incident, by: str, now: datetime) -> Incident:
    """Return an incident that is over; `by` is the sentence that says why."""
    over = replace(incident, closed_at=now, closed_by=by)
    return replace(over, due_at=now if any(not t.is_over for t in over.tellings) else None)


def _is_judged(known: Incident, trouble: Trouble) -> bool:
    if trouble.condition is Condition.NO_SUCCESS_FOR and known.closed_by == NOT_ASKED:
        return False  # it was not over then, and somebody asks again
    return trouble.slot <= known.judged


def _slots(schedule: Schedule, now: datetime) -> Iterator[datetime]:
    slot = schedule.next(now)
    while slot is not None:
        yield slot
        slot = schedule.next(slot)


def _never_starts(execution: Execution, before: Sequence[Execution]) -> bool:
    """Whether its slot will have no start, and nothing that runs explains it."""
    if execution.status is Status.MISSED:
        return True
    return _is_overlap(execution) and not any(_ran_at(each, execution) for each in before)


def _ran_at(other: Execution, skipped: Execution) -> bool:
    if other.started_at is None:
        return False
    return other.ended_at is None or other.ended_at >= skipped.created_at


def _is_overlap(execution: Execution) -> bool:
    return execution.status is Status.SKIPPED and not execution.reason.startswith(PAUSED)


def _trouble(
    condition: Condition, severity: Severity, reason: str, execution: Execution
) -> Trouble:
    return Trouble(condition, severity, reason, execution.slot, execution.id)
