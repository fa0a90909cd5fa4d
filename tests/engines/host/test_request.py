"""What the guard is asked to start."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.contract.engines import execution_of
from tests.engines.host.conftest import cron_of
from tests.samples import NOON
from wlcron.core.cron import Cron
from wlcron.core.execution import Overrides
from wlcron.engines.host.protocol import StartRequest
from wlcron.engines.host.request import start_request

SERVER = {"PATH": "/bin", "HOME": "/home/wl", "LANG": "C", "SECRET": "token", "WL_TOKEN": "token"}


def request_of(cron: Cron, overrides: Overrides | None = None) -> StartRequest:
    """Return the request for an execution of a cron, made at noon."""
    return start_request(
        replace(execution_of(cron), id="e1", overrides=overrides),
        cron,
        now=NOON,
        uptime=1000.0,
        inherited=SERVER,
        log_limit=99,
    )


def test_the_whole_request() -> None:
    """Everything that the definition says is in the request, and nothing else."""
    limits = {"cpu": 0.5, "memory": 1_000, "working_directory": "/srv"}
    cron = cron_of("echo", "hello", timeout=timedelta(minutes=2), **limits)
    request = request_of(cron)
    request["env"] = {}
    assert request == {
        "id": "e1",
        "arguments": ["echo", "hello"],
        "env": {},
        "directory": "/srv",
        "user": None,
        "memory": 1_000,
        "cpu": 0.5,
        "deadline": (NOON + timedelta(minutes=2)).timestamp(),
        "ends_at": 1120.0,
        "grace": 0.2,
        "log_limit": 99,
    }


def test_the_whole_environment() -> None:
    """What is inherited, the cron's `env`, and the variables of the execution."""
    cron = cron_of("true", timeout=timedelta(minutes=2), env={"A": "1"})
    assert request_of(cron)["env"] == {
        "PATH": "/bin",
        "HOME": "/home/wl",
        "LANG": "C",
        "A": "1",
        "WL_CRON": cron.name,
        "WL_EXECUTION": "e1",
        "WL_SLOT": "2026-11-23T12:00:00Z",
        "WL_ATTEMPT": "1",
        "WL_DEADLINE": "2026-11-23T12:02:00Z",
    }


def test_another_user_has_a_home_of_its_own() -> None:
    """The server's HOME is not passed to a job that runs as somebody else."""
    assert "HOME" not in request_of(cron_of("id", user="www-data"))["env"]
    given_home = request_of(cron_of("id", user="www-data", env={"HOME": "/srv"}))
    assert given_home["env"]["HOME"] == "/srv"


def test_one_execution_may_have_other_arguments_and_variables() -> None:
    """Overrides win over the cron, and the cron's `env` over what is inherited."""
    cron = cron_of("echo", env={"A": "1", "B": "1", "PATH": "/opt"})
    request = request_of(cron, Overrides(arguments=("true",), env={"B": "2"}))
    assert request["arguments"] == ["true"]
    assert (request["env"]["A"], request["env"]["B"], request["env"]["PATH"]) == ("1", "2", "/opt")


@given(st.dictionaries(st.sampled_from(["WL_EXECUTION", "WL_CRON", "OTHER"]), st.text()))
def test_nobody_changes_the_variables_that_the_guard_goes_by(env: dict[str, str]) -> None:
    """The `WL_…` variables are what they are, whatever the cron says."""
    request = request_of(cron_of("true", env=env), Overrides(env=env))
    assert request["env"]["WL_EXECUTION"] == "e1"
    assert request["env"]["WL_CRON"].startswith("job-")


@given(st.dictionaries(st.text(), st.text()))
def test_nothing_of_the_server_leaks(inherited: dict[str, str]) -> None:
    """Only PATH, HOME and LANG are passed on."""
    cron = cron_of("true")
    request = start_request(
        execution_of(cron), cron, now=NOON, uptime=0.0, inherited=inherited, log_limit=1
    )
    others = {name for name in request["env"] if not name.startswith("WL_")}
    assert others <= {"PATH", "HOME", "LANG"}
