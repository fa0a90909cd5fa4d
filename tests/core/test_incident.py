"""Messages of an incident: in order, each once, tried again for as long as it is worth it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import DAY, HOUR, MINUTE, NOON, SECOND
from wlcron.core.cron import Severity
from wlcron.core.incident import (
    Condition,
    Due,
    Incident,
    Step,
    also_told,
    flooded,
    is_ahead,
    messages,
    put_off,
    refused,
    set_back,
    settled,
    silenced,
    tell,
    told,
)

HEARD = Incident(
    cron_id="id",
    cron_name="tidy",
    condition=Condition.FAILED,
    severity=Severity.ERROR,
    opened_at=NOON,
    slot=NOON,
    reason="FAILED: exit code 1",
    judged=NOON,
    tellings=tell(["slack", "mail", "slack"]),
)


def due(incident: Incident, remind_every: timedelta | None = DAY) -> list[Due]:
    """Return the next message to each channel."""
    return list(messages(incident, remind_every))


def test_each_channel_is_told_that_it_opened() -> None:
    """A channel that is named twice is one."""
    assert due(HEARD) == [Due("slack", Step.OPENED, NOON), Due("mail", Step.OPENED, NOON)]
    assert settled(HEARD, DAY).due_at == NOON


def test_who_was_told_is_reminded_after_a_day_and_told_the_end() -> None:
    """One all-clear, and nothing after it."""
    incident = told(told(HEARD, "slack", Step.OPENED, NOON), "mail", Step.OPENED, NOON)
    assert {each.at for each in due(incident)} == {NOON + DAY}
    assert settled(incident, DAY).due_at == NOON + DAY
    assert due(incident, remind_every=None) == []
    assert settled(incident, None).due_at is None
    reminded = told(incident, "slack", Step.REMINDED, NOON + DAY)
    assert Due("slack", Step.REMINDED, NOON + 2 * DAY) in due(reminded)
    closed = replace(reminded, closed_at=NOON + DAY + HOUR)
    assert {(each.step, each.at) for each in due(closed)} == {(Step.CLOSED, NOON + DAY + HOUR)}
    over = told(told(closed, "slack", Step.CLOSED, NOON), "mail", Step.CLOSED, NOON)
    assert due(over) == []
    assert settled(over, DAY).due_at is None


def test_an_end_never_overtakes_its_beginning() -> None:
    """Who could not be told before it was over is told both."""
    closed = replace(HEARD, closed_at=NOON + HOUR)
    assert {each.step for each in due(closed)} == {Step.OPENED}
    assert Due("slack", Step.CLOSED, NOON + HOUR) in due(told(closed, "slack", Step.OPENED, NOON))


def test_a_message_that_was_not_taken_is_tried_later_and_later() -> None:
    """From five seconds to ten minutes, or for as long as the vendor asks."""
    waits = []
    incident, now = HEARD, NOON
    for _ in range(9):
        incident = put_off(incident, "slack", "no answer", now)
        again = incident.telling("slack").again_at
        assert again is not None
        waits.append(again - now)
        now = again
    assert waits[:3] == [5 * SECOND, 10 * SECOND, 20 * SECOND]
    assert waits[-1] == 10 * MINUTE
    slow = put_off(HEARD, "slack", "429", NOON, HOUR)
    assert Due("slack", Step.OPENED, NOON + HOUR) in due(slow)
    assert Due("mail", Step.OPENED, NOON) in due(slow)
    taken = told(slow, "slack", Step.OPENED, NOON).telling("slack")
    assert (taken.tries, taken.problem, taken.again_at, taken.failing_since) == (0, "", None, None)


def test_who_fails_for_a_day_is_given_up() -> None:
    """The others are told none the less."""
    incident = put_off(HEARD, "slack", "no answer", NOON)
    incident = put_off(incident, "slack", "no answer", NOON + DAY)
    assert incident.telling("slack").is_over
    assert [each.channel for each in due(incident)] == ["mail"]


def test_who_refuses_is_told_nothing_more_and_another_one_instead() -> None:
    """Once, however many refuse."""
    incident = also_told(refused(HEARD, "slack", "no_service"), "pager", "slack")
    assert [each.channel for each in due(incident)] == ["mail", "pager"]
    assert incident.telling("pager").instead_of == "slack"
    assert also_told(incident, "pager", "mail") == incident
    assert incident.telling("slack").problem == "no_service"


def test_what_is_told_with_others_is_not_told_by_itself() -> None:
    """Neither its beginning nor its end."""
    incident = flooded(HEARD, "slack")
    assert [each.channel for each in due(incident)] == ["mail"]
    assert incident.telling("slack").is_in_flood


def test_what_was_silenced_is_told_to_nobody() -> None:
    """It came and went."""
    assert due(silenced(HEARD)) == []


def test_a_channel_that_is_not_told_of_it_is_not_known() -> None:
    """There is nothing to say of it."""
    with pytest.raises(KeyError):
        HEARD.telling("pager")


def test_keys_tell_incidents_apart() -> None:
    """Those of one cron and condition have a row in common, and each a key of its own."""
    second = replace(HEARD, number=2)
    assert (HEARD.row_key, second.row_key) == ("id/failed", "id/failed")
    assert (HEARD.key, second.key) == ("id/failed/1", "id/failed/2")


@given(st.lists(st.tuples(st.sampled_from(["take", "fail", "close", "wait"]), st.integers(0, 3))))
def test_whatever_happens_each_channel_hears_open_then_reminders_then_closed(
    events: list[tuple[str, int]],
) -> None:
    """Any order of successes, failures and ends; no two ends, no end first."""
    incident, now = replace(HEARD, tellings=tell(["slack"])), NOON
    heard: list[Step] = []
    for what, number in events:
        now += number * 7 * HOUR
        if what == "close" and incident.is_open:
            incident = replace(incident, closed_at=now)
        for message in _now(incident, now) if what in {"take", "fail"} else ():
            if what == "take":
                heard.append(message.step)
                incident = told(incident, message.channel, message.step, now)
            else:
                incident = put_off(incident, message.channel, "no", now)
    assert [step for step in heard if step is not Step.REMINDED] in (
        [],
        [Step.OPENED],
        [Step.OPENED, Step.CLOSED],
    )
    assert heard[:1] in ([], [Step.OPENED])
    assert Step.CLOSED not in heard[:-1]


def _now(incident: Incident, now: datetime) -> list[Due]:
    return [message for message in messages(incident, DAY) if message.at <= now]


def test_what_opened_at_a_time_that_has_not_come_opens_now() -> None:
    """The clock was set back since; who was told of it is not told again for that."""
    incident = told(put_off(HEARD, "mail", "away", NOON), "slack", Step.OPENED, NOON)
    assert not is_ahead(incident, NOON - MINUTE)
    assert is_ahead(incident, NOON - HOUR)
    now = set_back(incident, NOON - HOUR)
    assert (now.opened_at, now.due_at) == (NOON - HOUR, NOON - HOUR)
    assert [(each.channel, each.at) for each in due(now)] == [
        ("slack", NOON - HOUR + DAY),
        ("mail", NOON - HOUR),
    ]
