"""Sentences that can be said of another day."""

from datetime import timedelta

from tests.rehearsal.plays import DAY, HOUR, MIDNIGHT, make_part
from wlcron.core.planning import execution_id
from wlcron.rehearsal.sentences import loosened, said

CRON = make_part().cron


def test_instants_times_and_ids_move_with_the_day() -> None:
    """Everything else stays."""
    slot = MIDNIGHT + HOUR
    text = (
        f"execution {execution_id(CRON, slot)[:8]} of 2027-03-27 01:00:00 UTC was still running"
        " at 02:00:00 UTC, with 12345678 of 2027-03-27 05:00:00"
    )
    sentence = loosened(text, MIDNIGHT, {execution_id(CRON, slot)[:8]: slot})
    assert said(sentence, MIDNIGHT, CRON) == text
    later = timedelta(days=1, hours=5)
    assert said(sentence, MIDNIGHT + later, CRON) == (
        f"execution {execution_id(CRON, slot + later)[:8]} of 2027-03-28 06:00:00 UTC"
        " was still running at 07:00:00 UTC, with 12345678 of 2027-03-27 05:00:00"
    )


def test_a_sentence_without_any_is_itself() -> None:
    """On every day."""
    sentence = loosened("exited with code 1", MIDNIGHT, {})
    assert said(sentence, MIDNIGHT + DAY, CRON) == "exited with code 1"
