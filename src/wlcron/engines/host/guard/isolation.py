"""Puts the guard where the kernel ends its jobs with it, if the machine allows that.

The first process of a PID namespace takes all others with it when it dies (pid_namespaces(7)).
Only root may make one without changing who the jobs' user is, so others do without.
"""

import ctypes
import os

_CLONE_NEWNS = 0x00020000
_CLONE_NEWPID = 0x20000000
_MS_PRIVATE = 1 << 18
_MS_NOSUID_NODEV_NOEXEC = 2 | 4 | 8
_PR_SET_CHILD_SUBREAPER = 36


def isolate() -> bool:
    """Go on as a process of its own, the first of a PID namespace; return whether that worked.

    The process that calls this exits; where there is no namespace to be had, orphaned
    grandchildren of the guard still become its children.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.close(reader)
        if _enter_namespaces(libc):
            os.write(writer, b"!")
            os.close(writer)
            return True
        os._exit(1)
    os.close(writer)
    succeeded = os.read(reader, 1)
    os.close(reader)
    if succeeded or os.fork():
        os._exit(0)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    return False


def _enter_namespaces(libc: ctypes.CDLL) -> bool:
    """Return True in a process that is the first of its namespace, with a `/proc` that shows it."""
    if os.geteuid() or libc.unshare(_CLONE_NEWPID | _CLONE_NEWNS):
        return False
    if os.fork():
        os._exit(0)
    # Only /proc is kept from the rest of the machine: what a job mounts elsewhere is seen by all.
    return not (
        libc.mount(None, b"/proc", None, _MS_PRIVATE, None)
        or libc.mount(b"proc", b"/proc", b"proc", _MS_NOSUID_NODEV_NOEXEC, None)
    )
