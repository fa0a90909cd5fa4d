"""The template: within AWS's limits, least of privileges, and true to the code that uses it."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.session import get_session

from wlcron.aws.bootstrap import option_name
from wlcron.aws.template import LARGEST, template_document, template_text
from wlcron.config import OPTIONS

TEMPLATE = template_document()
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]
SOURCES = Path(__file__).parents[2] / "src" / "wlcron"
USERS = ("api", "app", "aws", "engines/ecs", "sns", "stores/dynamodb", "triggers/eventbridge")
SERVICES = ("dynamodb", "ecs", "events", "iam", "logs", "scheduler", "sns", "sqs")
# Operations that are allowed under other names, and what is allowed by a call's parameters.
OTHERWISE = {
    "sqs:ChangeMessageVisibilityBatch": ["sqs:ChangeMessageVisibility"],
    "sqs:DeleteMessageBatch": ["sqs:DeleteMessage"],
    "dynamodb:TransactWriteItems": [
        f"dynamodb:{verb}Item" for verb in ("ConditionCheck", "Delete", "Put", "Update")
    ],
    "dynamodb:TransactGetItems": ["dynamodb:GetItem"],
}
WITH_PARAMETERS = {
    "iam:PassRole",
    "ecs:TagResource",  # RegisterTaskDefinition and RunTask, with tags
    "events:TagResource",  # PutRule, with tags
    "scheduler:TagResource",  # CreateScheduleGroup, with tags
}


def both_ways(value: Any) -> list[Any]:  # noqa: ANN401 -- any part of a template
    """Return what an Fn::If may be, or the value itself; without NoValue."""
    if isinstance(value, dict) and "Fn::If" in value:
        return [each for each in value["Fn::If"][1:] if each != {"Ref": "AWS::NoValue"}]
    return [value]


def statements(policy: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield all statements that a policy may have."""
    for listed in policy["Statement"]:
        yield from both_ways(listed)


def actions(statement: dict[str, Any]) -> list[str]:
    """Return the actions of a statement."""
    listed = [
        each
        for way in both_ways(statement["Action"])
        for each in (way if isinstance(way, list) else [way])
    ]
    return [str(each) for each in listed]


def policies() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield all statements that give something to our roles, with the role's name."""
    for name, resource in RESOURCES.items():
        properties = resource["Properties"]
        if resource["Type"] == "AWS::IAM::ManagedPolicy":
            yield from ((name, each) for each in statements(properties["PolicyDocument"]))
        for policy in properties.get("Policies", []):
            yield from ((name, each) for each in statements(policy["PolicyDocument"]))


def operations() -> dict[str, dict[str, str]]:
    """Return the names of operations in Python -> in AWS, of each service."""
    session = get_session()
    return {
        service: {
            xform_name(operation): f"{service}:{operation}"
            for operation in session.get_service_model(service).operation_names
        }
        for service in SERVICES
    }


def calls() -> set[str]:
    """Return the operations that the server's code names, in modules that name their service."""
    known = operations()
    found: set[str] = set()
    for path in (path for user in USERS for path in (SOURCES / user).rglob("*.py")):
        tree = ast.parse(path.read_text())
        constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        texts = {value for value in constants if isinstance(value, str)}
        names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        for service in texts & set(SERVICES):
            found |= {known[service][name] for name in (texts | names) & set(known[service])}
    return found


def test_the_template_fits_into_a_request() -> None:
    """A larger one would need a bucket."""
    assert len(template_text().encode()) <= LARGEST


def test_the_server_may_do_what_its_code_does_and_no_more() -> None:
    """A permission that is missing, or that nobody uses."""
    called = {action for call in calls() for action in OTHERWISE.get(call, [call])}
    allowed = {
        action
        for name, statement in policies()
        if name == "ServerPolicy"
        for action in actions(statement)
    }
    assert sorted(allowed) == sorted(called | WITH_PARAMETERS)


def test_the_servers_policy_fits_into_a_managed_policy() -> None:
    """IAM counts 6,144 characters without white space; names are taken to be long."""
    document = RESOURCES["ServerPolicy"]["Properties"]["PolicyDocument"]
    text = re.sub(r"\s", "", json.dumps(list(statements(document))))
    # What stands for an ARN is as long as an ARN, about.
    assert len(text) <= 6144


def test_everything_is_allowed_on_named_resources_where_aws_knows_such() -> None:
    """These actions have no resources to name, or are bound by a condition."""
    everywhere = {
        action
        for _, statement in policies()
        for action in actions(statement)
        if "*" in (statement["Resource"], *statement["Resource"]) and "Condition" not in statement
    }
    assert everywhere == {
        "ecr:GetAuthorizationToken",
        "ecs:DeregisterTaskDefinition",
        "ecs:DescribeTaskDefinition",
        "ecs:ListTaskDefinitionFamilies",
        "ecs:ListTaskDefinitions",
        "ecs:RegisterTaskDefinition",
        "events:ListRules",
        "logs:DescribeLogGroups",
        "scheduler:ListSchedules",
    }


def test_no_action_is_a_pattern() -> None:
    """Not even `dynamodb:*` on a table of ours."""
    assert [action for _, each in policies() for action in actions(each) if "*" in action] == []


def test_a_role_is_passed_to_one_service_alone() -> None:
    """Whoever may pass a role to any service has whatever that role has."""
    passing = [each for _, each in policies() if "iam:PassRole" in actions(each)]
    services = [each["Condition"]["StringEquals"]["iam:PassedToService"] for each in passing]
    assert services == ["ecs-tasks.amazonaws.com", "scheduler.amazonaws.com"]


def test_jobs_may_do_nothing_by_default() -> None:
    """Their role has the policies that somebody names."""
    role = RESOURCES["TaskRole"]["Properties"]
    assert "Policies" not in role
    assert TEMPLATE["Parameters"]["TaskPolicies"]["Default"] == ""


def test_roles_are_assumed_for_our_account_alone() -> None:
    """A service may not be used as somebody else's deputy."""
    roles = [each for each in RESOURCES.values() if each["Type"] == "AWS::IAM::Role"]
    trusts = [each["Properties"]["AssumeRolePolicyDocument"]["Statement"] for each in roles]
    for (statement,) in trusts:
        assert statement["Condition"]["StringEquals"] == {
            "aws:SourceAccount": {"Ref": "AWS::AccountId"}
        }
        assert "aws:SourceArn" in json.dumps(statement["Condition"])


def test_eventbridge_may_publish_without_a_condition() -> None:
    """EventBridge's guide: no conditions in SNS topic policies; slots would be lost in silence."""
    policy = RESOURCES["TopicPolicy"]
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert policy["Condition"] == "ByRules"
    assert "Condition" not in statement
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}


@pytest.mark.parametrize("name", ["Subscription", "ServerSubscription"])
def test_retries_use_most_of_the_hour_that_sns_gives(name: str) -> None:
    """And keep SNS's rules: at most 100 retries, 3,600 s, phases within them."""
    policy = RESOURCES[name]["Properties"]["DeliveryPolicy"]["healthyRetryPolicy"]
    phases = [policy[f"num{phase}Retries"] for phase in ("NoDelay", "MinDelay", "MaxDelay")]
    rising = policy["numRetries"] - sum(phases)
    at_least = phases[1] * policy["minDelayTarget"] + phases[2] * policy["maxDelayTarget"]
    at_most = at_least + rising * policy["maxDelayTarget"]
    assert 1 <= policy["minDelayTarget"] <= policy["maxDelayTarget"] <= 3600
    assert policy["numRetries"] <= 100
    assert rising >= 0
    assert at_least >= 1800
    assert at_most <= 3600


def test_every_queue_that_is_read_puts_aside_what_cannot_be_handled() -> None:
    """And what is put aside, and what waits, is kept for as long as SQS can."""
    queues = [each["Properties"] for each in RESOURCES.values() if each["Type"].endswith("::Queue")]
    assert [each["QueueName"]["Fn::Sub"] for each in queues if "RedrivePolicy" in each] == [
        "wl-${Instance}-events"
    ]
    assert {each["MessageRetentionPeriod"] for each in queues} == {14 * 86400}


def test_no_cron_has_the_names_of_what_the_stack_has() -> None:
    """A cron's rule, schedule and family are `wl-<instance>-<cron>`."""
    kinds = {
        "AWS::Events::Rule": "Name",
        "AWS::ECS::TaskDefinition": "Family",
        "AWS::ECS::Service": "ServiceName",
    }
    names = [
        each["Properties"][kinds[each["Type"]]]["Fn::Sub"]
        for each in RESOURCES.values()
        if each["Type"] in kinds
    ]
    assert names
    assert not [name for name in names if name.startswith("wl-")]


def test_the_server_in_the_stack_has_every_option_that_bootstrap_prints() -> None:
    """Both make the same things; a flag, a variable and an output are spelt alike."""
    container = RESOURCES["Server"]["Properties"]["ContainerDefinitions"][0]
    environment = [way for each in container["Environment"] for way in both_ways(each)]
    variables = {each["Name"] for each in environment}
    known = {option.name: option.variable for option in OPTIONS}
    printed = {f"aws.{name}" for key in TEMPLATE["Outputs"] if (name := option_name(key))}
    assert variables <= set(known.values())
    assert {each for each in variables if "_AWS_" in each} == {known[name] for name in printed}


def test_tables_outlive_the_stack() -> None:
    """What is known of executions is not lost by a mistake."""
    tables = [each for each in RESOURCES.values() if each["Type"] == "AWS::DynamoDB::Table"]
    assert len(tables) == 2
    for table in tables:
        recovery = table["Properties"]["PointInTimeRecoverySpecification"]
        assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
        assert recovery == {"PointInTimeRecoveryEnabled": True}
        assert table["Properties"]["BillingMode"] == "PAY_PER_REQUEST"
