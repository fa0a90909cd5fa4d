"""`make demo-aws`: the same service over AWS, on the laboratory: no account is needed.

moto, mended, and what it leaves out run as a process of this machine. `wl server` takes them for
AWS: EventBridge Scheduler brings each slot through SNS to the server, ECS runs the containers
(on Docker where a daemon answers, else as plain processes), and their ends come back through SQS.
Leaves nothing running.
"""

import asyncio
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # for the laboratory, which is not installed

from tests.aws_lab.account import prepare_account, subscribe  # noqa: E402 -- see above
from tests.aws_lab.control import Control  # noqa: E402 -- see above
from tests.aws_lab.process import Lab, running_lab  # noqa: E402 -- see above
from wlcron.engines.docker import find_docker  # noqa: E402 -- see above

HOME = ROOT / ".demo"
WL = str(Path(sys.executable).parent / "wl")
CRON_FILE = ROOT / "examples" / "pi.yaml"
INSTANCE = "demo"
DATABASE = os.environ.get("WL_DATABASE", "dynamodb")
SLOTS = 2
SCHEDULE_SECONDS = 60 * SLOTS + 90
# Perl 5.36 (Debian 12) cannot compute more than this without a newer Math::BigInt.
SAFE_DIGITS = 1000
ENDED = frozenset({"SUCCESS", "FAILED", "TIMEOUT", "ERROR", "LOST"})
SHOWN = ("scheduler:CreateSchedule", "ecs:RunTask", "sqs:ReceiveMessage", "sqs:DeleteMessageBatch")


def main() -> int:
    """Show it; return the exit code."""
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir()
    docker = asyncio.run(find_docker(""))
    if docker is None:
        say("No Docker daemon answers here: the laboratory's tasks are processes of this machine.")
    else:
        os.environ["DOCKER_HOST"] = docker
        say("Docker answers: the laboratory's tasks are real containers.")
    with running_lab() as lab, _server(lab) as environment:
        _show("cron", "create", "pi", "-f", str(_cron_file()), environment=environment)
        say("\nOne execution now:")
        _show("cron", "run", "pi", "--wait", environment=environment)
        _wait_for_the_schedule(environment)
        say("\nWhat it wrote, read from CloudWatch Logs, and how it went:")
        _show("cron", "logs", "pi", environment=environment)
        _show("cron", "status", "pi", environment=environment)
        _show("cron", "delete", "pi", "--yes", environment=environment)
        _say_what_was_called(lab)
    say("\nThat was all of it. docs/aws.md says how to do the same in an account of your own.")
    return 0


def say(text: str) -> None:
    """Print a line of our own."""
    print(text, flush=True)


def _cron_file() -> Path:
    """Return the example, with fewer digits: some distributions' perl has a fault beyond."""
    text = CRON_FILE.read_text()
    changed = HOME / "pi.yaml"
    changed.write_text(text.replace('PI_ACCURACY: "2000"', f'PI_ACCURACY: "{SAFE_DIGITS}"'))
    return changed


@contextlib.contextmanager
def _server(lab: Lab) -> Iterator[dict[str, str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    environment = _clean_environment() | prepare_account(lab, INSTANCE, "scheduler")
    command = ["server", "--data-dir", str(HOME / "data"), "--listen", address]
    log = (HOME / "server.log").open("w")
    environment["WL_DATABASE"] = DATABASE
    chosen = f" --database {DATABASE}" if DATABASE else ""
    say(f"$ wl server --engine ecs{chosen}    # its log is in {HOME.name}/server.log")
    server = subprocess.Popen([WL, *command], stderr=log, env=environment)
    try:
        _wait_until_ready(server)
        subscribe(lab, environment["WL_AWS_TOPIC"], f"http://{address}")
        yield _clean_environment() | {
            "WL_URL": f"http://{address}",
            "WL_TOKEN_FILE": str(HOME / "data" / "token"),
        }
    finally:
        server.terminate()
        server.wait()
        log.close()


def _clean_environment() -> dict[str, str]:
    prefixes = ("WL_", "AWS_")
    return {key: value for key, value in os.environ.items() if not key.startswith(prefixes)}


def _wait_until_ready(server: subprocess.Popen[bytes]) -> None:
    log = HOME / "server.log"
    while '"event": "ready"' not in log.read_text():
        if server.poll() is not None:
            say(log.read_text())
            sys.exit(1)
        time.sleep(0.05)


def _show(*arguments: str, environment: dict[str, str]) -> None:
    say(f"$ wl {' '.join(arguments)}")
    subprocess.run([WL, *arguments], env=environment, check=True)


def _wait_for_the_schedule(environment: dict[str, str]) -> None:
    say(f"\nAnd {SLOTS} by the schedule, which EventBridge brings with the minute …")
    until, seen = time.monotonic() + SCHEDULE_SECONDS, set[str]()
    while len(seen) < SLOTS and time.monotonic() < until:
        for execution in _executions(environment):
            slot, status = execution["slot"], execution["status"]
            if not execution["manual"] and status in ENDED and slot not in seen:
                seen.add(slot)
                say(f"The slot of {slot} ended in {status}.")
        time.sleep(0.5)
    if len(seen) < SLOTS:
        say(f"They did not come within {SCHEDULE_SECONDS} s; {HOME.name}/server.log says why.")
        sys.exit(1)


def _executions(environment: dict[str, str]) -> list[dict[str, str]]:
    command = [WL, "cron", "status", "pi", "-o", "json"]
    answer = subprocess.run(command, env=environment, capture_output=True, check=True)
    rows: list[dict[str, str]] = json.loads(answer.stdout)["executions"]
    return rows


def _say_what_was_called(lab: Lab) -> None:
    control = Control(lab.url)
    calls = control.calls()
    posted = len([one for one in control.sns.attempts() if one["type"] == "Notification"])
    say("\nWhat the laboratory counted:")
    say(f"  {posted:4} notifications that SNS delivered")
    for name in SHOWN:
        say(f"  {calls.get(name, 0):4} {name}")
    dynamodb = sum(n for name, n in calls.items() if name.startswith("dynamodb:"))
    say(f"  {dynamodb:4} requests of DynamoDB, to make the tables and to look included")


if __name__ == "__main__":
    sys.exit(main())
