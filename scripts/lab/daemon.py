"""The daemons that there may be: one that answers already, or a private one in a state folder."""

import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from lab import packages
from lab.engine_api import EngineApi
from lab.trouble import LabError, say

DEFAULT_SOCKET = Path("/var/run/docker.sock")
LONGEST_SOCKET = 107  # bytes of a Unix socket's path, without its final zero
DEEPEST_SOCKET = "exec/containerd/containerd-debug.sock.ttrpc"
START_SECONDS = 60
STOP_SECONDS = 60  # Docker gives every container 10 seconds to end by itself
PROGRAMS = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"  # su leaves the latter out


class Daemon:
    """A Docker daemon that answers at a DOCKER_HOST."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.api = EngineApi(host)


class PrivateDaemon:
    """The daemon that the lab starts for itself: everything of it is in one state folder.

    `arguments` are dockerd's, besides those that say where its files are.
    """

    def __init__(self, state: Path, arguments: Sequence[str] = ()) -> None:
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None  # if it is ours
        self.state = state.resolve()
        self._run = self.state
        if len(os.fsencode(self.state / DEEPEST_SOCKET)) > LONGEST_SOCKET:
            digest = hashlib.sha256(os.fsencode(self.state)).hexdigest()[:12]
            self._run = Path("/run") / f"docker-lab-{digest}"
        self._socket = self._run / "docker.sock"
        self._pidfile = self._run / "docker.pid"
        self._log = self.state / "dockerd.log"
        self._kept = self.state / "kept"
        self.host = f"unix://{self._socket}"

    def keep(self) -> None:
        """Leave the daemon to `stop`: no `run` ends it."""
        self._kept.touch()

    def release(self) -> None:
        """Let the last `run` end the daemon."""
        self._kept.unlink(missing_ok=True)

    def is_kept(self) -> bool:
        """Whether only `stop` ends the daemon."""
        return self._kept.exists()

    def start(self) -> Daemon:
        """Start it, after the end of what a killed one left behind; it answers on return."""
        if os.geteuid() != 0 or not packages.is_debian():
            raise LabError(
                "no Docker daemon answers this user, only root on Debian or Ubuntu can start one"
            )
        if shutil.which("dockerd", path=PROGRAMS) is None:
            packages.install("docker.io", "iptables")
        self.stop()  # what a killed daemon left behind would keep a new one from starting
        say(f"starting a private Docker daemon in {self.state}")
        try:
            daemon = self.resume()
        except BaseException:
            self.stop()
            raise
        daemon.api.remove_ended_containers()  # left by tests that were killed
        return daemon

    def resume(self) -> Daemon:
        """Start it over what an earlier one has left, as a machine would; it answers on return."""
        self._run.mkdir(parents=True, exist_ok=True)
        process = self._process = self._spawn()
        try:
            self._await_answer(process)
        except BaseException:
            process.terminate()  # it may not have written its pid file yet
            process.wait(STOP_SECONDS)
            raise
        return Daemon(self.host)

    def interrupt(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End the daemon alone: with SIGTERM it ends its containers, with SIGKILL they go on."""
        daemon = self._pid()
        if daemon is not None:
            os.kill(daemon, number)
            if not wait_until_gone(daemon, STOP_SECONDS):
                os.kill(daemon, signal.SIGKILL)
                wait_until_gone(daemon, STOP_SECONDS)
        if self._process is not None:
            self._process.wait(STOP_SECONDS)
            self._process = None

    def stop(self) -> None:
        """End it and what an earlier, killed one left behind: processes, sockets, mounts."""
        if self._pid() is not None:
            say("ending the private Docker daemon")
        self.interrupt()
        for process in self._leftovers():
            end_with_children(process)
        unmount_below(self._run)
        unmount_below(self.state)
        self._socket.unlink(missing_ok=True)
        self._pidfile.unlink(missing_ok=True)
        shutil.rmtree(self._run / "exec", ignore_errors=True)
        if self._run != self.state:
            shutil.rmtree(self._run, ignore_errors=True)

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self._log.open("wb") as log:
            # In a session of its own: Ctrl-C at the terminal is not meant for it.
            return subprocess.Popen(
                [
                    "dockerd",
                    f"--host={self.host}",
                    f"--data-root={self.state / 'root'}",
                    f"--exec-root={self._run / 'exec'}",
                    f"--pidfile={self._pidfile}",
                    *self._arguments,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | {"PATH": PROGRAMS},
                start_new_session=True,
            )

    def _await_answer(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        api = EngineApi(self.host)
        while not api.answers():
            if process.poll() is not None:
                raise LabError(f"the private Docker daemon ended at once: {last_words(self._log)}")
            if time.monotonic() > deadline:
                raise LabError(f"the private Docker daemon does not answer, see {self._log}")
            time.sleep(0.05)

    def _pid(self) -> int | None:
        """Find the daemon's process; None if the process of that id is anything else."""
        try:
            pid = int(self._pidfile.read_text())
        except (OSError, ValueError):
            return None
        return pid if f"--pidfile={self._pidfile}" in command_line(pid) else None

    def _leftovers(self) -> Iterator[int]:
        """Containerd and its shims: they name the private daemon's folder as an argument."""
        below = f"{self._run / 'exec'}/containerd/"
        for folder in Path("/proc").glob("[0-9]*"):
            program, *arguments = command_line(int(folder.name)) or [""]
            if Path(program).name.startswith("containerd") and any(
                argument.startswith(below) for argument in arguments
            ):
                yield int(folder.name)


def find_daemon(private: PrivateDaemon) -> Daemon | None:
    """Find what answers: DOCKER_HOST alone if it is set, else private or default socket."""
    chosen = os.environ.get("DOCKER_HOST")
    if chosen:
        if EngineApi(chosen).answers():
            return Daemon(chosen)
        raise LabError(f"no Docker daemon answers at DOCKER_HOST={chosen}, unset it or start one")
    for host in (private.host, f"unix://{DEFAULT_SOCKET}"):
        if EngineApi(host).answers():
            return Daemon(host)
    return None


def last_words(log: Path) -> str:
    """Return the last line of a daemon's log, which says why it ended."""
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"it wrote nothing to {log}"


def command_line(pid: int) -> list[str]:
    """Read a process's program and arguments; empty if there is no such process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="surrogateescape").split("\0")[:-1]
    except OSError:
        return []


def wait_until_gone(pid: int, seconds: float) -> bool:
    """Wait for the end of a process that need not be a child; False if it takes longer."""
    deadline = time.monotonic() + seconds
    while command_line(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def end_with_children(pid: int) -> None:
    """Kill a process and its children: the children of a shim are its container's first process."""
    with suppress(ProcessLookupError, FileNotFoundError):  # it may end meanwhile
        for listing in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in listing.read_text().split():
                os.kill(int(child), signal.SIGKILL)
        os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid, STOP_SECONDS)


def unmount_below(folder: Path) -> None:
    """Unmount everything in a folder, the latest mount first."""
    mounts = Path("/proc/self/mounts").read_text(errors="surrogateescape").splitlines()
    for mount in reversed(mounts):
        # The kernel writes blanks, tabs, newlines and backslashes as \\ooo.
        point = Path(mount.split()[1].encode(errors="surrogateescape").decode("unicode_escape"))
        if point.is_relative_to(folder):
            subprocess.run(["umount", "--lazy", point], check=False)
