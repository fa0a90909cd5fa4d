"""A daemon that is not there, not well, or not a daemon."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.engines.docker.fake_daemon import Answer, fake_daemon
from tests.engines.docker.lab import cron_with, execution_of
from tests.engines.docker.recorded import die_event
from wlcron.core.execution import Kind
from wlcron.engines.docker import DockerEngine, find_docker
from wlcron.engines.docker.connection import Connection
from wlcron.engines.docker.events import Events
from wlcron.errors import ConfigurationError, EngineUnavailableError


@asynccontextmanager
async def engine_at(url: str, folder: Path) -> AsyncIterator[DockerEngine]:
    """Open an engine, and close it."""
    engine = DockerEngine(url, folder, "test", "busybox")
    try:
        yield engine
    finally:
        await engine.close()


def saying(status: int, body: bytes, content_type: str = "application/json") -> Answer:
    """Return what answers everything so."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, body=body, headers={"Content-Type": content_type})

    return answer


async def assert_unavailable(engine: DockerEngine) -> None:
    """Fail unless every verb that needs the daemon says that it is not there."""
    cron = cron_with("true", image="busybox")
    execution = execution_of(cron)
    for asking in (engine.start(execution, cron), engine.inspect([execution])):
        with pytest.raises(EngineUnavailableError, match="see that its daemon runs"):
            await asking


async def test_a_daemon_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    """One sentence, and the caller asks again."""
    async with engine_at(f"unix://{tmp_path}/none.sock", tmp_path) as engine:
        await assert_unavailable(engine)
        [finding] = await engine.doctor()
        assert not finding.good
        assert "none.sock" in finding.says


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_daemon_that_is_not_well_is_unavailable(tmp_path: Path, status: int) -> None:
    """A proxy that answers for it, a daemon that is shutting down."""
    async with (
        fake_daemon(tmp_path, saying(status, b"oh no", "text/plain")) as url,
        engine_at(url, tmp_path) as engine,
    ):
        await assert_unavailable(engine)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"<html>", b"\xff"])
@pytest.mark.parametrize("status", [200, 400, 500])
async def test_no_answer_causes_more_than_an_error_of_ours(
    tmp_path: Path, status: int, body: bytes
) -> None:
    """Whatever is behind the socket."""
    cron = cron_with("true", image="busybox")
    async with (
        fake_daemon(tmp_path, saying(status, body)) as url,
        engine_at(url, tmp_path) as engine,
    ):
        try:
            seen = await engine.start(execution_of(cron), cron)
        except EngineUnavailableError:
            return
        assert seen.kind is Kind.REFUSED


async def test_a_refusal_of_the_daemon_is_no_reason_to_ask_again(tmp_path: Path) -> None:
    """A full disk, say: an ERROR with the daemon's words."""
    full = json.dumps({"message": "no space left on device"}).encode()
    cron = cron_with("true", image="busybox")
    async with (
        fake_daemon(tmp_path, saying(500, full)) as url,
        engine_at(url, tmp_path) as engine,
    ):
        seen = await engine.start(execution_of(cron), cron)
    assert seen.kind is Kind.REFUSED
    assert "no space left on device" in seen.reason


@pytest.mark.parametrize("url", ["docker.sock", "ssh://there", "npipe:////./pipe/docker"])
async def test_what_is_no_address_is_refused(url: str) -> None:
    """With the two that are."""
    with pytest.raises(ConfigurationError, match=r"unix:///PATH or tcp://HOST:PORT"):
        await find_docker(url)


async def test_the_daemon_that_is_named_is_the_only_one_tried(tmp_path: Path) -> None:
    """Who names one means that one."""
    assert await find_docker(f"unix://{tmp_path}/none.sock") is None
    async with fake_daemon(tmp_path, saying(200, b"{}")) as url:
        assert await find_docker(url) == url


async def test_a_daemon_without_its_limits_is_told(tmp_path: Path) -> None:
    """A machine without cgroups: limits do not hold, and the doctor says so."""
    info = {"MemoryLimit": False, "CpuCfsQuota": True}
    async with (
        fake_daemon(tmp_path, saying(200, json.dumps(info).encode())) as url,
        engine_at(url, tmp_path) as engine,
    ):
        findings = {finding.subject: finding for finding in await engine.doctor()}
    assert not findings["memory limits"].good
    assert findings["cpu limits"].good
    assert "busybox is here" in findings["guard"].says


async def test_events_are_resumed_from_the_last_one_and_told_once(tmp_path: Path) -> None:
    """The daemon begins with the event that it is asked to resume from; Podman mixes in others."""
    asked: list[str | None] = []
    first, second = die_event("exited"), die_event("succeeded")
    strange = die_event("exited")
    strange["Actor"]["Attributes"]["wlcron.instance"] = "another"
    streams = [[strange, first], [first, strange, second]]

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request.query.get("since"))
        lines = [json.dumps(event) + "\n" for event in streams[len(asked) - 1]]
        return web.Response(text="".join(lines))

    told = []
    async with fake_daemon(tmp_path, answer) as url:
        connection = Connection(url)
        events = Events(connection, "recorded")
        for _ in streams:
            async with events.open() as ends:
                told += [job.exit_code async for job in ends]
        await connection.close()
    assert told == [3, 0]
    nanoseconds = first["timeNano"]
    assert asked == [None, f"{nanoseconds // 10**9}.{nanoseconds % 10**9:09d}"]


async def test_a_pull_that_hangs_can_be_stopped(tmp_path: Path) -> None:
    """Nobody has to wait for a registry that says nothing."""
    pulling = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        if not request.path.endswith("/images/create"):
            return web.json_response({"message": "No such image"}, status=404)
        pulling.set()
        await asyncio.Event().wait()
        raise AssertionError

    cron = cron_with("true", image="busybox")
    execution = execution_of(cron)
    async with fake_daemon(tmp_path, answer) as url, engine_at(url, tmp_path) as engine:
        start = asyncio.create_task(engine.start(execution, cron))
        await pulling.wait()
        await engine.stop(execution)
        assert (await start).kind is Kind.WITHDRAWN
