"""What users do with cron files, and what they are told when one is refused."""

from pathlib import Path

from tests.acceptance.crons import create, cron_file, history, over, run, soon
from tests.acceptance.program import Server
from tests.acceptance.user import User, free_port
from tests.conftest import eventually

NAMED = """\
name: {name}
schedule: "{schedule}"
description:
  image: busybox
  arguments: ["true"]
"""


def named(name: str, schedule: str = "0 9 * * *") -> str:
    """Return a cron file for `apply`."""
    return NAMED.format(name=name, schedule=schedule)


async def test_a_name_that_exists_is_not_created_again(host: Server, name: str) -> None:
    """`create` refuses with exit code 1, points to `apply`, and changes nothing."""
    await create(host, name, cron_file("echo first"))
    again = await host.wl("cron", "create", name, "-f", "-", stdin=cron_file("echo second"))
    assert again.code == 1
    assert again.err == (f"wl: a cron named {name} exists already: `wl cron apply` updates it\n")
    assert (await host.wl("cron", "show", name)).out.strip() == cron_file("echo first")


async def test_apply_creates_updates_and_says_what_changed(host: Server, name: str) -> None:
    """A dry run says the same and does nothing."""
    dry = await host.wl("cron", "apply", "-f", "-", "--dry-run", stdin=named(name))
    assert (dry.code, dry.out.splitlines()[0][: len(name) + 18]) == (0, f"{name} would be created.")
    assert (await host.wl("cron", "status", name)).code == 1
    made = await host.wl("cron", "apply", "-f", "-", stdin=named(name))
    assert made.out.startswith(f"{name} is created.")
    changed = named(name, "0 10 * * *")
    dry = await host.wl("cron", "apply", "-f", "-", "--dry-run", stdin=changed)
    assert "  schedule: 0 9 * * * → 0 10 * * *\n" in dry.out
    assert (await host.wl("cron", "show", name)).out == named(name)
    made = await host.wl("cron", "apply", "-f", "-", stdin=changed)
    assert made.out.startswith(f"{name} is updated.")
    again = await host.wl("cron", "apply", "-f", "-", stdin=changed)
    assert again.out.startswith(f"{name} is unchanged.")


async def test_nothing_of_a_directory_is_applied_if_one_file_has_a_mistake(
    host: Server, name: str, tmp_path: Path
) -> None:
    """All mistakes of all files are told, with file and line; nothing is created."""
    (tmp_path / "good.yaml").write_text(named(name))
    (tmp_path / "bad.yaml").write_text("name: bad\nschedle: '* * * * *'\ndescription: {}\n")
    (tmp_path / "worse.yml").write_text(named("worse", "61 * * * *"))
    answer = await host.wl("cron", "apply", "-f", str(tmp_path))
    assert answer.code == 1
    assert f"{tmp_path}/bad.yaml:2: schedle: " in answer.err
    assert f"{tmp_path}/worse.yml:2: schedule: " in answer.err
    assert (await host.wl("cron", "status", name)).code == 1


async def test_validate_needs_no_server(tmp_path: Path) -> None:
    """It is valid or it is not, and the exit code says so."""
    file = tmp_path / "cron.yaml"
    file.write_text(named("nightly"))
    nowhere = f"http://127.0.0.1:{free_port()}"
    client = User(tmp_path, tmp_path, environ={"WL_URL": nowhere})
    assert (await client.wl("cron", "validate", "-f", str(file))).code == 0
    file.write_text(named("nightly", "0 9 30 2"))
    answer = await client.wl("cron", "validate", "-f", str(file))
    assert answer.code == 1
    assert f"{file}:2: schedule: " in answer.err


async def test_every_kind_of_failure_has_its_exit_code(host: Server, name: str) -> None:
    """0 done, 1 refused, 2 wrong usage, 3 server not reached; one sentence for each."""
    answers = [
        (0, await host.wl("cron", "list")),
        (1, await host.wl("cron", "status", name)),
        (2, await host.wl("cron", "status", name, "--no-such-flag")),
        (2, await host.wl("cron", "status", "No/Name")),
        (3, await host.wl("cron", "list", "--url", f"http://127.0.0.1:{free_port()}")),
    ]
    for code, answer in answers:
        assert answer.code == code, answer
        assert answer.err.count("\n") == (code != 0), answer
    assert answers[1][1].err == f"wl: there is no cron named {name}: `wl cron list` shows them\n"


async def test_what_prints_data_prints_json(host: Server, name: str) -> None:
    """`-o json` holds what the text shows, and more."""
    await create(host, name, cron_file("exit 3", labels={"team": "payments"}))
    await host.wl("cron", "run", name, "--wait")
    status = (await host.wl("cron", "status", name, "-o", "json")).json()
    assert status["cron"]["labels"] == {"team": "payments"}
    [row] = status["executions"]
    assert (row["status"], row["exit_code"]) == ("FAILED", 3)
    crons = (await host.wl("cron", "list", "-o", "json")).json()
    assert name in {cron["name"] for cron in crons}
    shown = (await host.wl("cron", "show", name, "-o", "json")).json()
    assert shown["definition"]["labels"] == {"team": "payments"}
    paused = (await host.wl("cron", "pause", name, "--for", "1h", "-o", "json")).json()
    assert paused["paused"]["until"] is not None
    assert (await host.wl("cron", "doctor", "-o", "json")).code == 2
    assert (await host.wl("doctor", "-o", "json")).json()["findings"]


async def test_a_slot_in_a_pause_is_skipped_with_its_reason(host: Server, name: str) -> None:
    """After `resume` it is not made up for."""
    schedule, _ = soon(3)
    await create(host, name, cron_file("true", schedule))
    paused = await host.wl("cron", "pause", name, "--reason", "database upgrade")
    assert paused.code == 0
    assert "Paused   = since " in (await host.wl("cron", "status", name)).out
    row = await over(host, name)
    assert (row["status"], row["reason"]) == ("SKIPPED", "the cron was paused: database upgrade")
    assert (await host.wl("cron", "resume", name)).code == 0
    assert "Paused" not in (await host.wl("cron", "status", name)).out
    assert len(await history(host, name)) == 1


async def test_delete_forgets_the_cron_and_ends_what_runs(
    host: Server, name: str, tmp_path: Path
) -> None:
    """The name is free afterwards; a new cron of that name has no history."""
    ended = tmp_path / "ended"
    await create(
        host, name, cron_file(f"trap 'touch {ended}; exit' TERM; echo on; sleep 30 & wait")
    )
    await run(host, name)
    following = host.begin("cron", "logs", name, "-f", output=tmp_path / "log")
    await eventually(lambda: b"on" in (tmp_path / "log").read_bytes())
    refused = await host.wl("cron", "delete", name)
    assert refused.code == 2
    assert (await host.wl("cron", "delete", name, "--yes")).out == f"{name} is deleted.\n"
    assert following.wait(30) == 0
    assert ended.exists()
    await create(host, name, cron_file())
    assert "NEVER RUN" in (await host.wl("cron", "status", name)).out


async def test_no_slot_fires_because_of_an_edit(host: Server, name: str) -> None:
    """What is created, changed or resumed begins strictly in the future."""
    await create(host, name, named(name, "* * * * *"))
    await host.wl("cron", "apply", "-f", "-", stdin=named(name, "rate(1 minute)"))
    await host.wl("cron", "pause", name)
    await host.wl("cron", "resume", name)
    past, _ = soon(-2)
    answer = await host.wl("cron", "apply", "-f", "-", stdin=named(name, past))
    assert answer.code in {0, 1}
    rows = await history(host, name)
    assert [row for row in rows if row["status"] != "SUCCESS"] == []
    assert len(rows) <= 1  # the full minute may have come meanwhile
