"""`wl cron status` and `wl cron list`: exact shapes."""

import json

from tests.cli.conftest import ScriptedServer, Wl, make_cron, make_execution, make_history

HISTORY = "GET /v1/crons/pi/executions?limit=10"


def script(server: ScriptedServer, *executions: object, **changed: object) -> None:
    """Let the server know a cron and its history."""
    server.on(HISTORY, make_history(*executions, cron=make_cron(**changed)))


def test_status_has_the_documented_shape(server: ScriptedServer, wl: Wl) -> None:
    """Three lines, a blank one, and the table: as in the interface's description."""
    first = make_execution(id="ce5a1529-6aa5-4e7b-8a1c-0242ac130003")
    second = make_execution(
        id="058ca46a-8bbf-4e7b-8a1c-0242ac130003",
        started_at="2018-02-26T13:45:04Z",
        duration=2.2,
    )
    cron = make_cron(name="my-cron-job", status="SUCCESS")
    history = make_history(first, second, cron=cron)
    server.on("GET /v1/crons/my-cron-job/executions?limit=10", history)
    assert wl("cron", "status", "my-cron-job") == (
        0,
        (
            "Name     = my-cron-job\n"
            "Status   = SUCCESS\n"
            "Schedule = cron(*/10 * * * ? *)\n"
            "\n"
            "Last Executions:\n"
            "ID                  Started At                Duration  Status   Exit Code\n"
            "ce5a1529-6aa5-4...  2018-Feb-26 13:50:03 UTC  4s        SUCCESS  0\n"
            "058ca46a-8bbf-4...  2018-Feb-26 13:45:04 UTC  2s        SUCCESS  0\n"
        ),
        "",
    )


def test_a_cron_without_executions_was_never_run(server: ScriptedServer, wl: Wl) -> None:
    """The status says so and the table has its header alone."""
    script(server)
    lines = wl("cron", "status", "pi").out.splitlines()
    assert lines[1] == "Status   = NEVER RUN"
    assert lines[-1] == "ID                  Started At                Duration  Status   Exit Code"


def test_what_is_not_known_is_a_hyphen(server: ScriptedServer, wl: Wl) -> None:
    """An execution that never started has no start, duration and exit code."""
    missed = make_execution(
        status="MISSED", reason="too late", started_at=None, duration=None, exit_code=None
    )
    script(server, missed)
    lines = wl("cron", "status", "pi").out.splitlines()
    assert lines[6] == "00000000-6aa5-4...  -                         -         MISSED   -"


def test_the_reason_of_a_failure_stands_below_the_table(server: ScriptedServer, wl: Wl) -> None:
    """So do a pause and the remarks, and the shape above stays as it is."""
    script(
        server,
        make_execution(status="FAILED", reason="exited with code 3", exit_code=3),
        paused={"since": "2018-02-26T13:00:00Z", "until": None, "reason": "upgrade"},
        remarks=["image perl is ignored by the host engine"],
    )
    assert wl("cron", "status", "pi").out.splitlines()[7:] == [
        "",
        "Paused   = since 2018-Feb-26 13:00:00 UTC until it is resumed (upgrade)",
        "Reason   = exited with code 3",
        "Note     = image perl is ignored by the host engine",
    ]


def test_as_many_executions_are_shown_as_were_asked_for(server: ScriptedServer, wl: Wl) -> None:
    """-n goes over pages and cuts the last one."""
    page = [make_execution(number) for number in range(100)]
    server.on("GET /v1/crons/pi/executions?limit=100", make_history(*page, following="a&b"))
    second = make_history(*page, following="c")
    server.on("GET /v1/crons/pi/executions?limit=100&before=a%26b", second)
    assert len(wl("cron", "status", "pi", "-n", "150").out.splitlines()) == 6 + 150
    assert len(server.seen) == 2


def test_status_as_json_is_what_the_api_says(server: ScriptedServer, wl: Wl) -> None:
    """The cron and its executions, unchanged."""
    script(server, make_execution())
    shown = json.loads(wl("cron", "status", "pi", "-o", "json").out)
    assert shown == {"cron": make_cron(), "executions": [make_execution()], "incidents": []}


def test_the_token_is_sent(server: ScriptedServer, wl: Wl) -> None:
    """Every request carries it as a bearer token."""
    script(server)
    wl("cron", "status", "pi")
    assert {seen.headers["authorization"] for seen in server.seen} == {"Bearer sesame"}


def test_an_unknown_cron_is_a_failure_with_the_servers_sentence(
    server: ScriptedServer, wl: Wl
) -> None:
    """Exit code 1 and the detail of the problem."""
    server.refuse(HISTORY, 404, "there is no cron named pi")
    assert wl("cron", "status", "pi") == (1, "", "wl: there is no cron named pi\n")


def test_a_name_that_is_none_is_wrong_usage(server: ScriptedServer, wl: Wl) -> None:
    """Nothing is asked for under names with slashes, control characters or markup."""
    for name in ("a/b", "../x", "a\nb", "<b>", "\x1b[31m", "A", "a" * 64, "-a", ""):
        code, out, err = wl("cron", "status", "--", name)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert "\x1b" not in err
    assert server.seen == []


def test_the_list_shows_status_and_next_slot(server: ScriptedServer, wl: Wl) -> None:
    """One line for each cron of all pages."""
    paused = {"since": "2018-02-26T13:00:00Z", "until": None, "reason": ""}
    server.on(
        "GET /v1/crons?limit=1000",
        {"crons": [make_cron(status="FAILED")], "next": "pi"},
    )
    server.on(
        "GET /v1/crons?limit=1000&after=pi",
        {"crons": [make_cron(name="zz", paused=paused)], "next": None},
    )
    assert wl("cron", "list") == (
        0,
        (
            "Name  Status     Schedule              Next Slot\n"
            "pi    FAILED     cron(*/10 * * * ? *)  2018-Feb-26 14:00:00 UTC\n"
            "zz    NEVER RUN  cron(*/10 * * * ? *)  paused\n"
        ),
        "",
    )


def test_an_empty_list_says_how_to_begin(server: ScriptedServer, wl: Wl) -> None:
    """Standard output stays empty for the pipe."""
    server.on("GET /v1/crons?limit=1000", {"crons": [], "next": None})
    code, out, err = wl("cron", "list")
    assert (code, out) == (0, "")
    assert "wl cron create" in err


def test_a_list_that_goes_in_circles_ends(server: ScriptedServer, wl: Wl) -> None:
    """A cursor that does not advance is no answer of a wlcron server."""
    server.on("GET /v1/crons?limit=1000", {"crons": [], "next": "pi"})
    server.on("GET /v1/crons?limit=1000&after=pi", {"crons": [], "next": "pi"})
    assert wl("cron", "list").code == 1
