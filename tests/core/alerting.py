"""A cron that wants to be told of everything, and rows of it."""

from dataclasses import replace

from tests.samples import DAY, MINUTE, NOON, make_cron, make_execution
from wlcron.core.cron import AfterTime, Cron, InARow, Notifications, Severity
from wlcron.core.execution import ACTIVE, Execution, Status

LONG, LATE = AfterTime(Severity.WARNING, 2 * MINUTE), AfterTime(Severity.ERROR, 5 * MINUTE)
ALL = Notifications(
    failed=InARow(Severity.CRITICAL),
    ran_longer_than=LONG,
    not_started_within=LATE,
    skipped=InARow(Severity.INFO, 3),
    no_success_for=AfterTime(Severity.ERROR, DAY),
)
OVERLAP = "execution 1234 was still running"


def cron_with(notifications: Notifications, **more: object) -> Cron:
    """Return a cron that wants to be told."""
    cron = make_cron(**more)  # type: ignore[arg-type]  # test data
    return replace(cron, definition=replace(cron.definition, notifications=notifications))


CRON = cron_with(ALL)


def row(status: Status, minutes: int = 0, **more: object) -> Execution:
    """Return an execution of a slot so many minutes after noon, that is as it says."""
    slot = NOON + minutes * MINUTE
    has_run = status in {Status.RUNNING, Status.SUCCESS, Status.FAILED, Status.TIMEOUT}
    fields: dict[str, object] = {
        "id": f"e{minutes}",
        "slot": slot,
        "created_at": slot,
        "status": status,
        "reason": OVERLAP if status is Status.SKIPPED else "exit code 1",
        "started_at": slot if has_run else None,
        "ended_at": None if status in ACTIVE else slot + MINUTE / 2,
    }
    return make_execution(CRON, **(fields | more))
