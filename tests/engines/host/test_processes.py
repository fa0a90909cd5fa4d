"""Who belongs to an execution ends with it, whatever it does to hide."""

import sys
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.conftest import eventually
from tests.engines.host.conftest import Host, is_alive, marked
from wlcron.core.execution import Kind

SOON = timedelta(seconds=0.5)
DAEMON = """
import os, sys
if os.fork(): os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
for file in range({closes}): os.close(file)
os.execve("/bin/sleep", ["sleep-{mark}", "300"], {env})
"""


@pytest.fixture
def mark() -> str:
    """Return a word that finds the processes of one test."""
    return uuid4().hex


def daemon(mark: str, *, env: str = "os.environ", closes: int = 3) -> str:
    """Return the shell command that leaves a daemon behind, and waits until it is one."""
    script = DAEMON.format(mark=mark, env=env, closes=closes)
    begun = f"until grep -qsa ^sleep-{mark} /proc/[0-9]*/cmdline; do sleep 0.01; done"
    return f"{sys.executable} -S -c '{script}'; {begun}"


async def are_gone(mark: str) -> None:
    """Wait until nobody bears the mark."""
    await eventually(lambda: not any(map(is_alive, marked(f"sleep-{mark}"))))


@pytest.mark.parametrize("env", ["os.environ", "{}"])
async def test_a_daemon_does_not_escape_the_deadline(host: Host, mark: str, env: str) -> None:
    """Neither a session of its own nor an empty environment helps."""
    command = f"{daemon(mark, env=env)}; sleep 300"
    execution, _ = await host.start("sh", "-c", command, timeout=timedelta(seconds=4))
    await eventually(lambda: bool(marked(f"sleep-{mark}")))
    assert (await host.end(execution)).kind is Kind.TIMED_OUT
    await are_gone(mark)


@pytest.mark.parametrize("env", ["os.environ", "{}"])
async def test_a_daemon_ends_with_the_first_process(host: Host, mark: str, env: str) -> None:
    """As in a container, an execution is over when its first process is, for all of it."""
    ended, _ = await host.run("sh", "-c", f"{daemon(mark, env=env)}; exit 4")
    assert (ended.kind, ended.exit_code) == (Kind.EXITED, 4)
    await are_gone(mark)


async def test_a_daemon_of_an_execution_that_runs_is_left_alone(host: Host, mark: str) -> None:
    """The end of one execution is no concern of another's processes."""
    running, _ = await host.start("sh", "-c", f"{daemon(mark)}; echo ready; sleep 300")
    await host.first_words(running)
    await host.run("true")
    assert [is_alive(pid) for pid in marked(f"sleep-{mark}")] == [True]


async def test_a_daemon_that_holds_the_pipe_does_not_hold_the_execution(
    host: Host, mark: str
) -> None:
    """The end is the first process's, not that of the output."""
    ended, log = await host.run("sh", "-c", f"{daemon(mark, closes=0)}; echo said")
    assert (ended.exit_code, log) == (0, "said\n")
    await are_gone(mark)


async def test_children_get_their_term_and_their_grace(host: Host) -> None:
    """At the deadline a child may still tidy up, though its parent has ended at once."""
    child = 'trap "sleep 0.3; echo tidied; exit" TERM; echo ready; while :; do sleep 0.01; done'
    execution, _ = await host.start(
        "sh", "-c", f"sh -c '{child}' & wait", timeout=SOON, stop_grace=timedelta(seconds=20)
    )
    assert (await host.end(execution)).kind is Kind.TIMED_OUT
    assert (await host.log(execution)).endswith("tidied\n")


async def test_a_daemon_gets_its_term_and_its_grace(host: Host) -> None:
    """It is known by its environment when neither parent nor group tell where it comes from."""
    tidy = 'trap "sleep 0.3; echo tidied; exit" TERM; echo ready; while :; do sleep 0.01; done'
    execution, _ = await host.start(
        "sh", "-c", f"(setsid sh -c '{tidy}' &); sleep 300", stop_grace=timedelta(seconds=20)
    )
    await host.first_words(execution)
    await host.engine.stop(execution)
    assert (await host.end(execution)).kind is Kind.EXITED
    assert (await host.log(execution)).endswith("tidied\n")


async def test_who_ignores_term_is_killed_wherever_it_is(host: Host, mark: str) -> None:
    """After the grace nobody is left, neither in the group nor outside of it."""
    command = f"trap '' TERM; {daemon(mark)}; echo ready; sleep 300"
    execution, _ = await host.start("sh", "-c", command)
    await host.first_words(execution)
    await host.engine.stop(execution)
    ended = await host.end(execution)
    assert (ended.kind, ended.exit_code) == (Kind.EXITED, 137)
    await are_gone(mark)


async def test_a_job_that_closes_its_output_runs_on(host: Host) -> None:
    """Closing stdout and stderr ends the log, not the job."""
    ended, log = await host.run("sh", "-c", "echo said; exec >&- 2>&-; sleep 0.2; exit 5")
    assert (ended.exit_code, log) == (5, "said\n")


async def test_the_exit_code_of_a_signal_is_as_in_a_shell(host: Host) -> None:
    """128 and the signal's number, and the reason names it."""
    ended, _ = await host.run("sh", "-c", "kill -HUP $$")
    assert (ended.kind, ended.exit_code) == (Kind.EXITED, 129)
    assert ended.reason == "ended by signal SIGHUP"


async def test_nothing_of_the_server_or_guard_is_in_a_job(host: Host) -> None:
    """A job has its own variables, three open files, and a process group of its own."""
    ended, log = await host.run("sh", "-c", "env; ls /proc/self/fd; cut -d' ' -f1,5 /proc/$$/stat")
    assert ended.exit_code == 0
    lines = log.split("\n")
    names = {line.partition("=")[0] for line in lines if "=" in line}
    assert names - {"PWD", "SHLVL", "_", "OLDPWD"} <= {
        *("PATH", "HOME", "LANG"),
        *("WL_CRON", "WL_EXECUTION", "WL_SLOT", "WL_ATTEMPT", "WL_DEADLINE"),
    }
    assert [line for line in lines if line.isdigit()] == ["0", "1", "2", "3"]  # 3: ls's own
    pid, group = lines[-2].split()
    assert pid == group
