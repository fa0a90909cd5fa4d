"""`wl aws bootstrap` against AWS as the laboratory plays it, over HTTP."""

import json
import os
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.aws_lab.account import client_of
from tests.aws_lab.process import Lab, running_lab
from tests.cli.conftest import Outcome, run_wl, start_process
from wlcron.config import load

Bootstrap = Callable[..., Outcome]
NOWHERE: dict[str, str | None] = {
    "AWS_ACCESS_KEY_ID": None,
    "AWS_SECRET_ACCESS_KEY": None,
    "AWS_ENDPOINT_URL": None,
    "AWS_REGION": None,
    "AWS_DEFAULT_REGION": None,
    "AWS_EC2_METADATA_DISABLED": "true",
    "WL_CONFIG": None,
}


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """Return a laboratory."""
    with running_lab("--engine", "host") as lab:
        yield lab


@pytest.fixture
def bootstrap(lab: Lab, tmp_path: Path, request: pytest.FixtureRequest) -> Bootstrap:
    """Return a function that bootstraps an instance of this test's own."""
    instance = f"t{abs(hash(request.node.name)) % 10**9}"
    home = {"HOME": str(tmp_path), "AWS_CONFIG_FILE": str(tmp_path / "none")}

    def call(*arguments: str, env: dict[str, str | None] | None = None) -> Outcome:
        environment = {**NOWHERE, **home, **lab.environment(), "WL_AWS_INSTANCE": instance}
        return run_wl("aws", "bootstrap", *arguments, env={**environment, **(env or {})})

    return call


def options(outcome: Outcome) -> dict[str, str]:
    """Return the table [aws] that was printed."""
    table: dict[str, str] = tomllib.loads(outcome.out)["aws"]
    return table


def server_parameters(lab: Lab) -> dict[str, str]:
    """Return the parameters with which the server is made, too."""
    ec2 = client_of(lab, "ec2")
    zone = client_of(lab, "route53").create_hosted_zone(Name="example.com", CallerReference="x")
    domain = "cron.example.com"
    return {
        "Vpc": ec2.describe_vpcs()["Vpcs"][0]["VpcId"],
        "Subnets": ",".join(each["SubnetId"] for each in ec2.describe_subnets()["Subnets"][:2]),
        "Certificate": client_of(lab, "acm").request_certificate(DomainName=domain)[
            "CertificateArn"
        ],
        "Domain": domain,
        "HostedZone": zone["HostedZone"]["Id"].rpartition("/")[2],
        "Image": "example/wlcron:1",
        "TokenSecret": "arn:aws:secretsmanager:us-east-1:123456789012:secret:wlcron-abcdef",
        "SecretArns": "arn:aws:secretsmanager:us-east-1:123456789012:secret:job-*",
    }


def test_what_is_printed_is_a_whole_configuration_of_what_was_made(
    lab: Lab, bootstrap: Bootstrap, tmp_path: Path
) -> None:
    """The server takes it as it is, and everything that it names is there."""
    outcome = bootstrap()
    assert outcome.code == 0
    (tmp_path / "wl.toml").write_text(outcome.out)
    settings = load({}, {}, tmp_path / "wl.toml")
    aws = settings.aws
    assert (settings.engine, settings.database) == ("ecs", "dynamodb")
    topic = client_of(lab, "sns").get_topic_attributes(TopicArn=aws.topic)["Attributes"]
    queue = client_of(lab, "sqs").get_queue_attributes(QueueUrl=aws.queue, AttributeNames=["All"])
    clusters = client_of(lab, "ecs").describe_clusters(clusters=[aws.cluster])["clusters"]
    groups = client_of(lab, "logs").describe_log_groups(logGroupNamePrefix=aws.log_group)
    tables = client_of(lab, "dynamodb").list_tables()["TableNames"]
    assert topic["SignatureVersion"] == "2"
    assert json.loads(queue["Attributes"]["RedrivePolicy"])["maxReceiveCount"] == 100
    assert [cluster["status"] for cluster in clusters] == ["ACTIVE"]
    assert [group["retentionInDays"] for group in groups["logGroups"]] == [30]
    assert len([table for table in tables if table.startswith(f"{aws.tables}-")]) == 2
    for role in (aws.trigger_role, aws.execution_role, aws.task_role):
        client_of(lab, "iam").get_role(RoleName=role.rpartition("/")[2])


def test_tasks_run_in_the_network_that_was_named(
    lab: Lab, bootstrap: Bootstrap, tmp_path: Path
) -> None:
    """With a security group that lets nothing in."""
    ec2 = client_of(lab, "ec2")
    subnets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"][:2]]
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    named = ("--set", f"Vpc={vpc}", "--set", f"Subnets={','.join(subnets)}")
    (tmp_path / "wl.toml").write_text(bootstrap(*named, "--set", "PublicIp=true").out)
    aws = load({}, {}, tmp_path / "wl.toml").aws
    groups = ec2.describe_security_groups(GroupIds=list(aws.security_groups))["SecurityGroups"]
    assert (aws.subnets, aws.public_ip) == (tuple(subnets), True)
    assert [group["IpPermissions"] for group in groups] == [[]]


@pytest.mark.parametrize("trigger", ["scheduler", "rules"])
def test_the_server_in_the_stack_has_the_options_that_are_printed(
    lab: Lab, bootstrap: Bootstrap, tmp_path: Path, trigger: str
) -> None:
    """Whoever runs it elsewhere has the same."""
    named = {**server_parameters(lab), "Trigger": trigger}
    outcome = bootstrap(*(part for pair in named.items() for part in ("--set", "=".join(pair))))
    (tmp_path / "wl.toml").write_text(outcome.out)
    printed = load({}, {}, tmp_path / "wl.toml")
    ecs = client_of(lab, "ecs")
    family = f"wlcron-{printed.aws.instance}"
    (service,) = ecs.describe_services(cluster=printed.aws.cluster, services=[family])["services"]
    made = ecs.describe_task_definition(taskDefinition=f"{family}-server")["taskDefinition"]
    (container,) = made["containerDefinitions"]
    given = load({}, {each["name"]: each["value"] for each in container["environment"]}, None)
    assert (given.aws, given.engine, given.database) == (printed.aws, "ecs", "dynamodb")
    assert given.aws.trigger == trigger
    assert service["desiredCount"] == 2
    assert container["secrets"] == [{"name": "WL_TOKEN", "valueFrom": named["TokenSecret"]}]


def test_events_of_our_cluster_come_to_our_queue(lab: Lab, bootstrap: Bootstrap) -> None:
    """Those of tasks that run and of tasks that have stopped."""
    made = options(bootstrap())
    name = f"wlcron-{made['instance']}-task-events"
    rule = client_of(lab, "events").describe_rule(Name=name)
    targets = client_of(lab, "events").list_targets_by_rule(Rule=name)["Targets"]
    pattern = json.loads(rule["EventPattern"])
    assert pattern["detail"]["lastStatus"] == ["RUNNING", "STOPPED"]
    assert pattern["detail"]["clusterArn"][0].endswith(f":cluster/{made['cluster']}")
    assert targets[0]["Arn"].endswith(f":{made['queue'].rpartition('/')[2]}")


def test_a_dry_run_makes_nothing(lab: Lab, bootstrap: Bootstrap) -> None:
    """Not even the empty stack of a change set; it lists what would be made."""
    code, out, err = bootstrap("--dry-run")
    assert code == 0
    assert "Add     Topic " in out
    assert "LoadBalancer" not in out
    assert err.startswith("Nothing was changed")
    stacks = client_of(lab, "cloudformation").list_stacks()["StackSummaries"]
    assert not [
        each for each in stacks if each["StackName"] in err and "DELETE" not in each["StackStatus"]
    ]


def test_a_second_time_nothing_changes(bootstrap: Bootstrap) -> None:
    """The same is printed, and a dry run finds nothing to do."""
    first = bootstrap()
    second = bootstrap()
    assert (second.code, second.out) == (0, first.out)
    assert "is as it should be" in second.err
    assert bootstrap("--dry-run") == (
        0,
        "",
        second.err.splitlines()[-1][:-1] + "; nothing would change.\n",
    )


def test_parameters_that_are_not_set_stay_as_they_are(lab: Lab, bootstrap: Bootstrap) -> None:
    """Or the next bootstrap would take away the subscription."""
    made = options(bootstrap("--set", "Endpoint=https://cron.example.com"))
    assert bootstrap("--set", "Servers=3").code == 0
    cloud = client_of(lab, "cloudformation")
    described = cloud.describe_stacks(StackName=f"wl-{made['instance']}")["Stacks"][0]
    values = {each["ParameterKey"]: each["ParameterValue"] for each in described["Parameters"]}
    assert (values["Endpoint"], values["Servers"]) == ("https://cron.example.com", "3")


def test_programs_get_json(bootstrap: Bootstrap) -> None:
    """Changes, options and the stack's other outputs."""
    told = json.loads(bootstrap("-o", "json").out)
    assert {"stack", "changes", "options", "outputs"} == set(told)
    assert told["options"]["region"] == "us-east-1"
    assert "ServerPolicy" in told["outputs"]


def test_a_stack_that_cannot_be_made_has_to_be_deleted_first(
    lab: Lab, bootstrap: Bootstrap
) -> None:
    """The reason is told, and at the next attempt what to do."""
    told = json.loads(bootstrap("--dry-run", "-o", "json").out)
    client_of(lab, "logs").create_log_group(logGroupName=f"/wlcron/{told['stack'][3:]}")
    first, second = bootstrap(), bootstrap()
    assert (first.code, first.out, first.err.count("\n")) == (1, "", 1)
    assert "has to be deleted (ROLLBACK_COMPLETE), because of" in first.err
    assert "log group already exists" in first.err
    assert (second.code, second.out, second.err.count("\n")) == (1, "", 1)
    assert "aws cloudformation delete-stack --stack-name wl-" in second.err


def test_a_stack_of_somebody_else_is_left_as_it_is(lab: Lab, bootstrap: Bootstrap) -> None:
    """Whatever its name."""
    queue = '{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}'
    cloud = client_of(lab, "cloudformation")
    cloud.create_stack(StackName="wl-theirs", TemplateBody=queue)
    code, out, err = bootstrap("--instance", "theirs")
    assert (code, out) == (1, "")
    assert err == (
        "wl: there is a stack wl-theirs that wlcron did not make, which is left as it is:"
        " choose another instance\n"
    )
    assert len(cloud.list_stack_resources(StackName="wl-theirs")["StackResourceSummaries"]) == 1


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ({"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}, "credentials are missing"),
        ({"AWS_REGION": None, "AWS_DEFAULT_REGION": None}, "region is not known"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_MAX_ATTEMPTS": "1"}, "does not answer"),
    ],
)
def test_bad_ground_is_one_sentence(
    bootstrap: Bootstrap, missing: dict[str, str | None], words: str
) -> None:
    """Exit code 1."""
    code, out, err = bootstrap(env=missing)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert words in err


@pytest.mark.parametrize(
    "arguments", [("--set", "Endpoint"), ("--set", "=x"), ("--instance", "Not a name")]
)
def test_wrong_usage_is_one_sentence(bootstrap: Bootstrap, arguments: tuple[str, ...]) -> None:
    """Exit code 2."""
    code, out, err = bootstrap(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)


@pytest.mark.acceptance
def test_progress_is_shown_on_a_terminal_alone(lab: Lab, tmp_path: Path) -> None:
    """In a pipe there is the result and nothing else."""
    env: dict[str, str | None] = {**lab.environment(), "HOME": str(tmp_path)}
    ours, theirs = os.openpty()
    arguments = ("aws", "bootstrap", "--instance", "terminal")
    with start_process(*arguments, env=env, stderr=theirs) as process:
        process.communicate()
    shown = os.read(ours, 65536).decode()
    os.close(theirs)
    os.close(ours)
    with start_process(*arguments[:-1], "pipe", env=env) as process:
        err = process.communicate()[1].decode()
    assert "CREATE_COMPLETE      wl-terminal" in shown
    assert "CREATE_COMPLETE" not in err
