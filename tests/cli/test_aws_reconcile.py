"""`wl aws reconcile`."""

from tests.cli.conftest import ScriptedServer, Wl

DIFFERENT = {"what": "missing", "cron": "pi", "part": "rule wl-default-pi"}


def test_what_differs_is_listed_and_mended(server: ScriptedServer, wl: Wl) -> None:
    """And where to see how far that is."""
    server.on("POST /v1/aws/reconcile", {"differences": [DIFFERENT], "mended": True})
    code, out, err = wl("aws", "reconcile")
    assert (code, err) == (0, "")
    assert "pi    rule wl-default-pi  missing" in out
    assert out.endswith("It is being mended: `wl doctor` says how far it is.\n")


def test_a_dry_run_changes_nothing(server: ScriptedServer, wl: Wl) -> None:
    """It says so."""
    route = "POST /v1/aws/reconcile?dry_run=true"
    server.on(route, {"differences": [DIFFERENT], "mended": False})
    assert wl("aws", "reconcile", "--dry-run").out.endswith("Nothing was changed.\n")
    assert server.routes == [route]


def test_nothing_differs(server: ScriptedServer, wl: Wl) -> None:
    """One line."""
    server.on("POST /v1/aws/reconcile", {"differences": [], "mended": True})
    assert wl("aws", "reconcile") == (0, "AWS is as the crons say.\n", "")


def test_it_can_answer_in_json(server: ScriptedServer, wl: Wl) -> None:
    """What the API said."""
    server.on("POST /v1/aws/reconcile", {"differences": [DIFFERENT], "mended": True})
    assert '"mended": true' in wl("aws", "reconcile", "-o", "json").out


def test_a_server_without_aws_says_nothing_differs_and_one_that_fails_says_why(
    server: ScriptedServer, wl: Wl
) -> None:
    """Exit code 1, one sentence."""
    server.refuse("POST /v1/aws/reconcile", 503, "AWS does not answer")
    code, out, err = wl("aws", "reconcile")
    assert (code, out) == (1, "")
    assert "AWS does not answer" in err
