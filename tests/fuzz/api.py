"""schemathesis against the real `wl server`: its process, the host engine, SQLite, a token.

`python -m tests.fuzz.api SECONDS FOLDER`; scripts/fuzz.py runs it. What was counted is in
FOLDER/api.json, what schemathesis and the server said beside it.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.acceptance.program import Server, a_server

_CRONS = ("tidy", "backup", "report")
# Not among them: whether what fits the schema is taken, and what does not is refused. A cron file
# and a schedule have a grammar of their own, which no JSON schema says.
_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "ignored_auth",
    "unsupported_method",
)
# Nobody listens at its address: what the server says of that is an answer like any other.
_CHANNEL = {"type": "slack", "url": "http://127.0.0.1:9/hook"}
_CRON_FILE = "schedule: '@daily'\ntimeout: 5s\ndescription: {arguments: [echo, hello]}\n"
_SHOWN = 5
_ENOUGH = 120  # seconds that schemathesis may take to come to its end
_ANSWERS_WITHIN = 70  # seconds: a question may ask to wait for 60


async def main(seconds: int, folder: Path) -> int:
    """Ask everything of a server for so long; return 1 where something was wrong."""
    _clear(folder)
    async with a_server(folder, "host") as server:
        server.environ["WL_CHANNELS"] = json.dumps({"nobody": _CHANNEL})
        await server.start()
        known = await _furnish(server)
        code = await asyncio.to_thread(_ask, server, seconds, folder, known)
        is_alive = server.process is not None and server.process.poll() is None
        errors = [event for event in server.events() if event["level"] in {"error", "critical"}]
        ended = await server.stop() if is_alive else 1
    _write_counts(folder, len(errors))
    for event in errors[:_SHOWN]:
        print("the server's log:", json.dumps(event)[:2000])  # noqa: T201 -- for a person
    return int(bool(code or errors or ended))


def _clear(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


async def _furnish(server: Server) -> Mapping[str, str]:
    """Make crons and executions, so that there is something to ask after."""
    ids = []
    for name in _CRONS:
        await server.ask("PUT", f"/v1/crons/{name}", _CRON_FILE)
        ids.append((await server.ask("POST", f"/v1/crons/{name}/executions"))["id"])
    return {"WL_FUZZ_CRONS": " ".join(_CRONS), "WL_FUZZ_EXECUTIONS": " ".join(ids)}


def _ask(server: Server, seconds: int, folder: Path, known: Mapping[str, str]) -> int:
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{server.url}/openapi.json"),
        *("--header", f"Authorization: Bearer {server.token}", "--checks", ",".join(_CHECKS)),
        *("--max-time", str(seconds), "--request-timeout", str(_ANSWERS_WITHIN), "--no-color"),
        *("--continue-on-failure", "--generation-database", "none", "--output-sanitize", "true"),
        *("--report", "json", "--report-json-path", str(folder / "report.json")),
    ]
    environ = {**os.environ, **known, "SCHEMATHESIS_HOOKS": "tests.fuzz.api_hooks"}
    with (folder / "schemathesis.log").open("wb") as log:
        return subprocess.run(  # noqa: S603 -- our own command
            command,
            cwd=folder,  # where it leaves its cache
            env=environ,
            stdout=log,
            stderr=log,
            timeout=seconds + _ENOUGH,
            check=False,
        ).returncode


def _write_counts(folder: Path, errors: int) -> None:
    """Write what schemathesis has counted; `errors` are those that the server has logged."""
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    failures: list[dict[str, Any]] = report["failures"]
    counts = {
        "operations": report["operations"]["tested"],
        "cases": report["test_cases"]["generated"],
        "failures": report["test_cases"]["unique_failures"],
        "server_errors": errors
        + sum("server error" in json.dumps(each).lower() for each in failures),
    }
    (folder / "api.json").write_text(json.dumps(counts))


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]))))
