"""The guard's script, in a real shell: it tells its time-out from every other end."""

import subprocess

import pytest

from tests.conftest import DEADLINE
from wlcron.engines.ecs.guard import SCRIPT, TIMEOUT


def guard(seconds: str, script: str = SCRIPT) -> subprocess.Popen[bytes]:
    """Start a guard."""
    return subprocess.Popen(  # noqa: S603 -- the script on trial
        ["/bin/sh", "-c", script],
        env={"PATH": "/usr/bin:/bin", TIMEOUT: seconds},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def test_at_its_deadline_it_says_so() -> None:
    """124 and nothing else ends the job as TIMEOUT."""
    with guard("0.05") as process:
        assert process.wait(DEADLINE) == 124


def test_told_to_end_it_ends_at_once() -> None:
    """The job has ended: nobody waits for the guard, and it says nothing of a deadline."""
    trap, rest = SCRIPT.split("\n", 1)
    # In a container its sleep ends with it; here it would keep the pipe open.
    script = f"{trap}\necho ready\n{rest.replace(' &', ' >/dev/null &')}"
    with guard("20", script) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.terminate()
        assert process.wait(DEADLINE / 3) == 0


@pytest.mark.parametrize("seconds", ["", "soon"])
def test_a_sleep_that_fails_is_no_deadline(seconds: str) -> None:
    """The job is ended, because it would have no guard, but not as one that took too long."""
    with guard(seconds) as process:
        assert process.wait(DEADLINE) not in {0, 124}
