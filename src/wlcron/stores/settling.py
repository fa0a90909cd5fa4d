"""What becomes of planned rows, given what a store holds: shared by all stores, pure."""

from collections.abc import Container, Iterable
from datetime import datetime

from wlcron.core.execution import Execution
from wlcron.core.planning import skip_for


def settle(
    planned: Iterable[Execution],
    active: Execution | None,
    ids: Container[str],
    slots: Container[tuple[str, datetime]],
) -> list[Execution]:
    """Return the rows to insert for one cron, in the order in which they were planned.

    `active` is the cron's active execution, `ids` and `slots` are those that exist. A row that
    exists is left out; a PENDING one that would be the second active one becomes SKIPPED.
    """
    made: dict[tuple[str, datetime], Execution] = {}
    for execution in planned:
        slot = execution.cron_id, execution.slot
        if execution.id in ids or slot in slots or slot in made:
            continue
        if execution.status.is_active:
            row = execution if active is None else skip_for(execution, active)
            active = active or execution
        else:
            row = execution
        made[slot] = row
    return list(made.values())
