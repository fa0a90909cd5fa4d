"""Rules and schedules fire, and what AWS refuses is refused."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws_lab.clients import Make, wait_until
from tests.aws_lab.clock import AwsTime
from tests.aws_lab.control import Control, ControlError
from tests.aws_lab.endpoint import Endpoint
from tests.aws_lab.place import ACCOUNT, REGION
from tests.aws_lab.test_topics import subscribe

SLOT = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/any"


def put_rule(aws: Make, name: str, topic: str, expression: str, **target: Any) -> None:  # noqa: ANN401 -- as boto3 takes it
    """Make a rule that publishes to a topic."""
    events = aws("events")
    events.put_rule(Name=name, ScheduleExpression=expression)
    events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": topic} | target])


def create_schedule(aws: Make, name: str, topic: str, expression: str, **more: Any) -> None:  # noqa: ANN401 -- as boto3 takes it
    """Make a schedule that publishes its context to a topic."""
    context = {
        "at": "<aws.scheduler.scheduled-time>",
        "schedule": "<aws.scheduler.schedule-arn>",
        "id": "<aws.scheduler.execution-id>",
        "attempt": "<aws.scheduler.attempt-number>",
    }
    aws("scheduler").create_schedule(
        Name=name,
        ScheduleExpression=expression,
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": topic, "RoleArn": ROLE, "Input": json.dumps(context)},
        **more,
    )


def test_a_rule_fires_each_minute_until_it_is_disabled(aws: Make, endpoint: Endpoint) -> None:
    """A compressed minute is a second; the event is EventBridge's own, inside a notification."""
    topic = subscribe(aws, "rules", endpoint)
    put_rule(aws, "each-minute", topic, "cron(* * * * ? *)")
    first, second = (json.loads(endpoint.next().json["Message"]) for _ in range(2))
    aws("events").disable_rule(Name="each-minute")
    assert first["detail-type"] == "Scheduled Event"
    assert first["resources"] == [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/each-minute"]
    times = [datetime.fromisoformat(event["time"]) for event in (first, second)]
    assert times[1] - times[0] == timedelta(minutes=1)


def test_a_schedule_says_which_slot_it_is_about(aws: Make, endpoint: Endpoint) -> None:
    """Context attributes are filled in, in the schedule's own zone."""
    topic = subscribe(aws, "schedules", endpoint)
    create_schedule(
        aws, "often", topic, "rate(1 minute)", ScheduleExpressionTimezone="Europe/Berlin"
    )
    said = [json.loads(endpoint.next().json["Message"]) for _ in range(2)]
    aws("scheduler").delete_schedule(Name="often")
    arn = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/often"
    assert {(one["schedule"], one["attempt"]) for one in said} == {(arn, "1")}
    times = [datetime.fromisoformat(one["at"]) for one in said]
    assert times[1] - times[0] == timedelta(minutes=1)
    assert said[0]["id"] != said[1]["id"]


def test_at_fires_once_and_goes_if_it_shall(
    aws: Make, endpoint: Endpoint, control: Control
) -> None:
    """ActionAfterCompletion DELETE takes the schedule away after its one slot."""
    topic = subscribe(aws, "once", endpoint)
    soon = (control.now() + timedelta(seconds=90)).replace(microsecond=0, tzinfo=None)
    create_schedule(aws, "soon", topic, f"at({soon.isoformat()})", ActionAfterCompletion="DELETE")
    assert json.loads(endpoint.next().json["Message"])["at"] == f"{soon.isoformat()}Z"
    wait_until(lambda: not aws("scheduler").list_schedules(NamePrefix="soon")["Schedules"])


def test_a_slot_is_fired_on_demand(aws: Make, endpoint: Endpoint, control: Control) -> None:
    """`fire` needs no time to pass, holds the slot, and repeats it with ids of their own."""
    topic = subscribe(aws, "fired", endpoint)
    template = '{"cron": "tidy", "time": <time>, "text": "it is <time>"}'
    transformer = {"InputPathsMap": {"time": "$.time"}, "InputTemplate": template}
    put_rule(aws, "yearly", topic, "cron(0 0 1 1 ? 2199)", InputTransformer=transformer)
    create_schedule(aws, "last", topic, "cron(0 0 1 1 ? 2199)")
    ids = control.fire("yearly", SLOT, copies=2)
    messages = [endpoint.next().json for _ in range(2)]
    written = "2027-03-01T09:30:00Z"
    assert {message["MessageId"] for message in messages} == set(ids)
    assert [json.loads(message["Message"]) for message in messages] == [
        {"cron": "tidy", "time": written, "text": f"it is {written}"}
    ] * 2
    control.fire("last", SLOT)
    assert json.loads(endpoint.next().json["Message"])["at"] == written
    with pytest.raises(ControlError, match="no rule or schedule 'nobody'"):
        control.fire("nobody")


def test_a_rule_with_a_pattern_delivers_what_matches(aws: Make, control: Control) -> None:
    """Pattern rules reach queues; those of schedules, and disabled ones, stay silent."""
    sqs, events = aws("sqs"), aws("events")
    url = sqs.create_queue(QueueName="patterns")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:patterns"
    for name, state in (("matching", "ENABLED"), ("disabled", "DISABLED")):
        events.put_rule(Name=name, EventPattern='{"source": ["ours"]}', State=state)
        events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": arn}])
    entry = {"Source": "ours", "DetailType": "news", "Detail": '{"a": 1}'}
    events.put_events(Entries=[entry, entry | {"Source": "theirs"}])
    [message] = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=5)[
        "Messages"
    ]
    event = json.loads(message["Body"])
    assert (event["source"], event["detail"], event["account"]) == ("ours", {"a": 1}, ACCOUNT)
    assert datetime.fromisoformat(event["time"]).tzinfo is UTC
    assert control.failures() == []


@pytest.mark.parametrize(
    "expression",
    ["cron(garbage)", "rate(0 minutes)", "rate(1 minutes)", "cron(0 1 * * * *)", "* * * * *"],
)
def test_expressions_that_are_none_are_refused(aws: Make, expression: str) -> None:
    """Moto takes anything; AWS does not."""
    with pytest.raises(ClientError, match=r"ValidationException.*ScheduleExpression is not valid"):
        aws("events").put_rule(Name="bad", ScheduleExpression=expression)
    if expression != "rate(1 minutes)":
        with pytest.raises(ClientError, match=r"ValidationException.*Invalid Schedule Expression"):
            create_schedule(aws, "bad", "arn:aws:sns:us-east-1:1:x", expression)


def test_compressed_time_begins_with_the_real_one() -> None:
    """AWS's time runs ahead from the laboratory's start on."""
    began = datetime.now(UTC).timestamp()
    assert AwsTime(60, began - 5).now() - datetime.now(UTC) < timedelta(seconds=1)
    assert AwsTime(1, began - 5).now() - datetime.now(UTC) > timedelta(minutes=4)
