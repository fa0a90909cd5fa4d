"""spawn(request, output, group) -> pid: one process for a job, at the price of its exec."""

import errno
import os
import resource
import signal
from pathlib import Path

from wlcron.engines.host.guard.accounts import Account, account
from wlcron.engines.host.limits import Group
from wlcron.engines.host.protocol import StartRequest

# Python ignores some signals, and whoever started the server may have ignored others (nohup).
_DEFAULTS = sorted(set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP})
_TRANSIENT = {errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EINTR}
_DEVNULL = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
_OWN_FILES = resource.getrlimit(resource.RLIMIT_NOFILE)


class RefusedError(Exception):
    """The job cannot be started as it is; the message is a sentence for a person."""


def spawn(request: StartRequest, output: int, group: Group | None, *, caps_memory: bool) -> int:
    """Start a job in a process group of its own, stdin empty, both outputs into one file.

    No session of its own: where the scheduler groups by session, making one takes longer than all
    the rest. There is no terminal to be kept from the job, the guard has none.
    `caps_memory` limits its address space, where no control group limits its memory. Raises
    RefusedError where trying again would not help, OSError where it might.
    """
    path = request["arguments"][0]
    try:
        path = _program(request)
        if request["user"] or request["directory"] or group or caps_memory:
            pid = _fork(request, path, output, group, caps_memory=caps_memory)
        else:
            pid = _posix_spawn(request, path, output)
    except OSError as error:
        if error.errno in _TRANSIENT:
            raise
        raise RefusedError(_sentence(request["arguments"][0], path, error)) from error
    except ValueError as error:  # a NUL, or a character that no byte stands for
        raise RefusedError(f"arguments and env cannot be passed to a process: {error}") from error
    return pid


def raise_file_limit() -> None:
    """Let the guard open as many files as it may: each job takes one or two."""
    _, hard = _OWN_FILES
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _give_back_file_limit(pid: int) -> None:
    if resource.getrlimit(resource.RLIMIT_NOFILE) == _OWN_FILES:
        return
    try:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, _OWN_FILES)
    except (OSError, ValueError):  # it is over already, or belongs to somebody else by now
        return


def _posix_spawn(request: StartRequest, path: str, output: int) -> int:
    pid = os.posix_spawn(
        path,
        request["arguments"],
        request["env"],
        file_actions=[
            (os.POSIX_SPAWN_DUP2, _DEVNULL, 0),
            (os.POSIX_SPAWN_DUP2, output, 1),
            (os.POSIX_SPAWN_DUP2, output, 2),
        ],
        setpgroup=0,
        setsigmask=[],
        setsigdef=_DEFAULTS,
    )
    _give_back_file_limit(pid)
    return pid


def _fork(
    request: StartRequest, path: str, output: int, group: Group | None, *, caps_memory: bool
) -> int:
    """Start a job by the long way: what posix_spawn cannot do is done between fork and exec."""
    who = _account(request)
    reader, writer = os.pipe()
    try:
        pid = os.fork()
        if pid == 0:
            _become_job(request, path, output, (writer, who, group, caps_memory))
        os.close(writer)
        writer = -1
        failure = os.read(reader, 100)
    finally:
        os.close(reader)
        if writer >= 0:
            os.close(writer)
    if failure:
        os.waitpid(pid, 0)
        number, _, stage = failure.decode().partition(" ")
        raise OSError(int(number), os.strerror(int(number)), stage)
    return pid


def _become_job(
    request: StartRequest,
    path: str,
    output: int,
    rest: tuple[int, Account | None, Group | None, bool],
) -> None:
    """Turn this fork into the job; never returns."""
    writer, who, group, caps_memory = rest
    stage = "exec"
    try:
        os.setpgid(0, 0)
        for target, source in enumerate((_DEVNULL, output, output)):
            os.dup2(source, target)
        _reset_signals_and_files()
        for entry in group.entries if group else ():
            os.write(entry, b"0")
        stage = "user"
        if who is not None and os.geteuid() != who.uid:
            _become(who)
        stage = "directory"
        os.chdir(request["directory"] or _home(request))
        stage = "exec"
        if caps_memory and request["memory"] is not None:
            resource.setrlimit(resource.RLIMIT_AS, (request["memory"], request["memory"]))
        os.execve(path, request["arguments"], request["env"])  # noqa: S606 - that is the job
    except OSError as error:
        os.write(writer, f"{error.errno} {stage}".encode())
    except ValueError:
        os.write(writer, f"{errno.EINVAL} {stage}".encode())
    finally:
        os._exit(127)


def _reset_signals_and_files() -> None:
    for number in _DEFAULTS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    resource.setrlimit(resource.RLIMIT_NOFILE, _OWN_FILES)


def _become(who: Account) -> None:
    os.setgroups(who.groups)
    os.setgid(who.gid)
    os.setuid(who.uid)


def _home(request: StartRequest) -> str:
    home = request["env"].get("HOME", "/")
    return home if os.access(home, os.X_OK) else "/"


def _account(request: StartRequest) -> Account | None:
    if request["user"] is None:
        return None
    who = account(request["user"])
    if who is None:
        raise RefusedError(f"there is no user {request['user']} on this machine")
    if who.uid != os.geteuid() and os.geteuid():
        raise RefusedError(f"only root can run it as user {request['user']}")
    request["env"].setdefault("HOME", who.home)
    return who


def _program(request: StartRequest) -> str:
    """Look the command up on the job's own PATH."""
    name = request["arguments"][0]
    if "/" in name:
        return os.path.join(request["directory"] or "", name)  # noqa: PTH118 - "./x" stays as it is
    for folder in request["env"].get("PATH", os.defpath).split(":"):
        path = f"{folder or '.'}/{name}"
        if os.access(path, os.X_OK) and not Path(path).is_dir():
            return path
    raise RefusedError(f"command not found: {name}")


def _sentence(name: str, path: str, error: OSError) -> str:
    if error.filename == "directory":
        return f"the working directory cannot be entered: {error.strerror}"
    if error.filename == "user":
        return f"it cannot be run as that user: {error.strerror}"
    if error.errno == errno.ENOENT and os.access(path, os.F_OK):
        return f"the interpreter that the first line of {name} names does not exist"
    return {
        errno.ENOENT: f"command not found: {name}",
        errno.ENOTDIR: f"command not found: {name}",
        errno.EACCES: f"permission denied: {name} is not executable",
        errno.ENOEXEC: f"{name} is no program; a script needs a first line such as #!/bin/sh",
        errno.E2BIG: "arguments and env are longer than the system takes",
    }.get(error.errno or 0, f"{name} cannot be started: {error.strerror}")
