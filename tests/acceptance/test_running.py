"""How executions end, and how they are kept apart."""

from datetime import timedelta

import pytest

from tests.acceptance.crons import (
    ACTIVE,
    begun,
    create,
    cron_file,
    history,
    instant,
    newest,
    over,
    run,
    soon,
)
from tests.acceptance.program import Server

STUBBORN = "trap '' TERM; while true; do sleep 1; done"
GRACE = {"stop-grace": "1s"}
ABOUT = timedelta(seconds=1)  # in ECS the guard may have begun a moment before the task was RUNNING


@pytest.mark.parametrize("code", [0, 7, 255])
async def test_run_and_wait_ends_with_the_exit_code_of_the_job(
    host: Server, name: str, code: int
) -> None:
    """`wl cron run --wait` can stand in a script where the job stood."""
    await create(host, name, cron_file(f"exit {code}"))
    answer = await host.wl("cron", "run", name, "--wait")
    assert answer.code == code
    [row] = await history(host, name)
    assert (row["status"], row["exit_code"]) == ("SUCCESS" if code == 0 else "FAILED", code)
    assert row["reason"] == ("finished" if code == 0 else f"exited with code {code}")


async def test_a_command_that_does_not_exist_is_an_error_not_a_failure(
    server: Server, name: str
) -> None:
    """The engine's reason names the command."""
    text = cron_file(description={"arguments": ["no-such-command", "now"]})
    await create(server, name, text)
    answer = await server.wl("cron", "run", name, "--wait")
    assert answer.code == 1
    row = await over(server, name)
    assert (row["status"], row["exit_code"]) == ("ERROR", None)
    assert "no-such-command" in row["reason"]


@pytest.mark.docker
async def test_an_image_that_does_not_exist_is_an_error(docker: Server, name: str) -> None:
    """The reason names the image."""
    await create(docker, name, cron_file(description={"image": "wlcron-test/no-such-image"}))
    await run(docker, name)
    row = await over(docker, name)
    assert row["status"] == "ERROR"
    assert "wlcron-test/no-such-image" in row["reason"]


async def test_an_execution_that_ignores_term_is_over_by_deadline_and_grace(
    server: Server, name: str
) -> None:
    """TERM at the deadline, KILL after the grace: TIMEOUT."""
    await create(server, name, cron_file(STUBBORN, timeout=2, description=GRACE))
    answer = await server.wl("cron", "run", name, "--wait")
    assert answer.code != 0
    row = await over(server, name)
    assert row["status"] == "TIMEOUT"
    lasted = instant(row["ended_at"]) - instant(row["deadline"])
    assert -ABOUT <= lasted < timedelta(seconds=4)


async def test_the_deadline_is_kept_when_the_server_is_dead(own: Server, name: str) -> None:
    """The guard ends it, and the next server records when and how it ended."""
    await create(own, name, cron_file(STUBBORN, timeout=2, description=GRACE))
    await run(own, name)
    started = await begun(own, name)
    await own.kill()
    await own.start()
    row = await over(own, name)
    assert row["status"] == "TIMEOUT"
    assert row["deadline"] == started["deadline"]
    assert instant(row["ended_at"]) - instant(row["deadline"]) < timedelta(seconds=4)


async def test_a_slot_that_is_due_while_another_execution_runs_is_skipped(
    server: Server, name: str
) -> None:
    """Its row names the execution that was in the way; nothing of it ran."""
    schedule, slot = soon(4)
    await create(server, name, cron_file("sleep 30", schedule))
    running = await run(server, name)
    row = await newest(server, name, lambda row: not row["manual"])
    assert (row["status"], instant(row["slot"])) == ("SKIPPED", slot)
    assert running[:8] in row["reason"]
    assert row["started_at"] is None
    [_, first] = await history(server, name)
    assert first["id"] == running
    assert first["status"] in ACTIVE  # on a busy machine a task takes more than four seconds


async def test_run_now_is_refused_while_an_execution_runs(server: Server, name: str) -> None:
    """Exit code 1 and one sentence that names the one in the way."""
    await create(server, name, cron_file("sleep 30"))
    running = await run(server, name)
    answer = await server.wl("cron", "run", name)
    assert answer.code == 1
    assert "SKIPPED" in answer.err
    assert running[:8] in answer.err


async def test_stop_ends_an_execution_and_keeps_the_reason(server: Server, name: str) -> None:
    """STOPPED, with what the person said."""
    await create(server, name, cron_file("sleep 30", description=GRACE))
    running = await run(server, name)
    await begun(server, name)
    answer = await server.wl("cron", "stop", name, running[:8], "--reason", "wrong data")
    assert answer.code == 0
    row = await over(server, name)
    assert (row["status"], row["reason"]) == ("STOPPED", "wrong data")
    again = await server.wl("cron", "stop", name)
    assert again.code == 1
    assert again.err == f"wl: No execution of {name} is under way.\n"


async def test_an_id_may_be_shortened_as_long_as_it_is_unique(host: Server, name: str) -> None:
    """A beginning that nothing has is refused, as is one of another cron's."""
    await create(host, name, cron_file("echo $WL_EXECUTION"))
    full = await run(host, name)
    await over(host, name)
    assert (await host.wl("cron", "logs", name, full[:6])).out == f"{full}\n"
    unknown = await host.wl("cron", "logs", name, "00000000-0000")
    assert unknown.code == 1
    assert unknown.err.startswith("wl: ")
    await create(host, f"{name}-b", cron_file())
    foreign = await host.wl("cron", "logs", f"{name}-b", full)
    assert foreign.code == 1
    assert name in foreign.err
