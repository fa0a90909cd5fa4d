"""A command imports what it needs and no more: that is what makes wl start fast."""

import json

import pytest

from tests.cli.conftest import (
    ScriptedServer,
    make_cron,
    make_execution,
    make_history,
    start_process,
)

HEAVY = {
    "pydantic",
    "fastapi",
    "starlette",
    "uvicorn",
    "sqlalchemy",
    "alembic",
    "aiodocker",
    "aiohttp",
    "structlog",
    "yaml",
    "asyncio",
    "http.client",
    "http.server",
    "email",
    "ssl",
    "h11",
    "dataclasses",
    "pathlib",
    "urllib.parse",
    "tomllib",
    "zoneinfo",
    "importlib.metadata",
    "encodings.idna",
    "subprocess",
    "logging",
    "wlcron.core",
    "wlcron.schedule",
    "wlcron.cronfile",
}
PROGRAM = """
import sys
before = set(sys.modules)
from wlcron.cli.main import main
code = main()
import json
print(json.dumps(sorted(set(sys.modules) - before)), file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.acceptance
@pytest.mark.parametrize("command", ["status", "list", "logs"])
def test_what_is_asked_often_imports_nothing_heavy(server: ScriptedServer, command: str) -> None:
    """Not one of these, and no module of wlcron that is not needed."""
    history = make_history(make_execution())
    server.on("GET /v1/crons/pi/executions?limit=10", history)
    server.on("GET /v1/crons/pi/executions?limit=100", history)
    server.on(f"GET /v1/executions/{make_execution()['id']}/logs", {})
    server.on("GET /v1/crons?limit=1000", {"crons": [make_cron()], "next": None})
    arguments = ["cron", command, *(["pi"] if command != "list" else [])]
    environment: dict[str, str | None] = {"WL_URL": server.url, "WL_TOKEN": "t"}
    with start_process("-c", PROGRAM, *arguments, env=environment) as process:
        imported = set(json.loads(process.communicate()[1]))
    assert process.returncode == 0
    assert imported & HEAVY == set()
    assert {name for name in imported if name.startswith("wlcron.cli.cron.")} <= {
        "wlcron.cli.cron.status",
        f"wlcron.cli.cron.{command}",
    }


def test_the_package_itself_imports_nothing() -> None:
    """`import wlcron` costs nothing to whoever needs one part of it."""
    program = "import sys; b = set(sys.modules); import wlcron; print(set(sys.modules) - b)"
    with start_process("-c", program, env={}) as process:
        assert process.communicate()[0] == b"{'wlcron'}\n"
