"""Limits of memory and CPU: a control group for each execution that asks for one."""

import os
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_PERIOD = 100_000  # microseconds
_LEAST_QUOTA = 1_000  # microseconds; the kernel takes no less


class Group:
    """The control groups of one execution; `entries` are files that a process enters by."""

    def __init__(self, paths: list[Path]) -> None:
        self._paths = paths
        self.entries: list[int] = []

    def open(self) -> None:
        """Open the entries: whoever holds them may enter, whatever user it has become."""
        flags = os.O_WRONLY | os.O_CLOEXEC
        self.entries = [os.open(path / "cgroup.procs", flags) for path in self._paths]

    def close(self) -> None:
        """Close the entries."""
        for entry in self.entries:
            os.close(entry)
        self.entries = []

    def processes(self) -> set[int]:
        """Return everybody who is in it."""
        found: set[int] = set()
        for path in self._paths:
            try:
                found.update(map(int, (path / "cgroup.procs").read_bytes().split()))
            except OSError:
                continue
        return found - {0}  # a process that this namespace does not see

    def ran_out_of_memory(self) -> bool:
        """Whether the kernel killed somebody for want of memory."""
        for path in self._paths:
            for name in ("memory.events", "memory.oom_control"):
                try:
                    lines = (path / name).read_text().splitlines()
                except OSError:
                    continue
                if any(line.startswith("oom_kill ") and line != "oom_kill 0" for line in lines):
                    return True
        return False

    def remove(self) -> bool:
        """Remove it; return False while somebody is in it."""
        self.close()
        self._paths = [path for path in self._paths if not _removed(path)]
        return not self._paths


class ControlGroups:
    """Where this machine lets us make control groups: version 2, version 1, or nowhere."""

    def __init__(self, root: Path = _ROOT) -> None:
        self.version = 2 if (root / "cgroup.controllers").exists() else 1
        self._root = root
        self.limits_memory = self._allows("memory")
        self.limits_cpu = self._allows("cpu")

    def make(self, execution_id: str, memory: int | None, cpu: float | None) -> Group | None:
        """Make the groups of an execution, None where none is wanted or possible.

        Raises OSError where the kernel refuses what it seemed to allow.
        """
        wanted: dict[Path, dict[str, str]] = {}
        if memory is not None and self.limits_memory:
            wanted.setdefault(self._parent("memory"), {}).update(self._memory_files(memory))
        if cpu is not None and self.limits_cpu:
            wanted.setdefault(self._parent("cpu"), {}).update(self._cpu_files(cpu))
        if not wanted:
            return None
        group = Group([parent / execution_id for parent in wanted])
        for parent, files in wanted.items():
            self._make(parent, parent / execution_id, files)
        group.open()
        return group

    def remove(self, execution_id: str) -> None:
        """Remove what a guard that died has left of an execution's groups, if nobody is in it."""
        for controller in ("memory", "cpu"):
            _removed(self._parent(controller) / execution_id)

    def _allows(self, controller: str) -> bool:
        if os.geteuid():
            return False
        if self.version == 1:
            return os.access(self._root / controller / "cgroup.procs", os.W_OK)
        known = (self._root / "cgroup.controllers").read_text().split()
        return controller in known and os.access(self._root / "cgroup.subtree_control", os.W_OK)

    def _parent(self, controller: str) -> Path:
        return self._root / (controller if self.version == 1 else "") / "wlcron"

    def _make(self, parent: Path, path: Path, files: dict[str, str]) -> None:
        parent.mkdir(exist_ok=True)
        if self.version == 2:  # noqa: PLR2004 - the kernel's own number
            for above in (self._root, parent):
                (above / "cgroup.subtree_control").write_text("+memory +cpu")
        path.mkdir(exist_ok=True)
        for name, value in files.items():
            if (path / name).exists():  # accounting of swap may be switched off
                (path / name).write_text(value)

    def _memory_files(self, memory: int) -> dict[str, str]:
        if self.version == 1:
            limit = str(memory)
            return {"memory.limit_in_bytes": limit, "memory.memsw.limit_in_bytes": limit}
        return {"memory.max": str(memory), "memory.swap.max": "0"}

    def _cpu_files(self, cpu: float) -> dict[str, str]:
        quota = max(int(cpu * _PERIOD), _LEAST_QUOTA)
        if self.version == 1:
            return {"cpu.cfs_period_us": str(_PERIOD), "cpu.cfs_quota_us": str(quota)}
        return {"cpu.max": f"{quota} {_PERIOD}"}


def _removed(path: Path) -> bool:
    try:
        path.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
