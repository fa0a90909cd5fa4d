"""How a job is started, and what is said of one that cannot be."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.conftest import eventually
from tests.engines.host.conftest import Host
from wlcron.core.execution import Execution, Kind
from wlcron.engines.host.limits import ControlGroups

CAPPED = """
import os
from wlcron.engines.host.guard.spawn import spawn
request = {
    "arguments": ["sh", "-c", "ulimit -v"],
    "env": {"PATH": os.environ["PATH"]},
    "directory": None,
    "user": None,
    "memory": 50_000_000,
}
pid = spawn(request, 1, None, caps_memory=True)
print(os.waitpid(pid, 0)[1])
"""
_NAMED_SIGNALS = (1 << 31) - 1  # 32 and 33 are the C library's own business
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


async def refusal(host: Host, *arguments: str, **container: object) -> str:
    """Return why an execution was refused."""
    _, seen = await host.start(*arguments, **container)
    assert seen.kind is Kind.REFUSED
    return seen.reason


def quotas(execution: Execution) -> list[str]:
    """Return the quotas of processor time that control groups of an execution set."""
    files = [
        path / name
        for path in Path("/sys/fs/cgroup").glob(f"**/wlcron/{execution.id}")
        for name in ("cpu.cfs_quota_us", "cpu.max")
    ]
    return [path.read_text().split()[0] for path in files if path.exists()]


async def test_a_missing_command_is_named(host: Host) -> None:
    """The reason is what a shell would say."""
    assert await refusal(host, "perlx", "-e", "1") == "command not found: perlx"
    assert await refusal(host, "/no/perl") == "command not found: /no/perl"
    assert await refusal(host, "perlx", working_directory="/") == "command not found: perlx"


async def test_the_command_is_looked_up_on_the_path_of_the_job(host: Host, tmp_path: Path) -> None:
    """PATH of the cron's `env` is what counts."""
    program = tmp_path / "here"
    program.write_text("#!/bin/sh\necho found\n")
    program.chmod(0o755)
    assert await refusal(host, "here") == "command not found: here"
    ended, log = await host.run("here", env={"PATH": f"/none:{tmp_path}"})
    assert (ended.exit_code, log) == (0, "found\n")


async def test_files_that_are_no_programs_are_refused(host: Host, tmp_path: Path) -> None:
    """Each with what is wrong with it."""
    program = tmp_path / "program"
    program.write_text("echo hello\n")
    assert await refusal(host, str(program)) == f"permission denied: {program} is not executable"
    program.chmod(0o755)
    assert "#!/bin/sh" in await refusal(host, str(program))
    program.write_text("#!/no/interpreter\n")
    assert "interpreter" in await refusal(host, str(program))
    assert "permission denied" in await refusal(host, str(tmp_path))


async def test_a_refusal_stays(host: Host) -> None:
    """Asking what became of it says why, to a restarted server as well."""
    execution, seen = await host.start("perlx")
    assert await host.truth(execution) == seen


@pytest.mark.parametrize("arguments", [("true\0",), ("true", "\ud800"), ("true", "x" * 3_000_000)])
async def test_what_no_process_can_be_given_is_refused(
    host: Host, arguments: tuple[str, ...]
) -> None:
    """A NUL, half a character, or too much of it."""
    assert "arguments and env" in await refusal(host, *arguments)


async def test_it_runs_in_its_working_directory(host: Host, tmp_path: Path) -> None:
    """Relative commands are found there; a directory that is not there is a refusal."""
    program = tmp_path / "here"
    program.write_text("#!/bin/sh\npwd\n")
    program.chmod(0o755)
    _, log = await host.run("./here", working_directory=str(tmp_path))
    assert log == f"{tmp_path}\n"
    reason = await refusal(host, "true", working_directory=str(tmp_path / "none"))
    assert reason == "the working directory cannot be entered: No such file or directory"


async def test_signals_are_as_a_program_expects_them(host: Host) -> None:
    """What Python ignores is not ignored by a job, on either way to start it."""
    for container in ({}, {"working_directory": "/"}):
        _, log = await host.run("grep", "-E", "^Sig(Ign|Blk)", "/proc/self/status", **container)
        masks = [int(line.split()[1], 16) for line in log.splitlines()]
        assert [mask & _NAMED_SIGNALS for mask in masks] == [0, 0]


async def test_without_control_groups_memory_limits_the_address_space() -> None:
    """The next best that any user may set."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CAPPED), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert said.split() == [b"48828", b"0"]


@as_root
async def test_it_runs_as_another_user(host: Host) -> None:
    """With the user's groups and home; a user that is not there is a refusal."""
    ended, log = await host.run("sh", "-c", "id -un; id -gn; echo $HOME", user="nobody")
    assert ended.exit_code == 0
    assert log == "nobody\nnogroup\n/nonexistent\n"
    _, log = await host.run("sh", "-c", "id -u; id -g; id -G", user="1234:4321")
    assert log.split() == ["1234", "4321", "4321"]
    assert await refusal(host, "true", user="nosuch") == "there is no user nosuch on this machine"


@as_root
@pytest.mark.skipif(not ControlGroups().limits_memory, reason="no control groups can be made here")
async def test_memory_is_limited(host: Host) -> None:
    """Who takes more is ended, and the reason says so."""
    greedy = "x = bytearray(500_000_000)"
    ended, _ = await host.run(sys.executable, "-c", greedy, memory=50_000_000)
    assert (ended.kind, ended.exit_code) == (Kind.EXITED, 137)
    assert ended.reason.startswith("out of memory")


@as_root
@pytest.mark.skipif(not ControlGroups().limits_cpu, reason="no control groups can be made here")
async def test_processor_time_is_limited_and_the_groups_are_removed(host: Host) -> None:
    """A job with a limit is in a control group of its own, for as long as it runs."""
    execution, _ = await host.start("sh", "-c", "cat /proc/self/cgroup; sleep 300", cpu=0.25)
    await host.first_words(execution)
    assert f"/wlcron/{execution.id}" in await host.log(execution)
    assert quotas(execution) == ["25000"]
    await host.engine.stop(execution)
    await host.end(execution)
    await eventually(lambda: quotas(execution) == [])
