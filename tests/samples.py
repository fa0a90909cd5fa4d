"""Values that many tests begin with."""

from datetime import UTC, datetime, timedelta

from wlcron.core.cron import Container, Cron, Definition, Severity, cron_id
from wlcron.core.execution import Execution, Status
from wlcron.core.incident import Condition, Incident
from wlcron.core.planning import WAITING, execution_id
from wlcron.core.silence import Scope, Silence

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def make_definition(schedule: str = "*/10 * * * *", **more: object) -> Definition:
    """Return a definition that is due every ten minutes and says hello."""
    fields: dict[str, object] = {"description": Container(arguments=("echo", "hello"))}
    return Definition(schedule=schedule, **(fields | more))  # type: ignore[arg-type]  # test data


def make_cron(name: str = "tidy", schedule: str = "*/10 * * * *", **more: object) -> Cron:
    """Return a cron as it is put into a store at noon, due at noon."""
    timing = {key: more.pop(key) for key in ("start_within", "timeout", "timezone") if key in more}
    fields: dict[str, object] = {
        "id": cron_id(name, NOON),
        "name": name,
        "definition": make_definition(schedule, **timing),
        "source": f"schedule: '{schedule}'\n",
        "created_at": NOON - DAY,
        "updated_at": NOON - DAY,
        "next_due": NOON,
    }
    return Cron(**(fields | more))  # type: ignore[arg-type]  # test data


def make_execution(cron: Cron, **more: object) -> Execution:
    """Return the PENDING execution of a cron's slot at noon."""
    fields: dict[str, object] = {
        "id": execution_id(cron, NOON),
        "cron_id": cron.id,
        "cron_name": cron.name,
        "cron_version": cron.version,
        "slot": NOON,
        "status": Status.PENDING,
        "reason": WAITING,
        "created_at": NOON,
        "start_by": NOON + 5 * MINUTE,
    }
    return Execution(**(fields | more))  # type: ignore[arg-type]  # test data


def make_incident(name: str = "tidy", **more: object) -> Incident:
    """Return the incident of a cron that failed at noon; nobody has to be told."""
    cron = make_cron(name)
    fields: dict[str, object] = {
        "cron_id": cron.id,
        "cron_name": name,
        "condition": Condition.FAILED,
        "severity": Severity.WARNING,
        "opened_at": NOON,
        "execution_id": execution_id(cron, NOON),
        "slot": NOON,
        "reason": "it exited with code 1",
        "judged": NOON,
    }
    return Incident(**(fields | more))  # type: ignore[arg-type]  # test data


def make_silence(silence_id: str = "deploy", **more: object) -> Silence:
    """Return an hour from noon in which nobody wants to hear of any cron."""
    fields: dict[str, object] = {"scope": Scope(), "since": NOON, "until": NOON + HOUR}
    return Silence(id=silence_id, **(fields | more))  # type: ignore[arg-type]  # test data
