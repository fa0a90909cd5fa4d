"""What becomes of planned rows, given what a store holds: shared by all stores, pure."""

from collections.abc import Container, Iterable
from datetime import datetime

from wlcron.core.execution import Execution, claimed
from wlcron.core.planning import skip_for
from wlcron.store import Taker


def settle(
    planned: Iterable[Execution],
    active: Execution | None,
    ids: Container[str],
    slots: Container[tuple[str, datetime]],
    taker: Taker | None = None,
) -> list[Execution]:
    """Return the rows to insert for one cron, in the order in which they were planned.

    `active` is the cron's active execution, `ids` and `slots` are those that exist. A row that
    exists is left out; a PENDING one that would be the second active one becomes SKIPPED, and
    another one is the taker's, if there is one.
    """
    made: dict[tuple[str, datetime], Execution] = {}
    for execution in planned:
        slot = execution.cron_id, execution.slot
        if execution.id in ids or slot in slots or slot in made:
            continue
        if execution.status.is_active:
            row = _taken(execution, taker) if active is None else skip_for(execution, active)
            active = active or row
        else:
            row = execution
        made[slot] = row
    return list(made.values())


def _taken(execution: Execution, taker: Taker | None) -> Execution:
    if taker is None:
        return execution
    now = execution.created_at
    return claimed(execution, now, taker.until - now, taker.holder)
