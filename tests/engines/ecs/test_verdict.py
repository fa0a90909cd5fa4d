"""What ECS cannot run is refused before it is made, in one sentence each."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.engines.ecs.tasks import ACCOUNT, SETTINGS
from tests.samples import make_definition
from wlcron.aws.settings import AwsSettings
from wlcron.core.cron import Container
from wlcron.engine import Verdict
from wlcron.engines.ecs.verdict import judge

GIB = 1024**3
EC2 = replace(SETTINGS, launch_type="EC2")
SECRET = f"arn:aws:ssm:eu-central-1:{ACCOUNT}:parameter/token"


def verdict(settings: AwsSettings = SETTINGS, **container: object) -> Verdict:
    """Return what is made of a description."""
    fields: dict[str, object] = {"image": "job"}
    description = Container(**(fields | container))  # type: ignore[arg-type]  # test data
    return judge(make_definition(description=description), settings)


@pytest.mark.parametrize("settings", [SETTINGS, EC2])
def test_a_plain_image_is_taken(settings: AwsSettings) -> None:
    """Nothing is asked for, nothing is to be said."""
    assert verdict(settings) == Verdict()


@pytest.mark.parametrize(
    ("container", "settings", "names"),
    [
        ({"image": None, "arguments": ("true",)}, SETTINGS, "description.image"),
        ({"stop_grace": timedelta(seconds=121)}, SETTINGS, "stop-grace"),
        ({"cpu": 17.0}, SETTINGS, "cpu"),
        ({"memory": 121 * GIB}, SETTINGS, "memory"),
        ({"cpu": 193.0}, EC2, "cpu"),
        ({"env": {"BIG": "x" * 70_000}}, SETTINGS, "64 KiB"),
        ({"env": {"TOKEN": SECRET}}, replace(SETTINGS, execution_role=""), "aws.execution-role"),
    ],
)
def test_what_cannot_be_run_is_refused(
    container: dict[str, object], settings: AwsSettings, names: str
) -> None:
    """One sentence that says what to change."""
    [refusal] = verdict(settings, **container).refusals
    assert names in refusal


def test_ec2_has_no_longest_grace() -> None:
    """The limit is Fargate's own."""
    assert verdict(EC2, stop_grace=timedelta(minutes=10)) == Verdict()


def test_a_size_that_is_rounded_up_is_told() -> None:
    """It costs more than what was asked for."""
    [remark] = verdict(cpu=0.3, memory=GIB).remarks
    assert "0.5 cores and 1 GiB" in remark
    assert verdict(cpu=0.5, memory=GIB).remarks == ()
    assert verdict(EC2, cpu=0.3, memory=GIB).remarks == ()


def test_a_secret_is_told() -> None:
    """Who wanted the job to get the ARN itself hears that it will not."""
    [remark] = verdict(env={"TOKEN": SECRET}).remarks
    assert "description.env.TOKEN" in remark
