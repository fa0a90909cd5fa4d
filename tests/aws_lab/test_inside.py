"""moto's private names are as the laboratory takes them to be."""

import inspect
from importlib.metadata import version

from moto.core.common_models import BaseModel
from moto.events.models import EventBus, EventPattern, Rule
from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule
from moto.sns.models import SNSBackend, Subscription
from moto.sqs.models import SQSBackend

PINNED = "5.2.5"


def parameters(function: object) -> list[str]:
    """Return the names of a function's parameters."""
    return list(inspect.signature(function).parameters)  # type: ignore[arg-type]  # moto is untyped


def test_moto_is_the_one_that_was_read() -> None:
    """Another version may have other private names: read them again, then change this."""
    assert version("moto") == PINNED


def test_what_is_replaced_is_still_called() -> None:
    """A replaced method that moto no longer has would be replaced in vain."""
    assert parameters(Rule.send_to_targets) == ["self", "original_event", "transform_input"]
    assert parameters(Subscription.publish)[:5] == [
        "self",
        "message",
        "message_id",
        "subject",
        "message_attributes",
    ]
    assert parameters(SQSBackend.is_message_valid_based_on_retention_period) == [
        "self",
        "queue_name",
        "message",
    ]
    assert parameters(BaseModel.__new__) == ["cls", "args", "kwargs"]


def test_what_is_read_is_still_there() -> None:
    """Attributes and methods that the laboratory reads beside the API."""
    assert {"schedule_groups"} <= set(
        vars(EventBridgeSchedulerBackend(region_name="x", account_id="y"))
    )
    assert parameters(EventBridgeSchedulerBackend.delete_schedule) == ["self", "group_name", "name"]
    assert parameters(SNSBackend.publish)[:5] == [
        "self",
        "message",
        "arn",
        "phone_number",
        "subject",
    ]
    assert "rules" in vars(EventBus("a", "r", "default"))
    assert parameters(EventPattern.matches_event) == ["self", "event"]
    assert "expression" in inspect.getsource(Rule)
    assert {"state", "target", "start_date", "end_date", "flexible_time_window"} <= set(
        parameters(Schedule.__init__)
    )
