"""A Docker daemon of a test's own: everybody else's goes on while it is restarted and killed."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

ROOT = Path(__file__).parent.parent.parent
if TYPE_CHECKING:
    from lab.daemon import PrivateDaemon

BRIDGE, GATEWAY = "wlchaos0", "172.30.99.1"
# Without one of its own a bridge takes the least of its ports', another one every other second.
MAC = "02:42:ac:1e:63:01"
# A bridge of its own: two daemons would give the same addresses to containers of theirs. It needs
# no rules of the firewall, which is everybody's: containers talk to this machine alone.
ARGUMENTS = (f"--bridge={BRIDGE}", "--iptables=false")
TRIES = 3


@contextmanager
def own_daemon(state: Path) -> Iterator["PrivateDaemon"]:
    """Yield a daemon that may be broken, with the tests' images; or skip, and say why."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("dockerd", "ip"))):
        pytest.skip("a Docker daemon of a test's own takes root, docker.io and iproute2")
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from lab.daemon import PrivateDaemon
        from lab.images import Images
    finally:
        sys.path.pop(0)
    made = PrivateDaemon(state, ARGUMENTS)
    state.mkdir()
    share_images(state)
    with a_bridge():
        try:
            Images(state).provide(made.start(), plain_tags=True)
            yield made
        finally:
            made.stop()


def share_images(state: Path) -> None:
    """Use the images that the lab has made, if it has."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or ROOT / ".cache") / "docker-lab" / "images"
    if cache.is_dir():
        (state / "images").symlink_to(cache)


@contextmanager
def a_bridge() -> Iterator[None]:
    """Have a bridge between containers and this machine."""
    run_ip("link", "delete", BRIDGE, check=False)  # left by a test that was killed
    run_ip("link", "add", BRIDGE, "address", MAC, "type", "bridge")
    try:
        run_ip("address", "add", f"{GATEWAY}/24", "dev", BRIDGE)
        run_ip("link", "set", BRIDGE, "up")
        yield
    finally:
        run_ip("link", "delete", BRIDGE)


def run_ip(*arguments: str, check: bool = True) -> None:
    """Run iproute2's command."""
    subprocess.run(["ip", *arguments], check=check, capture_output=True)  # noqa: S603, S607 -- fixed


def restart(daemon: "PrivateDaemon", number: signal.Signals) -> None:
    """End the daemon, and start it again; its containers end with it, or when it is back."""
    from lab.trouble import LabError  # found by now

    daemon.interrupt(number)
    # As systemd does: after a kill, on a busy machine, it may give up waiting for its containerd.
    for _ in range(TRIES - 1):
        with suppress(LabError):
            daemon.resume()
            return
    daemon.resume()
