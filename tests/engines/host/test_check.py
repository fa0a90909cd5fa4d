"""What the host engine refuses, and what it remarks on."""

from pathlib import Path

import pytest

from tests.engines.host.conftest import cron_of
from wlcron.engines.host.check import check, doctor
from wlcron.engines.host.limits import ControlGroups

NOWHERE = ControlGroups(Path("/nowhere"))


def test_a_cron_without_a_command_is_refused() -> None:
    """There is no image here whose command could be run."""
    [sentence] = check(cron_of().definition, NOWHERE, is_root=True).refusals
    assert "`arguments`" in sentence


def test_an_image_is_ignored_and_that_is_said() -> None:
    """A cron for docker runs here without its image."""
    verdict = check(cron_of("true", image="perl:5.40").definition, NOWHERE, is_root=True)
    assert verdict.refusals == ()
    assert verdict.remarks == ("image perl:5.40 is ignored by the host engine",)


def test_another_user_takes_root() -> None:
    """Who is not root is told at once."""
    definition = cron_of("true", user="nobody:nogroup").definition
    assert check(definition, NOWHERE, is_root=True).refusals == ()
    [sentence] = check(definition, NOWHERE, is_root=False).refusals
    assert "nobody" in sentence


@pytest.mark.parametrize("limit", [{"memory": 1_000_000}, {"cpu": 0.5}])
def test_a_limit_that_does_not_hold_is_remarked_on(limit: dict[str, float]) -> None:
    """Without control groups a limit is less than it says."""
    [remark] = check(cron_of("true", **limit).definition, NOWHERE, is_root=True).remarks
    assert remark.startswith(next(iter(limit)))


def test_the_doctor_says_what_is_missing() -> None:
    """Each thing that root or the kernel would add is a finding that is not good."""
    findings = doctor(NOWHERE, isolated=False, is_root=False)
    assert [(finding.subject, finding.good) for finding in findings] == [
        ("guard", False),
        ("memory", False),
        ("cpu", False),
        ("user", False),
    ]
    assert all("root" in finding.says for finding in findings)
