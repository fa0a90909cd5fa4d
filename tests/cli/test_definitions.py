"""`wl cron create`, `apply`, `validate` and `show`: files in, outcomes out."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import SMALLEST, ScriptedServer, Wl, make_cron

PUT = "PUT /v1/crons/pi"
DRY = "PUT /v1/crons/pi?dry_run=true"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the smallest cron file."""
    path = tmp_path / "cron file.yaml"
    path.write_text(SMALLEST)
    return path


def outcome(what: str, *changes: str, **cron: object) -> dict[str, object]:
    """Return what the server says of a definition."""
    return {"cron": make_cron(**cron), "outcome": what, "changes": list(changes)}


def test_create_hands_in_the_file_as_it_is(server: ScriptedServer, wl: Wl, file: Path) -> None:
    """Create-only, with the file's name for the messages."""
    remark = "image perl is ignored by the host engine"
    server.on(PUT, outcome("created", remarks=[remark]), status=201)
    assert wl("cron", "create", "pi", "-f", str(file)) == (
        0,
        (
            "pi is created. Every 10 minutes (UTC). Next slot: 2018-Feb-26 14:00:00 UTC.\n"
            "note: image perl is ignored by the host engine\n"
        ),
        "",
    )
    (seen,) = server.seen
    assert seen.body.decode() == SMALLEST
    assert seen.headers["if-none-match"] == "*"
    assert seen.headers["x-wlcron-origin"].endswith("cron%20file.yaml")


def test_a_name_that_exists_is_an_error(server: ScriptedServer, wl: Wl, file: Path) -> None:
    """In the server's words."""
    server.refuse(PUT, 412, "a cron named pi exists already: `wl cron apply` updates it")
    code, out, err = wl("cron", "create", "pi", "-f", str(file))
    assert (code, out) == (1, "")
    assert err == "wl: a cron named pi exists already: `wl cron apply` updates it\n"


def test_the_servers_list_of_mistakes_is_printed(
    server: ScriptedServer, wl: Wl, file: Path
) -> None:
    """Each on a line of its own, then what to do."""
    server.refuse(PUT, 422, "no", problems=["cron.yaml:3: one", "cron.yaml:4: two"])
    code, _, err = wl("cron", "create", "pi", "-f", str(file))
    assert code == 1
    assert err.splitlines()[:2] == ["cron.yaml:3: one", "cron.yaml:4: two"]


def test_create_reads_standard_input(server: ScriptedServer, wl: Wl) -> None:
    """`-f -`."""
    server.on(PUT, outcome("created"), status=201)
    assert wl("cron", "create", "pi", "-f", "-", stdin=SMALLEST).code == 0
    assert server.seen[0].body.decode() == SMALLEST


def test_create_takes_one_cron(server: ScriptedServer, wl: Wl, file: Path) -> None:
    """A file of several is for `apply`."""
    file.write_text(f"name: a\n{SMALLEST}---\nname: b\n{SMALLEST}")
    code, _, err = wl("cron", "create", "pi", "-f", str(file))
    assert code == 1
    assert "wl cron apply -f" in err
    assert server.seen == []


def test_apply_says_what_changed(server: ScriptedServer, wl: Wl, file: Path) -> None:
    """After all were checked by the server too."""
    file.write_text(f"name: pi\n{SMALLEST}---\nname: e\n{SMALLEST}")
    server.on(DRY, outcome("updated"))
    server.on("PUT /v1/crons/e?dry_run=true", outcome("unchanged", name="e"))
    server.on(PUT, outcome("updated", "timeout: 1h → 2h"))
    server.on("PUT /v1/crons/e", outcome("unchanged", name="e"))
    assert wl("cron", "apply", "-f", str(file)) == (
        0,
        (
            "pi is updated. Every 10 minutes (UTC). Next slot: 2018-Feb-26 14:00:00 UTC.\n"
            "  timeout: 1h → 2h\n"
            "e is unchanged.\n"
        ),
        "",
    )
    assert server.routes == [DRY, "PUT /v1/crons/e?dry_run=true", PUT, "PUT /v1/crons/e"]


def test_nothing_is_applied_when_the_server_refuses_one(
    server: ScriptedServer, wl: Wl, file: Path
) -> None:
    """What only the server can know is asked for before anything changes."""
    file.write_text(f"name: pi\n{SMALLEST}---\nname: e\n{SMALLEST}")
    server.on(DRY, outcome("created"))
    server.refuse("PUT /v1/crons/e?dry_run=true", 422, "e cannot run here")
    assert wl("cron", "apply", "-f", str(file)).code == 1
    assert PUT not in server.routes


def test_a_dry_run_changes_nothing(server: ScriptedServer, wl: Wl, file: Path) -> None:
    """It says what would be."""
    file.write_text(f"name: pi\n{SMALLEST}")
    server.on(DRY, outcome("created"))
    code, out, _ = wl("cron", "apply", "-f", str(file), "--dry-run")
    assert (code, server.routes) == (0, [DRY])
    assert out.startswith("pi would be created. ")


def test_nothing_is_sent_when_one_file_has_a_mistake(
    server: ScriptedServer, wl: Wl, tmp_path: Path
) -> None:
    """All mistakes of all files are printed, with file and line."""
    crons = tmp_path / "crons"
    (crons / "below").mkdir(parents=True)
    (crons / "a.yaml").write_text(f"name: a\n{SMALLEST}")
    (crons / "below" / "b.yml").write_text(f"name: b\nimagine: 1\n{SMALLEST}")
    (crons / "c.yaml").write_text(SMALLEST)
    (crons / "note.txt").write_text("no cron")
    code, out, err = wl("cron", "apply", "-f", str(crons))
    assert (code, out, server.seen) == (1, "", [])
    first, second, last = err.splitlines()
    assert "b.yml:2: " in first
    assert first.endswith('unknown key "imagine"')
    assert second.endswith("c.yaml:1: name: is missing; `apply` needs one in each document")
    assert last.startswith("wl: ")


def test_a_name_may_be_given_once(wl: Wl, tmp_path: Path) -> None:
    """Two documents of one name would overwrite one another."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(f"name: pi\n{SMALLEST}")
    code, _, err = wl("cron", "validate", "-f", str(tmp_path))
    assert code == 1
    assert "b.yaml:1: name: pi is also in " in err


def test_validate_counts_what_is_good(wl: Wl, file: Path) -> None:
    """Without any server; a name is not needed."""
    away: dict[str, str | None] = {"WL_URL": "http://127.0.0.1:1"}
    code, out, err = wl("cron", "validate", "-f", str(file), env=away)
    assert (code, out, err) == (0, "1 cron in 1 file is valid.\n", "")


def test_validate_prints_every_mistake(wl: Wl) -> None:
    """To standard error, or as JSON."""
    arguments = ("cron", "validate", "-f", "-")
    bad = "schedule: never\ndescription: {image: 3}\n"
    code, out, err = wl(*arguments, stdin=bad)
    assert (code, out, len(err.splitlines())) == (1, "", 2)
    assert err.startswith("-:1: schedule: ")
    shown = json.loads(wl(*arguments, "-o", "json", stdin=bad).out)
    assert (shown["valid"], shown["problems"]) == (False, err.splitlines())


@pytest.mark.parametrize("path", ["nowhere.yaml", "/", "/dev/null", "/dev/zero"])
def test_a_file_that_is_none_is_one_sentence(wl: Wl, path: str, tmp_path: Path) -> None:
    """Missing, a directory without cron files, empty, endless."""
    place = str(tmp_path / "empty") if path == "/" else path
    (tmp_path / "empty").mkdir()
    code, out, err = wl("cron", "validate", "-f", place)
    assert (code, out, err.count("\n")) == (1, "", 1)


def test_show_prints_the_file_to_the_letter(server: ScriptedServer, wl: Wl) -> None:
    """So that it may be applied again."""
    server.on("GET /v1/crons/pi", make_cron(source="# mine\nschedule: ü\n"))
    assert wl("cron", "show", "pi") == (0, "# mine\nschedule: ü\n", "")
