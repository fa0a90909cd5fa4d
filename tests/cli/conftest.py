"""The program against a real HTTP server of the tests that answers as scripted."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from wlcron.cli.program import run

TOKEN = "sesame"  # noqa: S105 - the tests' own
WL = str(Path(sys.executable).with_name("wl"))
SMALLEST = """\
schedule: "cron(*/10 * * * ? *)"
description:
  image: perl
  arguments:
    - bash
    - -c
    - perl -Mbignum=bpi -wle "print bpi($PI_ACCURACY)"
  env:
    PI_ACCURACY: "2000"
"""


class Reply(NamedTuple):
    """What the server answers: JSON of `content`, or these bytes."""

    content: object = None
    status: int = 200
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()


class Seen(NamedTuple):
    """A request that the server got."""

    route: str
    headers: dict[str, str]
    body: bytes


@dataclass
class ScriptedServer:
    """Answers each route with its replies in turn; the last one is repeated."""

    url: str = ""
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    asked: threading.Event = field(default_factory=threading.Event)

    def on(self, route: str, *replies: object, status: int = 200) -> None:
        """Script a route such as `GET /v1/crons/pi`; whatever is no Reply becomes its JSON."""
        self.replies[route] = [
            each if isinstance(each, Reply) else Reply(each, status) for each in replies
        ]

    def refuse(self, route: str, status: int, detail: str, **further: object) -> None:
        """Script a problem document."""
        self.on(route, {"title": "no", "detail": detail, **further}, status=status)

    def take(self, seen: Seen) -> Reply:
        """Return the next reply to a request."""
        self.seen.append(seen)
        self.asked.set()
        replies = self.replies.get(seen.route, [Reply({"detail": f"no {seen.route}"}, 404)])
        return replies.pop(0) if len(replies) > 1 else replies[0]

    @property
    def routes(self) -> list[str]:
        """The routes that were asked for, in order."""
        return [seen.route for seen in self.seen]


class Outcome(NamedTuple):
    """What a run of wl left behind."""

    code: int
    out: str
    err: str


Wl = Callable[..., Outcome]


@contextmanager
def scripted_server() -> Iterator[ScriptedServer]:
    """Serve until the end of the block."""
    script = ScriptedServer()

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = script.take(Seen(f"{self.command} {self.path}", headers, body))
            content = json.dumps(reply.content).encode() if reply.body is None else reply.body
            self.send_response(reply.status)
            self.send_header("Content-Length", str(len(content)))
            for name, value in reply.headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_DELETE = answer  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        script.url = f"http://127.0.0.1:{server.server_port}"
        yield script
        server.shutdown()
        thread.join()


def run_wl(
    *arguments: str, env: dict[str, str | None], stdin: str | bytes | None = None
) -> Outcome:
    """Run wl in this process with its own streams and environment."""
    with CliRunner().isolation(stdin, env) as streams:
        try:
            code = run(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = streams[0].getvalue(), streams[1].getvalue()
    return Outcome(code, out.decode(), err.decode())


def start_process(
    *arguments: str,
    env: dict[str, str | None],
    stdin: int | None = subprocess.DEVNULL,
    stdout: int | None = subprocess.PIPE,
    stderr: int | None = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """Start the real program, or Python with `-c`, with this environment alone."""
    program = [sys.executable] if "-c" in arguments[:1] else [WL]
    known = {name: value for name, value in env.items() if value is not None}
    return subprocess.Popen(  # noqa: S603 - our own program
        [*program, *arguments],
        env={"PATH": os.environ["PATH"], **known},
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
    )


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """Return a server that answers as scripted."""
    with scripted_server() as script:
        yield script


@pytest.fixture
def environment(server: ScriptedServer, tmp_path: Path) -> dict[str, str | None]:
    """Return an environment that leads to the server, and to no file of this machine."""
    config = tmp_path / "wl.toml"
    config.touch()
    return {
        "WL_URL": server.url,
        "WL_TOKEN": TOKEN,
        "WL_CONFIG": str(config),
        "WL_DATA_DIR": str(tmp_path),
        "WL_TOKEN_FILE": None,
        "HOME": str(tmp_path),
    }


@pytest.fixture
def wl(environment: dict[str, str | None]) -> Wl:
    """Return a function that runs wl against the server."""

    def call(
        *arguments: str,
        env: dict[str, str | None] | None = None,
        stdin: str | bytes | None = None,
    ) -> Outcome:
        return run_wl(*arguments, env={**environment, **(env or {})}, stdin=stdin)

    return call


def make_history(
    *executions: object, cron: object = None, following: str | None = None
) -> dict[str, object]:
    """Return a page of a cron's history, as the API does."""
    return {
        "cron": cron or make_cron(),
        "executions": list(executions),
        "incidents": [],
        "next": following,
    }


def make_execution(number: int = 0, /, **changed: object) -> dict[str, object]:
    """Return an execution as the API shows it."""
    return {
        "id": f"{number:08x}-6aa5-4e7b-8a1c-0242ac130003",
        "cron": "pi",
        "cron_version": 1,
        "slot": "2018-02-26T13:50:00Z",
        "manual": False,
        "status": "SUCCESS",
        "reason": "finished",
        "created_at": "2018-02-26T13:50:00Z",
        "attempt": 1,
        "started_at": "2018-02-26T13:50:03.123456Z",
        "deadline": "2018-02-26T14:50:03Z",
        "ended_at": "2018-02-26T13:50:07Z",
        "duration": 4.1,
        "exit_code": 0,
        "stop_asked_at": None,
        **changed,
    }


def make_cron(**changed: object) -> dict[str, object]:
    """Return a cron as the API shows it."""
    return {
        "name": "pi",
        "version": 1,
        "schedule": "cron(*/10 * * * ? *)",
        "timezone": "UTC",
        "timeout": 3600.0,
        "created_at": "2018-02-26T13:00:00Z",
        "updated_at": "2018-02-26T13:00:00Z",
        "next_due": "2018-02-26T14:00:00Z",
        "paused": None,
        "definition": {},
        "source": SMALLEST,
        "labels": {},
        "remarks": [],
        "explanation": "Every 10 minutes (UTC).",
        "status": None,
        "active": None,
        "last": None,
        **changed,
    }
