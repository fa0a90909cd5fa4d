#!/usr/bin/env python3
"""A Docker daemon for tests, demo and benchmarks: the one that answers, else a private one.

    scripts/docker_lab.py start             print DOCKER_HOST=… of a daemon that has the images
    scripts/docker_lab.py status            print DOCKER_HOST=… if a daemon answers, else exit 1
    scripts/docker_lab.py run -- COMMAND…   run COMMAND with DOCKER_HOST set, stop afterwards
    scripts/docker_lab.py stop              end the private daemon; its images stay cached

A daemon that answers at DOCKER_HOST, or at the default socket, is used and never ended. Where
none does, root on Debian or Ubuntu gets a private one: the distribution's `docker.io` is
installed if `dockerd` is missing, and a daemon is started with its socket, data and images in a
state folder (`--state`). Removing that folder after `stop` removes everything but the package,
and the bridge `docker0` with its firewall rules, which Docker itself leaves behind. (Daemons
of several state folders share that bridge: containers of both should not talk over it.)

The tests use the images `wlcron-test/busybox` and `wlcron-test/perl`. Both are made from the
distribution's packages, because images cannot be pulled everywhere. Only the private daemon has
them as `busybox` and `perl`, too: on somebody else's daemon nobody's tag is touched.

`run` shares the private daemon with every other `run` on the same state folder; the last one
ends it, unless it was started by `start`, which leaves it to `stop`. Where no daemon can be had,
`run` runs COMMAND all the same, with the reason in WLCRON_DOCKER_SKIP; with `--require` it
fails with that reason.
"""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from lab.daemon import Daemon, PrivateDaemon, find_daemon
from lab.images import Images
from lab.leases import Lease
from lab.trouble import LabError, say

CHECKOUT = Path(__file__).resolve().parent.parent
SKIP = "WLCRON_DOCKER_SKIP"


def main() -> int:
    """Run one command of the lab; the exit code is 0, 1 with one plain sentence, or COMMAND's."""
    arguments = parse_arguments()
    for number in (signal.SIGTERM, signal.SIGHUP):
        # As an exception, so that a half-done installation or start is cleaned up.
        signal.signal(number, exit_by_signal)
    try:
        code: int = arguments.action(arguments)
    except LabError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return code


def parse_arguments() -> argparse.Namespace:
    """Read the command line; what follows `--` is the command that `run` runs."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or CHECKOUT / ".cache")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, action: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        subparser = commands.add_parser(name, help=action.__doc__)
        subparser.add_argument("--state", type=Path, default=cache / "docker-lab", metavar="DIR")
        subparser.set_defaults(action=action)
        return subparser

    command("start", start)
    command("stop", stop)
    command("status", status)
    runner = command("run", run)
    runner.add_argument("--require", action="store_true", help="fail where no daemon can be had")
    runner.add_argument("command", nargs="+", metavar="-- COMMAND")
    return parser.parse_args()


def start(arguments: argparse.Namespace) -> int:
    """Start a daemon if none answers, make the images, print DOCKER_HOST=…."""
    private = PrivateDaemon(arguments.state)
    with Lease(private.state).changing():
        daemon = provide_daemon(private)
        if daemon.host == private.host:
            private.keep()
    print(f"DOCKER_HOST={daemon.host}")
    return 0


def stop(arguments: argparse.Namespace) -> int:
    """End the private daemon, unless a `run` still uses it: then the last one ends it."""
    private = PrivateDaemon(arguments.state)
    lease = Lease(private.state)
    with lease.changing():
        private.release()
        if lease.is_held():
            say("the private daemon is in use; it ends with the last run that uses it")
            return 0
        private.stop()
    return 0


def status(arguments: argparse.Namespace) -> int:
    """Print DOCKER_HOST=… if a daemon answers, without starting anything."""
    daemon = find_daemon(PrivateDaemon(arguments.state))
    if daemon is None:
        raise LabError("no Docker daemon answers this user")
    print(f"DOCKER_HOST={daemon.host}")
    return 0


def run(arguments: argparse.Namespace) -> int:
    """Run a command with DOCKER_HOST set; its exit code is this one's."""
    private = PrivateDaemon(arguments.state)
    with ExitStack() as stack:
        try:
            lease = Lease(private.state)
            with lease.changing():
                stack.callback(leave, private, lease)
                lease.take()
                found = {"DOCKER_HOST": provide_daemon(private).host}
        except LabError as error:
            if arguments.require:
                raise
            found = {SKIP: str(error)}
            say(f"Docker's tests will be skipped: {error}")
        inherited = {k: v for k, v in os.environ.items() if k not in {"DOCKER_HOST", SKIP}}
        return run_command(arguments.command, inherited | found)


def provide_daemon(private: PrivateDaemon) -> Daemon:
    """Find the daemon that answers, else start the private one; see to its images."""
    daemon = find_daemon(private) or private.start()
    Images(private.state).provide(daemon, plain_tags=daemon.host == private.host)
    return daemon


def leave(private: PrivateDaemon, lease: Lease) -> None:
    """End the private daemon after its last user."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A second Ctrl-C must not leave half a daemon.
        signal.signal(number, signal.SIG_IGN)
    with lease.changing():
        lease.drop()
        if not private.is_kept() and not lease.is_held():
            private.stop()


def run_command(command: list[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end, passing on the signals that ask to end."""
    try:
        process = subprocess.Popen(command, env=environment)
    except OSError as error:
        raise LabError(f"{command[0]} cannot be run: {error.strerror}") from error
    # A terminal sends Ctrl-C to the command itself, and pytest gives up at a second one.
    signal.signal(signal.SIGINT, lambda *_: None)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: process.send_signal(received))
    code = process.wait()
    return code if code >= 0 else 128 - code


def exit_by_signal(number: int, _frame: FrameType | None) -> None:
    """Leave by the ordinary way, with the shell's exit code of the signal."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
