"""What a user does first: a cron file goes in, executions come out."""

import re
from datetime import timedelta

from tests.acceptance.crons import (
    EVERY_MINUTE,
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
from tests.acceptance.program import Server, ended
from tests.conftest import eventually

SMALLEST = """\
schedule: "cron(*/10 * * * ? *)"
description:
  image: wlcron-test/perl
  arguments:
    - bash
    - -c
    - perl -Mbignum=bpi -wle "print bpi($PI_ACCURACY)"
  env:
    PI_ACCURACY: "100"  # as a text
"""
PI = "3.14159265358979323846"
STATUS = re.compile(
    r"""Name     = (?P<name>\S+)
Status   = SUCCESS
Schedule = cron\(\*/10 \* \* \* \? \*\)

Last Executions:
ID                  Started At                Duration  Status   Exit Code
[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]\.\.\.  \d{4}-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d UTC  \d+s {6,7} SUCCESS  0
(\nNote     = image wlcron-test/perl is ignored by the host engine\n)?"""  # noqa: E501 -- as it is
)


async def test_the_smallest_cron_file_runs_and_its_history_is_a_command_away(
    server: Server, name: str
) -> None:
    """`create`, `run --wait`, `status`, `logs` and `show`, as the README has them."""
    await create(server, name, SMALLEST)
    ran = await server.wl("cron", "run", name, "--wait")
    assert ran.code == 0, ran.err
    status = await server.wl("cron", "status", name)
    shape = STATUS.fullmatch(status.out)
    assert shape, status.out
    assert shape["name"] == name
    assert (await server.wl("cron", "logs", name)).out.startswith(PI)
    assert (await server.wl("cron", "show", name)).out == SMALLEST


async def test_a_slot_is_started_when_it_is_due(server: Server, name: str) -> None:
    """A slot a few seconds ahead becomes one execution, in its second, and is the only one."""
    schedule, slot = soon(3)
    await create(server, name, cron_file("echo scheduled", schedule))
    row = await over(server, name)
    assert (row["status"], row["manual"], instant(row["slot"])) == ("SUCCESS", False, slot)
    assert instant(row["created_at"]) - slot < timedelta(seconds=2)
    assert len(await history(server, name)) == 1
    assert (await server.wl("cron", "logs", name)).out == "scheduled\n"


async def test_a_schedule_of_minutes_starts_at_the_next_full_minute(host: Server) -> None:
    """The boundary is the minute's, not the creation's."""
    cron = await host.ask("GET", f"/v1/crons/{EVERY_MINUTE}")  # created when the server started
    await newest(host, EVERY_MINUTE, lambda row: row["status"] == "SUCCESS", within=75)
    first = (await history(host, EVERY_MINUTE))[-1]
    created, slot = instant(cron["created_at"]), instant(first["slot"])
    assert slot == created.replace(second=0, microsecond=0) + timedelta(minutes=1)
    assert instant(first["started_at"]) - slot < timedelta(seconds=3)


async def test_an_execution_knows_who_it_is(server: Server, name: str) -> None:
    """The `WL_…` variables tell cron, execution, slot, attempt and deadline."""
    await create(server, name, cron_file("env | grep ^WL_ | sort", timeout="10m"))
    await server.wl("cron", "run", name, "--wait")
    log = (await server.wl("cron", "logs", name)).out
    told = dict(line.split("=", 1) for line in log.splitlines())
    [row] = await history(server, name)
    assert told["WL_CRON"] == name
    assert told["WL_EXECUTION"] == row["id"]
    assert told["WL_ATTEMPT"] == "1"
    slot, deadline = instant(told["WL_SLOT"]), instant(told["WL_DEADLINE"])
    assert abs(slot - instant(row["slot"])) < timedelta(seconds=1)
    # In ECS it is fixed with the row, and the guard counts from its own start.
    late = instant(row["started_at"]) - instant(row["created_at"]) + timedelta(seconds=1)
    assert abs(deadline - instant(row["deadline"])) <= late
    assert abs(deadline - slot - timedelta(minutes=10)) < timedelta(seconds=10)


async def test_one_execution_may_have_arguments_and_variables_of_its_own(
    server: Server, name: str
) -> None:
    """`--env` is added to the cron's variables, what follows `--` replaces its arguments."""
    env = {"GREETING": "hello", "WHO": "nobody"}
    await create(server, name, cron_file('echo "$GREETING $WHO"', description={"env": env}))
    own = ("--env", "WHO=world=wide", "--", "sh", "-c", 'echo "$GREETING, $WHO!"')
    await run(server, name, "--wait", *own)
    assert (await server.wl("cron", "logs", name)).out == "hello, world=wide!\n"
    await run(server, name, "--wait")
    assert (await server.wl("cron", "logs", name)).out == "hello nobody\n"


async def test_a_log_is_followed_while_it_is_written(server: Server, name: str) -> None:
    """`logs -f` shows a line before the execution is over, and ends with it."""
    await create(server, name, cron_file("echo early; sleep 3; echo late"))
    await run(server, name)
    await begun(server, name)
    shown = server.home / "followed"
    following = server.begin("cron", "logs", name, "-f", output=shown)
    await eventually(lambda: shown.read_text() == "early\n")
    [row] = await history(server, name)
    assert row["status"] == "RUNNING"
    assert await ended(following) == 0
    assert shown.read_text() == "early\nlate\n"
