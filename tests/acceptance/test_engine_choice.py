"""`--engine auto`: chosen once, and never moved by a daemon that happens to be down."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.acceptance.program import Server, a_server

NOWHERE = "unix:///nowhere/docker.sock"


@pytest.fixture
async def undecided(tmp_path: Path) -> AsyncIterator[Server]:
    """Return a server with `--engine auto` where no Docker daemon answers."""
    async with a_server(tmp_path, "auto") as made:
        made.environ["DOCKER_HOST"] = NOWHERE
        yield made


def chosen(server: Server) -> object:
    """Return the engine that it named at its last start."""
    return [event["engine"] for event in server.events() if event["event"] == "ready"][-1]


async def test_a_server_whose_jobs_run_on_docker_waits_for_docker(undecided: Server) -> None:
    """It refuses to start and says what to do; whoever moves does so knowingly, and for good."""
    undecided.data.mkdir()
    kept = undecided.data / "engine"
    kept.write_text("docker\n")
    refusal = await undecided.refuse()
    assert refusal.code == 1
    assert refusal.err.startswith("wl: no Docker daemon answers")
    assert "--engine host" in refusal.err
    assert refusal.err.count("\n") == 1
    assert kept.read_text() == "docker\n"


async def test_another_engine_that_is_asked_for_is_kept(undecided: Server) -> None:
    """The log says so; the next start stays there."""
    undecided.data.mkdir()
    (undecided.data / "engine").write_text("docker\n")
    await undecided.start("--engine", "host")
    assert undecided.log.count("another engine") == 1
    await undecided.stop()
    await undecided.start()
    assert chosen(undecided) == "host"
    assert undecided.log.count("another engine") == 1


async def test_the_first_start_takes_what_there_is_and_keeps_it(undecided: Server) -> None:
    """Without Docker these are processes of this machine."""
    await undecided.start()
    assert chosen(undecided) == "host"
    assert (undecided.data / "engine").read_text() == "host\n"


async def test_a_socket_that_was_named_is_meant(undecided: Server) -> None:
    """Nobody who names Docker's socket wants processes of this machine."""
    undecided.environ["WL_DOCKER_HOST"] = NOWHERE
    refusal = await undecided.refuse()
    assert refusal.err.startswith("wl: no Docker daemon answers")
    assert not (undecided.data / "engine").exists()
