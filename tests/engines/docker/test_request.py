"""What is asked of the daemon for an execution."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.samples import HOUR, NOON, make_cron, make_definition, make_execution
from wlcron import __version__
from wlcron.core.cron import Container, Cron
from wlcron.core.execution import Overrides
from wlcron.engines.docker.guard import SCRIPT
from wlcron.engines.docker.request import (
    House,
    filters,
    guard_name,
    guard_request,
    job_name,
    job_request,
)

HOUSE = House(instance="here", guard_image="busybox:1.36", log_limit=10_000_000)


def cron_with(timeout: timedelta = HOUR, **container: object) -> Cron:
    """Return a cron whose container is described so."""
    fields: dict[str, object] = {"image": "perl:5.40", "arguments": ("echo", "hello")}
    description = Container(**(fields | container))  # type: ignore[arg-type]  # test data
    definition = make_definition(description=description, timeout=timeout)
    return replace(make_cron("tidy"), definition=definition)


def test_the_guard_is_asked_for_like_this() -> None:
    """No network namespace, one right, no room to write, no limits; times in its own units."""
    cron = cron_with(timedelta(seconds=90.5), stop_grace=timedelta(seconds=10))
    execution = make_execution(cron)
    assert guard_request(HOUSE, execution, cron, NOON + HOUR) == {
        "Image": "busybox:1.36",
        "Entrypoint": ["/bin/sh", "-c", SCRIPT],
        "Env": ["TIMEOUT=9050", "NAP=3000", "GRACE=100"],
        "User": "0",
        "Labels": {
            "wlcron.instance": "here",
            "wlcron.execution": execution.id,
            "wlcron.cron": "tidy",
            "wlcron.role": "guard",
            "wlcron.deadline": "2026-11-23T13:00:00+00:00",
            "wlcron.version": __version__,
        },
        "StopTimeout": 15,
        "HostConfig": {
            "NetworkMode": "host",
            "LogConfig": {"Type": "none"},
            "CapDrop": ["ALL"],
            "CapAdd": ["KILL"],
            "ReadonlyRootfs": True,
            "SecurityOpt": ["no-new-privileges"],
        },
    }


def test_the_smallest_job_is_asked_for_like_this() -> None:
    """It joins the guard's PID namespace; what the cron file leaves open is the image's own."""
    cron = cron_with()
    execution = make_execution(cron, attempt=1)
    assert job_request(HOUSE, execution, cron, NOON + HOUR) == {
        "Image": "perl:5.40",
        "Cmd": ["echo", "hello"],
        "Env": [
            "WL_CRON=tidy",
            f"WL_EXECUTION={execution.id}",
            "WL_SLOT=2026-11-23T12:00:00Z",
            "WL_ATTEMPT=1",
            "WL_DEADLINE=2026-11-23T13:00:00Z",
        ],
        "Labels": {
            "wlcron.instance": "here",
            "wlcron.execution": execution.id,
            "wlcron.cron": "tidy",
            "wlcron.role": "job",
            "wlcron.deadline": "2026-11-23T13:00:00+00:00",
            "wlcron.version": __version__,
        },
        "StopTimeout": 10,
        "HostConfig": {
            "PidMode": f"container:wl-{execution.id}-guard",
            "LogConfig": {
                "Type": "json-file",
                "Config": {"max-size": "20000000", "max-file": "5"},
            },
        },
    }


def test_everything_that_a_cron_file_says_of_its_container_is_asked_for() -> None:
    """User, folder, variables and limits; a limit of memory is one of swap, too."""
    cron = cron_with(
        env={"A": "1"}, user="1000:100", working_directory="/app", cpu=0.5, memory=256 * 2**20
    )
    asked = job_request(HOUSE, make_execution(cron), cron, NOON + HOUR)
    assert (asked["User"], asked["WorkingDir"], asked["Env"][0]) == ("1000:100", "/app", "A=1")
    limits = {"Memory": 2**28, "MemorySwap": 2**28, "NanoCpus": 500_000_000}
    assert limits.items() <= asked["HostConfig"].items()


def test_no_arguments_leave_the_image_its_command() -> None:
    """An image may be all that a cron needs."""
    cron = cron_with(arguments=())
    assert "Cmd" not in job_request(HOUSE, make_execution(cron), cron, NOON + HOUR)


def test_overrides_of_one_execution_win() -> None:
    """`wl cron run -- ARG…` and `--env` change this execution alone."""
    cron = cron_with(env={"A": "1", "B": "2"})
    overrides = Overrides(arguments=("ls",), env={"A": "3"})
    asked = job_request(HOUSE, make_execution(cron, overrides=overrides), cron, NOON + HOUR)
    assert asked["Cmd"] == ["ls"]
    assert asked["Env"][:2] == ["A=3", "B=2"]


@given(st.timedeltas(timedelta(microseconds=1), timedelta(days=365)))
def test_a_guard_is_never_early(duration: timedelta) -> None:
    """Fractions of its unit are rounded up."""
    cron = cron_with(duration, stop_grace=duration)
    variables = dict(
        line.split("=")
        for line in guard_request(HOUSE, make_execution(cron), cron, NOON + HOUR)["Env"]
    )
    assert timedelta(milliseconds=10) * int(variables["TIMEOUT"]) >= duration
    assert timedelta(milliseconds=100) * int(variables["GRACE"]) >= duration


@given(st.integers(1, 10**12))
def test_a_flood_finds_room_for_its_kept_part_and_no_more(limit: int) -> None:
    """Docker's own files hold what is kept, and are bounded."""
    house = replace(HOUSE, log_limit=limit)
    cron = cron_with()
    asked = job_request(house, make_execution(cron), cron, NOON + HOUR)
    config = asked["HostConfig"]["LogConfig"]["Config"]
    assert limit <= int(config["max-size"]) * int(config["max-file"]) <= max(10 * limit, 5_000_000)


def test_names_go_by_the_execution() -> None:
    """The same execution never has two jobs or two guards."""
    assert (job_name("1"), guard_name("1")) == ("wl-1", "wl-1-guard")


def test_containers_are_found_by_their_server_and_role() -> None:
    """What another server made is none of ours."""
    assert filters("here") == {"label": ["wlcron.instance=here"]}
    assert filters("here", "job") == {"label": ["wlcron.instance=here", "wlcron.role=job"]}
