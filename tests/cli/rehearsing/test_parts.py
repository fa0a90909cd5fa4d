"""Which crons `wl rehearse` rehearses, and how long their executions take."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import ScriptedServer, Wl, make_execution, make_history
from tests.cli.rehearsing.files import CRON, FROM, USUALLY, cron_file, durations


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Return a cron file."""
    return cron_file(tmp_path)


def test_a_cron_without_a_name_has_that_of_its_file(wl: Wl, tmp_path: Path) -> None:
    """Further ones of the file are numbered."""
    nameless = CRON.removeprefix("name: tidy\n")
    (tmp_path / "crons").mkdir()
    (tmp_path / "crons" / "pi.yaml").write_text(f"{nameless}---\n{nameless}")
    _, out, _ = wl("rehearse", "-f", str(tmp_path / "crons"), *FROM, "-o", "json")
    assert [cron["name"] for cron in json.loads(out)["crons"]] == ["pi", "pi-2"]


def test_durations_of_history_are_those_of_the_last_executions(
    wl: Wl, file: str, server: ScriptedServer
) -> None:
    """Oldest first, with their exit codes; what did not end by itself says nothing."""
    server.on(
        "GET /v1/crons/tidy/executions?limit=100",
        make_history(
            make_execution(7, duration=4.0, exit_code=143, status="STOPPED"),
            make_execution(6, duration=3.0, exit_code=None, status="LOST"),
            make_execution(5, duration=3.0, exit_code=None, status="ERROR"),
            make_execution(4, duration=None, exit_code=None, status="RUNNING", ended_at=None),
            make_execution(3, duration=None, status="SKIPPED"),
            make_execution(2, duration=2.5, exit_code=1, status="FAILED"),
            make_execution(1, duration=60.0, exit_code=0),
        ),
    )
    arguments = ("-f", file, *FROM, "--durations", "history", "--events", "all", "-o", "json")
    code, out, err = wl("rehearse", *arguments)
    assert (code, err) == (0, "")
    ends = [each for each in json.loads(out)["events"] if each["event"] in {"SUCCESS", "FAILED"}]
    assert [(each["at"], each["event"]) for each in ends[:3]] == [
        ("2027-03-27T00:01:00Z", "SUCCESS"),
        ("2027-03-27T00:10:02.500000Z", "FAILED"),
        ("2027-03-27T00:21:00Z", "SUCCESS"),
    ]


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "1 execution of tidy ended at its timeout: how long it takes is not known.\n"),
        (2, "2 executions of tidy ended at their timeout: how long they take is not known.\n"),
    ],
)
def test_what_ended_at_its_timeout_runs_until_the_one_that_is_rehearsed(
    wl: Wl, file: str, server: ScriptedServer, count: int, said: str
) -> None:
    """Though the old one was shorter, and with it what is known of how long it takes."""
    rows = [make_execution(n, duration=60.0, exit_code=143, status="TIMEOUT") for n in range(count)]
    server.on("GET /v1/crons/tidy/executions?limit=100", make_history(*rows))
    arguments = ("-f", file, *FROM, "--durations", "history", "--events", "trouble", "-o", "json")
    code, out, err = wl("rehearse", *arguments)
    assert (code, err) == (0, said)
    report = json.loads(out)
    assert (report["crons"][0]["timeouts"], report["crons"][0]["failures"]) == (144, 0)
    assert report["events"][0]["at"] == "2027-03-27T00:05:00Z"


def test_a_cron_that_the_server_does_not_know_takes_what_is_usual(
    wl: Wl, file: str, server: ScriptedServer
) -> None:
    """And it is said that it does."""
    server.refuse("GET /v1/crons/tidy/executions?limit=100", 404, "there is no cron named tidy")
    code, out, err = wl("rehearse", "-f", file, *FROM, "--durations", "history")
    assert code == 0
    unknown = "The server knows of no execution of tidy that ended by itself"
    assert err.startswith(f"{unknown}; it takes {USUALLY}.\n")
    assert "tidy" in out


def test_mistakes_of_durations_are_told_like_those_of_cron_files(
    wl: Wl, file: str, tmp_path: Path
) -> None:
    """File, line and key."""
    path = durations(tmp_path, "tidy: 5m\nother: 3m\n")
    code, _, err = wl("rehearse", "-f", file, "--durations", path)
    assert code == 1
    assert err == (
        f"{path}:2: other: no cron of that name is rehearsed\n"
        "wl: correct what is named above and try again.\n"
    )


def test_crons_that_name_no_timeout_have_the_servers(
    wl: Wl, file: str, environment: dict[str, str | None], tmp_path: Path
) -> None:
    """As the configuration says, or the environment before it."""
    Path(file).write_text(CRON.replace("timeout: 5m\n", ""))
    fates = durations(tmp_path, "tidy: 4m")
    arguments = ("rehearse", "-f", file, *FROM, "--durations", fates, "-o", "json")

    def timeouts(**env: str) -> int:
        found: int = json.loads(wl(*arguments, env={**env}).out)["crons"][0]["timeouts"]
        return found

    assert timeouts() == 0
    Path(str(environment["WL_CONFIG"])).write_text('default-timeout = "3m"\n')
    assert timeouts() == 144
    assert timeouts(WL_DEFAULT_TIMEOUT="5m") == 0


def test_a_configuration_with_a_mistake_is_refused_in_a_sentence(wl: Wl, file: str) -> None:
    """As the server does it."""
    code, out, err = wl("rehearse", "-f", file, env={"WL_DEFAULT_TIMEOUT": "soon"})
    assert (code, out) == (2, "")
    assert 'default-timeout (WL_DEFAULT_TIMEOUT): "soon" must be a duration' in err
