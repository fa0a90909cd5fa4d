"""What a cron says of itself."""

import pytest

from tests.samples import make_cron
from wlcron.core.cron import Registration


@pytest.mark.parametrize(
    ("registration", "is_unsettled", "is_leaving"),
    [
        (None, False, False),
        (Registration(), True, False),
        (Registration(settled=True), False, False),
        (Registration(leaving=True), True, True),
    ],
)
def test_a_cron_knows_what_has_to_be_done_for_it_outside(
    registration: Registration | None,
    is_unsettled: bool,  # noqa: FBT001 -- a case
    is_leaving: bool,  # noqa: FBT001 -- a case
) -> None:
    """Made, or taken away; nothing, where nothing is made for crons."""
    cron = make_cron(registration=registration)
    assert (cron.unsettled, cron.is_leaving) == (is_unsettled, is_leaving)
