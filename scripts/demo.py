"""`make demo`: the service, the smallest cron, one execution now, one by schedule, and pi.

Runs on what the machine has: Docker where a daemon answers and has (or can pull) the image,
otherwise processes of this machine. Leaves nothing running.
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

from aiodocker import Docker, DockerError

from wlcron.engines.docker import find_docker

ROOT = Path(__file__).parent.parent
HOME = ROOT / ".demo"
WL = str(Path(sys.executable).parent / "wl")
CRON_FILE = ROOT / "examples" / "pi.yaml"
IMAGES = ("perl", "busybox")
PULL_SECONDS = 300
SCHEDULE_SECONDS = 150
# Perl 5.36 (Debian 12) cannot compute more than this without a newer Math::BigInt.
SAFE_DIGITS = 1000


def main() -> int:
    """Show it; return the exit code."""
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir()
    engine = asyncio.run(_choose_engine())
    cron_file = CRON_FILE if engine == "docker" else _cron_file_for_host()
    with _server(engine) as environment:
        _show("cron", "create", "pi", "-f", str(cron_file), environment=environment)
        say("\nOne execution now:")
        _show("cron", "run", "pi", "--wait", environment=environment)
        _wait_for_the_schedule(environment)
        say("\nWhat it wrote, and how it went:")
        _show("cron", "logs", "pi", environment=environment)
        _show("cron", "status", "pi", environment=environment)
        _show("cron", "delete", "pi", "--yes", environment=environment)
    say(
        "\nThat was all of it. To go on:\n"
        "  .venv/bin/wl server                                    # in one terminal\n"
        "  .venv/bin/wl cron create pi -f examples/pi.yaml        # in another\n"
        "  .venv/bin/wl cron status pi"
    )
    return 0


def say(text: str) -> None:
    """Print a line of our own."""
    print(text, flush=True)


async def _choose_engine() -> str:
    url = await find_docker("")
    if url is None:
        say("No Docker daemon answers here: jobs run as processes of this machine.")
        return "host"
    async with Docker(url) as docker:
        for image in IMAGES:
            if not await _has(docker, image):
                say(f"Docker has no image {image} and cannot pull it: jobs run as processes here.")
                return "host"
    say("Docker answers: jobs run in containers.")
    return "docker"


async def _has(docker: Docker, image: str) -> bool:
    with contextlib.suppress(DockerError):
        await docker.images.inspect(image)
        return True
    say(f"Pulling {image} …")
    with contextlib.suppress(DockerError, TimeoutError):
        async with asyncio.timeout(PULL_SECONDS):
            await docker.images.pull(image, tag="latest")
        return True
    return False


def _cron_file_for_host() -> Path:
    text = CRON_FILE.read_text()
    if _computes(text.partition('PI_ACCURACY: "')[2].partition('"')[0]):
        return CRON_FILE
    if not _computes(str(SAFE_DIGITS)):
        say("This needs perl with its modules: install it (sudo apt-get install perl), try again.")
        sys.exit(1)
    say(f"This machine's perl has a fault beyond {SAFE_DIGITS} digits of pi: it gets fewer to do.")
    changed = HOME / "pi.yaml"
    changed.write_text(text.replace('PI_ACCURACY: "2000"', f'PI_ACCURACY: "{SAFE_DIGITS}"'))
    return changed


def _computes(digits: str) -> bool:
    command = ["perl", "-Mbignum=bpi", "-e", f"print bpi({digits})"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def _server(engine: str) -> Iterator[dict[str, str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    data = HOME / "data"
    command = ["server", "--data-dir", str(data), "--listen", address, "--engine", engine]
    log = (HOME / "server.log").open("w")
    server = subprocess.Popen([WL, *command], stderr=log, env=_clean_environment())
    try:
        _wait_until_ready(server, address)
        say(f"$ wl server --engine {engine}    # its log is in {HOME.name}/server.log")
        yield _clean_environment() | {
            "WL_URL": f"http://{address}",
            "WL_TOKEN_FILE": str(data / "token"),
        }
    finally:
        server.terminate()
        server.wait()
        log.close()


def _clean_environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("WL_")}


def _wait_until_ready(server: subprocess.Popen[bytes], address: str) -> None:
    host, port = address.split(":")
    while server.poll() is None:
        with contextlib.suppress(ConnectionRefusedError), socket.socket() as probe:
            probe.connect((host, int(port)))
            return
        time.sleep(0.05)
    say((HOME / "server.log").read_text())
    sys.exit(1)


def _show(*arguments: str, environment: dict[str, str]) -> None:
    say(f"$ wl {' '.join(arguments)}")
    subprocess.run([WL, *arguments], env=environment, check=True)


def _wait_for_the_schedule(environment: dict[str, str]) -> None:
    say("\nAnd one by the schedule, which comes with the next minute …")
    until = time.monotonic() + SCHEDULE_SECONDS
    while time.monotonic() < until:
        for execution in _executions(environment):
            if not execution["manual"] and execution["status"] in {"SUCCESS", "FAILED", "ERROR"}:
                say(f"The slot of {execution['slot']} ended in {execution['status']}.")
                return
        time.sleep(0.5)
    say(f"None came within {SCHEDULE_SECONDS} seconds; {HOME.name}/server.log says why.")
    sys.exit(1)


def _executions(environment: dict[str, str]) -> list[dict[str, object]]:
    command = [WL, "cron", "status", "pi", "-o", "json"]
    answer = subprocess.run(command, env=environment, capture_output=True, check=True)
    rows: list[dict[str, object]] = json.loads(answer.stdout)["executions"]
    return rows


if __name__ == "__main__":
    sys.exit(main())
