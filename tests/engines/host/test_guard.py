"""The guard outlives servers, nothing outlives the guard, and there is only one."""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests.conftest import eventually
from tests.contract.engines import Job, cron_for, execution_of
from tests.engines.host.conftest import Host, cron_of, heard, is_alive, marked
from tests.engines.host.guards import end_guard, guard_of
from wlcron.core.execution import Execution, Kind
from wlcron.engines.host.engine import HostEngine
from wlcron.engines.host.protocol import (
    encode,
    open_directory,
    read_answer,
    read_question,
    socket_address,
)
from wlcron.errors import EngineUnavailableError

SERVER = """
import asyncio, sys
from pathlib import Path
from tests.engines.host.conftest import Host

async def serve():
    host = Host(Path(sys.argv[1]))
    execution, seen = await host.start("sh", "-c", "sleep 0.5; echo said; exit 9")
    print(execution.id, seen.kind, flush=True)
    await asyncio.sleep(300)

asyncio.run(serve())
"""
SLEEP = "sleep 300.1"
ROOT = os.geteuid() == 0
NO_NAMESPACES = ("setpriv", "--bounding-set", "-sys_admin") if ROOT else ()
as_root = pytest.mark.skipif(not ROOT, reason="only root may make PID namespaces")


async def start_guard(data: Path, *before: str, idle: float = 10.0) -> None:
    """Start a guard as another server would, behind another command if wanted."""
    data.mkdir(exist_ok=True)  # noqa: ASYNC240 - nobody waits
    process = await asyncio.create_subprocess_exec(
        *(*before, sys.executable, "-m", "wlcron.engines.host.guard", str(data), str(idle)),
        stdout=asyncio.subprocess.PIPE,
        stdin=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    said, _ = await process.communicate()
    assert said == b"ready\n"


async def connect(data: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Talk to a guard directly."""
    directory = open_directory(data)
    streams = await asyncio.open_unix_connection(socket_address(directory))
    os.close(directory)
    return streams


def sleepers(execution: Execution) -> list[int]:
    """Return the processes of an execution that sleep."""
    mark = f"WL_EXECUTION={execution.id}"
    return [
        pid
        for pid in marked(SLEEP.replace(" ", "\0"))
        if mark in Path(f"/proc/{pid}/environ").read_text(errors="replace")
    ]


def the_guard_of(host: Host) -> int:
    """Return the guard's process id; there has to be one."""
    guard = guard_of(host.data)
    assert guard is not None
    return guard


async def test_executions_outlive_a_server_that_is_killed(host: Host) -> None:
    """After `kill -9` they run on, and a new server learns their true end."""
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SERVER, str(host.data)), stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    execution_id, kind = (await server.stdout.readline()).split()
    server.kill()
    await server.communicate()
    assert kind == b"started"
    execution = replace(execution_of(cron_for(Job())), id=execution_id.decode())
    assert (await host.truth(execution)).kind is Kind.STARTED
    ended = await host.end(execution)
    assert (ended.kind, ended.exit_code) == (Kind.EXITED, 9)
    assert await host.log(execution) == "said\n"


@as_root
async def test_executions_end_with_a_guard_that_is_killed(host: Host) -> None:
    """The kernel ends them, a watcher hears of it, and the reason is for a person."""
    execution, _ = await host.start("sh", "-c", f"setsid {SLEEP} & exec {SLEEP}")
    await eventually(lambda: len(sleepers(execution)) == 2)
    jobs = sleepers(execution)
    listening = asyncio.create_task(heard(host, execution))
    await host.truth(execution)
    os.kill(the_guard_of(host), signal.SIGKILL)
    seen = await listening
    assert seen.kind is Kind.GONE
    assert "guard died" in seen.reason
    await eventually(lambda: not any(map(is_alive, jobs)))


async def test_without_namespaces_a_new_guard_adopts_who_lives_on(host: Host) -> None:
    """The jobs of a guard that died run on, and still end at their deadline."""
    await start_guard(host.data, *NO_NAMESPACES)
    limit = timedelta(seconds=2)
    execution, started = await host.start("sh", "-c", f"echo; {SLEEP}", timeout=limit)
    await host.first_words(execution)
    end_guard(host.data)
    await start_guard(host.data, *NO_NAMESPACES)
    seen = await host.truth(execution)
    assert (seen.kind, seen.started_at) == (Kind.STARTED, started.started_at)
    ended = await host.end(execution)
    assert (ended.kind, ended.deadline) == (Kind.TIMED_OUT, started.deadline)


async def test_without_namespaces_a_grandchild_does_not_escape(host: Host) -> None:
    """Orphans become the guard's, and end with their execution."""
    await start_guard(host.data, *NO_NAMESPACES)
    mark = f"300.{uuid4().int % 10**9}"
    # A fresh Debian has no pgrep. Between arguments there is a NUL, which a dot stands for.
    begun = f"until grep -qsa '^sleep.{mark}' /proc/[0-9]*/cmdline; do sleep 0.01; done"
    ended, _ = await host.run("sh", "-c", f"setsid sleep {mark} & {begun}; exit 3")
    assert ended.exit_code == 3
    await eventually(lambda: not marked(f"sleep\x00{mark}"))


async def test_what_ended_unseen_is_lost(host: Host) -> None:
    """Without a guard nobody learns an exit code, and none is made up."""
    await start_guard(host.data, *NO_NAMESPACES)
    execution, _ = await host.start("sh", "-c", f"echo; {SLEEP}")
    await host.first_words(execution)
    end_guard(host.data)
    for pid in sleepers(execution):
        os.kill(pid, signal.SIGKILL)
    ended = await host.end(execution)
    assert (ended.kind, ended.exit_code) == (Kind.GONE, None)


async def test_what_may_have_been_started_is_not_started_again(host: Host) -> None:
    """A guard that died between its journal and the spawn leaves a doubt: LOST, never twice."""
    execution, _ = await host.start("sh", "-c", f"echo; {SLEEP}")
    await host.engine.close()
    end_guard(host.data)
    journal = host.data / "guard.journal"
    journal.write_bytes(journal.read_bytes().split(b"\n")[0] + b"\n")
    seen = await host.engine.start(execution, cron_of("echo", "twice"))
    assert seen.kind is Kind.GONE
    assert "whether it ran is not known" in seen.reason
    assert "twice" not in await host.log(execution)


async def test_there_is_one_guard_however_many_ask(host: Host) -> None:
    """Servers that start at the same time share a guard."""
    others = [HostEngine(host.data) for _ in range(3)]
    await asyncio.gather(*(engine.doctor() for engine in [host.engine, *others]))
    executions = [execution_of(cron_for(Job())) for _ in others]
    for execution, engine in zip(executions, others, strict=True):
        seen = await engine.start(execution, cron_of("sleep", "300"))
        assert seen.kind is Kind.STARTED
    seen_by_one = await host.engine.inspect(executions)
    assert [seen.kind for seen in seen_by_one] == [Kind.STARTED] * 3
    for engine in others:
        await engine.close()


async def test_many_starts_at_once_all_start(host: Host) -> None:
    """Questions do not wait for each other, and each gets its own answer."""
    started = await asyncio.gather(*(host.start("true") for _ in range(200)))
    assert all(seen.execution_id == execution.id for execution, seen in started)
    for execution, _ in started:
        assert (await host.end(execution)).exit_code == 0


async def test_what_waits_for_its_start_is_not_gone(host: Host) -> None:
    """Questions overtake a queue of starts: the answer is progress, and a stop is kept for then."""
    await host.run("true")
    execution, cron = execution_of(cron_of()), cron_of("sleep", "300")
    guard = the_guard_of(host)
    os.kill(guard, signal.SIGSTOP)  # until all of it has been asked
    starting = [asyncio.create_task(host.start("true")) for _ in range(100)]
    last = asyncio.create_task(host.engine.start(execution, cron))
    stopping = asyncio.create_task(host.engine.stop(execution))
    asking = asyncio.create_task(host.truth(execution))
    for _ in range(100):
        await asyncio.sleep(0)
    os.kill(guard, signal.SIGCONT)
    assert (await asking).kind is Kind.PROGRESS
    await asyncio.gather(*starting, stopping)
    assert (await last).kind is Kind.STARTED
    assert (await host.end(execution)).exit_code == 143


async def test_an_idle_guard_ends(host: Host) -> None:
    """Without a server and with nothing to do nobody needs it; with a server it stays."""
    await start_guard(host.data, idle=0.2)
    guard = the_guard_of(host)
    await host.run("sleep", "0.5")
    assert is_alive(guard)
    await host.engine.close()
    await eventually(lambda: not is_alive(guard))


async def test_a_guard_with_a_job_stays_without_a_server(host: Host) -> None:
    """It ends after the job, which it sees to its end."""
    await start_guard(host.data, idle=0.1)
    execution, _ = await host.start("sh", "-c", "sleep 0.5; exit 6")
    guard = the_guard_of(host)
    await host.engine.close()
    await eventually(lambda: not is_alive(guard))
    assert (await host.truth(execution)).exit_code == 6


async def test_a_guard_that_is_asked_to_end_ends_its_jobs_first(host: Host) -> None:
    """SIGTERM, as at the machine's shutdown: jobs get their TERM, and the record says why."""
    execution, _ = await host.start("sleep", "300")
    guard = the_guard_of(host)
    os.kill(guard, signal.SIGTERM)
    await eventually(lambda: not is_alive(guard))
    ended = await host.truth(execution)
    assert (ended.kind, ended.exit_code) == (Kind.EXITED, 143)
    assert "shut" in ended.reason


async def test_a_data_directory_may_have_a_long_path(tmp_path: Path) -> None:
    """The address of a socket has 107 bytes; a path has more."""
    host = Host(tmp_path / ("long-" * 40) / ("longer-" * 30))
    assert (await host.run("echo", "hello"))[1] == "hello\n"
    await host.engine.close()
    end_guard(host.data)


async def test_a_guard_of_another_version_is_waited_for(host: Host) -> None:
    """A new server says in one sentence why nothing starts, and for how long."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        question = read_question(await reader.readline())
        writer.write(encode({"n": question["n"], "protocol": 0, "running": 3}))
        await reader.read()
        writer.close()

    host.data.mkdir()
    server = await asyncio.start_unix_server(answer, host.data / "guard.sock")
    with pytest.raises(EngineUnavailableError, match=r"another version.* 3 executions"):
        await host.start("true")
    server.close()
    (host.data / "guard.sock").unlink()


async def test_a_guard_makes_room_for_another_version_when_nothing_runs(host: Host) -> None:
    """It sees its own executions to their end first."""
    execution, _ = await host.start("sh", "-c", f"echo; {SLEEP}")
    await host.first_words(execution)
    guard = the_guard_of(host)
    reader, writer = await connect(host.data)
    writer.write(encode({"n": 1, "ask": "hello", "protocol": 99}))
    answer = read_answer(await reader.readline())
    assert answer["running"] == 1
    assert is_alive(guard)
    await host.engine.stop(execution)
    await eventually(lambda: not is_alive(guard))
    writer.close()


@pytest.mark.parametrize("said", [b"\n", b"{}\n", b"[1]\n", b"\xff\n", b'{"ask":"start","n":1}\n'])
async def test_nonsense_on_the_socket_ends_that_connection_only(host: Host, said: bytes) -> None:
    """A guard lives through whatever is said to it."""
    execution, _ = await host.start("sleep", "300")
    reader, writer = await connect(host.data)
    writer.write(said)
    assert await reader.read() == b""
    writer.close()
    assert (await host.truth(execution)).kind is Kind.STARTED
