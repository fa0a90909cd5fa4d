"""What must not be seen is not shown: by the server, by `wl`, by the machine's process table."""

import json
from collections.abc import Iterator
from pathlib import Path

from tests.acceptance.crons import begun, create, cron_file, run
from tests.acceptance.program import Server
from tests.acceptance.user import User

SECRET = "hunter2-3f1d9c"  # noqa: S105 -- the tests' own
GIVEN = "given-token-5b1c"


async def test_the_token_is_in_no_log_and_no_argument(fresh: Server, name: str) -> None:
    """Neither the one that was made nor the one that was given; nor a job's environment."""
    fresh.environ["WL_TOKEN"] = GIVEN
    await fresh.start()
    env = {"PASSWORD": SECRET}
    await create(fresh, name, cron_file("sleep 30", description={"env": env}))
    await run(fresh, name, "--env", "MORE=to-come")
    await begun(fresh, name)
    shown = "\n".join([fresh.log, (fresh.data / "guard.log").read_text(), *command_lines()])
    for secret in (GIVEN, SECRET):
        assert secret not in shown
    answers = [
        await fresh.wl("doctor"),
        await fresh.wl("doctor", "-o", "json"),
        await fresh.wl("cron", "status", name),
        await fresh.wl("cron", "list"),
    ]
    assert [answer for answer in answers if GIVEN in answer.out + answer.err] == []
    assert [answer for answer in answers if SECRET in answer.out + answer.err] == []


async def test_a_job_is_not_given_the_secrets_of_the_server(fresh: Server, name: str) -> None:
    """PATH, HOME and LANG are passed on, and nothing else."""
    fresh.environ |= {"WL_TOKEN": GIVEN, "AWS_SECRET_ACCESS_KEY": SECRET}
    await fresh.start()
    await create(fresh, name, cron_file("env"))
    await fresh.wl("cron", "run", name, "--wait")
    log = (await fresh.wl("cron", "logs", name)).out
    names = {line.partition("=")[0] for line in log.splitlines()}
    own = {"WL_CRON", "WL_EXECUTION", "WL_SLOT", "WL_ATTEMPT", "WL_DEADLINE"}
    made_by_the_shell = {"PWD", "SHLVL", "_", "OLDPWD"}
    assert names <= own | {"PATH", "HOME", "LANG"} | made_by_the_shell


async def test_a_token_may_come_from_a_file(fresh: Server, tmp_path: Path) -> None:
    """`WL_TOKEN_FILE` serves the server and the client alike."""
    file = tmp_path / "secret"
    file.write_text("kept-in-a-file-71\n")
    fresh.environ["WL_TOKEN_FILE"] = str(file)
    await fresh.start()
    assert (await fresh.wl("cron", "list")).code == 0
    stranger = User(fresh.data, fresh.home, environ={"WL_TOKEN": "no"}, port=fresh.port)
    assert (await stranger.wl("cron", "list")).code == 1


async def test_a_definition_is_shown_to_who_has_the_token_only(host: Server, name: str) -> None:
    """It may hold secrets in `env`, so health and errors tell nothing of it."""
    await create(host, name, cron_file("true", description={"env": {"PASSWORD": SECRET}}))
    for path in ("/healthz", "/readyz", "/openapi.json"):
        assert SECRET not in json.dumps(await host.ask("GET", path))
    assert SECRET not in host.log


def command_lines() -> Iterator[str]:
    """Yield what `ps` shows of everybody."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                yield (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:  # it has ended
                continue
