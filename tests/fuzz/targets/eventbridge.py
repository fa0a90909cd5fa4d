"""What EventBridge hands on when a slot is due, inside a message that SNS has signed."""

import json

from tests.fuzz.rules import all_text, can_be_stored, is_one_sentence
from tests.fuzz.targets import Target, words
from wlcron.errors import RefusedError
from wlcron.triggers.eventbridge.delivery import owner_of, read_delivery, rule_input, schedule_input


def check(data: bytes) -> None:
    """Read a delivery; what it names can be looked up in a store."""
    message = data.decode(errors="replace")
    all_text(owner_of(message) or ())
    try:
        delivery = read_delivery(message)
    except RefusedError as error:
        is_one_sentence(error)
        return
    can_be_stored(delivery.instance, delivery.cron, delivery.id, delivery.slot)
    assert isinstance(delivery.is_exact, bool)
    assert delivery.slot.microsecond == 0


_AT = "2026-11-23T12:00:00Z"
_RULE = rule_input("default", "tidy", is_exact=False)["InputTemplate"]
_SCHEDULE = schedule_input("default", "tidy", is_exact=True)
DELIVERIES = Target(
    "deliveries",
    check,
    [
        _RULE.replace("<time>", json.dumps(_AT)).replace("<id>", '"1"').encode(),
        _SCHEDULE.replace("<aws.scheduler.scheduled-time>", _AT).encode(),
    ],
    words("slot scheduled time exact instance cron id 2026-11-23T12:00:59+14:00"),
    is_json=True,
)
