"""Who belongs to which execution, as /proc tells it."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

_MARK = b"WL_EXECUTION="
_TICKS = os.sysconf("SC_CLK_TCK")


class Process:
    """A line of the process table."""

    __slots__ = ("group", "is_zombie", "parent", "started_at")

    def __init__(self, stat: bytes) -> None:
        # The name, in parentheses, may hold anything: the fields are behind the last one (proc(5)).
        fields = stat[stat.rindex(b")") + 2 :].split()
        self.is_zombie = fields[0] in b"ZX"
        self.parent = int(fields[1])
        self.group = int(fields[2])
        self.started_at = int(fields[19]) / _TICKS  # by CLOCK_BOOTTIME


def process(pid: int) -> Process | None:
    """Return one process, or None when there is none."""
    try:
        return Process(Path(f"/proc/{pid}/stat").read_bytes())
    except (OSError, ValueError):
        return None


def children() -> list[int]:
    """Return the processes whose parent is this one; some are its by being orphaned."""
    me = os.getpid()
    try:
        return [int(pid) for pid in Path(f"/proc/{me}/task/{me}/children").read_bytes().split()]
    except FileNotFoundError:  # a kernel without CONFIG_PROC_CHILDREN
        return [pid for pid, found in _all() if found.parent == me]


def execution_of(pid: int) -> str | None:
    """Return the execution that a process carries in its environment."""
    try:
        environ = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return None
    for variable in environ.split(b"\0"):
        if variable.startswith(_MARK):
            return variable[len(_MARK) :].decode(errors="replace")
    return None


def families(executions: Mapping[int, str]) -> dict[str, set[int]]:
    """Return the live processes of some executions, which are named by their first process.

    Somebody belongs to one by descent, by process group, or by its environment: each of these can
    be left behind, not all at once without an effort.
    """
    table = dict(_all())
    found: dict[str, set[int]] = {execution_id: set() for execution_id in executions.values()}
    for pid, entry in table.items():
        owner = None if entry.is_zombie else _owner(pid, table, executions)
        if owner in found:
            found[owner].add(pid)
    return found


def survivors() -> dict[str, set[int]]:
    """Return all processes that carry an execution in their environment, by execution."""
    found: dict[str, set[int]] = {}
    for pid, entry in _all():
        if not entry.is_zombie and (execution_id := execution_of(pid)) is not None:
            found.setdefault(execution_id, set()).add(pid)
    return found


def _owner(pid: int, table: Mapping[int, Process], executions: Mapping[int, str]) -> str | None:
    for ancestor in _lineage(pid, table):
        entry = table[ancestor]
        for mark in (ancestor, entry.group):
            if mark in executions:
                return executions[mark]
    return execution_of(pid)


def _lineage(pid: int, table: Mapping[int, Process]) -> Iterator[int]:
    seen: set[int] = set()  # the table is no snapshot: a reused number could close a circle
    while pid in table and pid not in seen:
        seen.add(pid)
        yield pid
        pid = table[pid].parent


def _all() -> Iterable[tuple[int, Process]]:
    for name in os.listdir("/proc"):  # noqa: PTH208 - thousands of names, a few times a second
        if name.isdigit() and (found := process(int(name))) is not None:
            yield int(name), found
