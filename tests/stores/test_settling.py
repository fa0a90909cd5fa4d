"""What becomes of planned rows, given what is there."""

from hypothesis import given
from hypothesis import strategies as st

from tests.samples import HOUR, NOON, make_cron
from tests.stores.rows import row
from wlcron.core.execution import Execution, Status
from wlcron.stores.settling import settle

CRON = make_cron()
rows = st.builds(
    lambda hour, status: row(CRON, NOON + hour * HOUR, status=status),
    st.integers(0, 5),
    st.sampled_from([Status.PENDING, Status.SKIPPED, Status.MISSED]),
)


@given(st.lists(rows), st.one_of(st.none(), rows), st.lists(rows))
def test_every_new_slot_gets_one_row_and_at_most_one_is_active(
    planned: list[Execution], active: Execution | None, existing: list[Execution]
) -> None:
    """Whatever is planned, and whatever is there."""
    ids = {execution.id for execution in existing}
    slots = {(execution.cron_id, execution.slot) for execution in existing}
    made = settle(planned, active, ids, slots)
    new = list(dict.fromkeys(execution.slot for execution in planned))
    assert [execution.slot for execution in made] == [
        slot for slot in new if (CRON.id, slot) not in slots
    ]
    pending = [execution for execution in made if execution.status.is_active]
    assert len(pending) <= (1 if active is None else 0)
