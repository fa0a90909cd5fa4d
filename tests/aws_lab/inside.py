"""The one place that knows moto's private names; `test_inside.py` fails when they change.

Whoever calls what is here from outside of a request holds `Moto.lock`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from moto.core.common_models import BaseModel
from moto.ecs.models import EC2ContainerServiceBackend
from moto.events import events_backends
from moto.events.models import Rule
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.scheduler import scheduler_backends
from moto.sns import sns_backends
from moto.sns.models import Subscription
from moto.sqs.models import SQSBackend
from werkzeug.serving import make_server

from tests.aws_lab.place import ACCOUNT, REGION
from tests.aws_lab.undoing import mend_transactions

Application: TypeAlias = Callable[[dict[str, Any], Callable[..., None]], Iterable[bytes]]
Event: TypeAlias = dict[str, Any]
ToTarget: TypeAlias = Callable[[str, dict[str, Any], Event], object]  # rule's ARN, target, event


@dataclass(frozen=True, slots=True)
class Timed:
    """A rule with a schedule, or a schedule of EventBridge Scheduler, as it is now."""

    arn: str
    expression: str
    is_enabled: bool
    targets: tuple[dict[str, Any], ...]
    is_rule: bool = False
    timezone: str = "UTC"
    start: datetime | None = None
    end: datetime | None = None
    window: int = 0  # minutes: FlexibleTimeWindow
    is_deleted_after: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """What goes to one subscription over HTTP."""

    subscription: str  # ARN
    topic: str
    endpoint: str
    message: str
    message_id: str
    subject: str | None = None
    attributes: dict[str, Any] | None = None


def make_moto() -> Application:
    """Return moto as a WSGI application, mended."""
    # Every instance would be kept for ever, for a dashboard.
    BaseModel.__new__ = lambda cls, *_args, **_more: object.__new__(cls)
    # It is asked for every message of a queue, and reads the whole queue each time.
    SQSBackend.is_message_valid_based_on_retention_period = lambda *_: True
    mend_transactions()
    EC2ContainerServiceBackend.list_task_definition_families = _active_families
    return DomainDispatcherApplication(create_backend_app)  # type: ignore[no-any-return]  # moto is untyped


def mend_rules(to_target: ToTarget) -> None:
    """Let rules deliver as AWS's do: enabled ones with a pattern, to whatever target."""

    def send_to_targets(rule: Any, event: Event, transform_input: bool = True) -> None:  # noqa: ANN401, ARG001, FBT001, FBT002 -- moto's own signature
        pattern = rule.event_pattern
        if rule.state != "ENABLED" or not pattern.get_pattern():
            return
        whole = _as_sent(event)
        if pattern.matches_event(whole):
            for target in rule.targets:
                to_target(rule.arn, target, whole)

    Rule.send_to_targets = send_to_targets


def mend_subscriptions(deliver: Callable[[Post], object]) -> None:
    """Hand what is published to HTTP endpoints to `deliver`, in place of posting it at once."""
    publish = Subscription.publish

    def publish_to(
        subscription: Any,  # noqa: ANN401 -- moto is untyped
        message: str,
        message_id: str,
        subject: str | None = None,
        message_attributes: dict[str, Any] | None = None,
        **more: Any,  # noqa: ANN401 -- moto is untyped
    ) -> None:
        if subscription.protocol not in {"http", "https"}:
            publish(subscription, message, message_id, subject, message_attributes, **more)
            return
        matcher = subscription._filter_policy_matcher  # noqa: SLF001 -- moto's private name
        if matcher is None or matcher.matches(message_attributes, message):
            place = (subscription.arn, subscription.topic.arn, subscription.endpoint)
            deliver(Post(*place, message, message_id, subject, message_attributes))

    Subscription.publish = publish_to


def send_event(event: Event) -> None:
    """Give an event to all rules of the default bus."""
    for rule in list(_bus().rules.values()):
        rule.send_to_targets(event)


def timed() -> Iterator[Timed]:
    """Yield all that is due by the clock, rules first."""
    for rule in _bus().rules.values():
        if rule.scheduled_expression:
            targets = tuple(dict(target) for target in rule.targets)
            enabled = rule.state == "ENABLED"
            yield Timed(rule.arn, rule.scheduled_expression, enabled, targets, is_rule=True)
    for group in scheduler_backends[ACCOUNT][REGION].schedule_groups.values():
        for schedule in group.schedules.values():
            yield _timed(schedule)


def delete_schedule(arn: str) -> None:
    """Delete a schedule of EventBridge Scheduler."""
    _, group, name = arn.rsplit("/", 2)
    scheduler_backends[ACCOUNT][REGION].delete_schedule(group, name)


def publish(topic: str, message: str, subject: str | None = None) -> str:
    """Publish to a topic, as EventBridge does; return the message's id."""
    return str(sns_backends[ACCOUNT][REGION].publish(message, topic, subject=subject))


def subscription_of(arn: str) -> Post | None:
    """Return where a subscription over HTTP leads; None if there is none such."""
    found = sns_backends[ACCOUNT][REGION].subscriptions.get(arn)
    if found is None or found.protocol not in {"http", "https"}:
        return None
    return Post(arn, found.topic.arn, found.endpoint, "", "")


def set_pending(arn: str, *, is_pending: bool) -> None:
    """Write into a subscription whether it waits for its confirmation."""
    attributes = sns_backends[ACCOUNT][REGION].subscriptions[arn].attributes
    attributes["PendingConfirmation"] = is_pending


def subscription_attribute(arn: str, name: str) -> Any:  # noqa: ANN401 -- whatever was set
    """Return an attribute of a subscription, such as RawMessageDelivery; None if it is not set."""
    found = sns_backends[ACCOUNT][REGION].subscriptions.get(arn)
    return None if found is None else found.attributes.get(name)


def signature_version(topic: str) -> str:
    """Return a topic's attribute SignatureVersion: "1" where it was not set."""
    found = sns_backends[ACCOUNT][REGION].topics.get(topic)
    return str(getattr(found, "signature_version", "1"))


class _Handler(MotoRequestHandler):  # type: ignore[misc]  # moto is untyped
    """Keeps connections open, sends at once, says nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, *_: object) -> None:
        """Log no request: errors alone are worth reading."""


def make_http(port: int, application: object) -> Any:  # noqa: ANN401 -- werkzeug is untyped
    """Return a server on 127.0.0.1, with a thread for each connection; port 0: any."""
    return make_server("127.0.0.1", port, application, threaded=True, request_handler=_Handler)


def _active_families(backend: Any, family_prefix: str | None = None) -> list[str]:  # noqa: ANN401 -- moto is untyped
    """Return what ECS lists with the status ACTIVE, which moto does not look at."""
    return [
        family
        for family, revisions in backend.task_definitions.items()
        if family.startswith(family_prefix or "")
        and any(each.status == "ACTIVE" for each in revisions.values())
    ]


def _bus() -> Any:  # noqa: ANN401 -- moto is untyped
    return events_backends[ACCOUNT][REGION].event_buses["default"]


def _as_sent(event: Event) -> Event:
    time = event.get("time")
    if isinstance(time, int | float):
        time = f"{datetime.fromtimestamp(time, UTC):%Y-%m-%dT%H:%M:%SZ}"
    return {k: v for k, v in event.items() if k != "ingestion-time"} | {"time": time}


def _timed(schedule: Any) -> Timed:  # noqa: ANN401 -- moto is untyped
    window = schedule.flexible_time_window
    return Timed(
        schedule.arn,
        schedule.schedule_expression,
        schedule.state == "ENABLED",
        (dict(schedule.target),),
        timezone=schedule.schedule_expression_timezone,
        start=_instant(schedule.start_date),
        end=_instant(schedule.end_date),
        window=window.get("MaximumWindowInMinutes", 0) if window["Mode"] == "FLEXIBLE" else 0,
        is_deleted_after=schedule.action_after_completion == "DELETE",
    )


def _instant(value: Any) -> datetime | None:  # noqa: ANN401 -- moto keeps what was sent
    if value is None:
        return None
    if isinstance(value, str) and not value.replace(".", "").isdigit():
        return datetime.fromisoformat(value)
    return datetime.fromtimestamp(float(value), UTC)
