"""environment(execution, cron, deadline): the variables that every execution gets."""

from datetime import UTC, datetime

from wlcron.core.cron import Cron
from wlcron.core.execution import Execution


def environment(execution: Execution, cron: Cron, deadline: datetime) -> dict[str, str]:
    """Return the cron's `env`, changed by the execution's overrides, and the `WL_…` variables.

    The five `WL_…` variables win over variables of the same name in `env` or in overrides: the
    guard finds the processes of an execution by them. `deadline` is zone-aware; instants are
    ISO 8601 in UTC, in whole seconds.
    """
    overrides = execution.overrides.env if execution.overrides else {}
    return {
        **cron.definition.description.env,
        **overrides,
        "WL_CRON": execution.cron_name,
        "WL_EXECUTION": execution.id,
        "WL_SLOT": _iso(execution.slot),
        "WL_ATTEMPT": str(execution.attempt),
        "WL_DEADLINE": _iso(deadline),
    }


def _iso(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
