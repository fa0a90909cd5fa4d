"""Which control groups are made, for either version of the kernel's interface."""

import os
from pathlib import Path

import pytest

from wlcron.engines.host.limits import ControlGroups

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may make control groups")


def tree(root: Path, files: list[str]) -> Path:
    """Make a folder that looks like the kernel's."""
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("memory cpu" if name == "cgroup.controllers" else "")
    return root


def written(root: Path) -> dict[str, str]:
    """Return what was written into which file."""
    files = (path for path in root.rglob("*") if path.is_file())
    return {
        str(path.relative_to(root)): path.read_text()
        for path in files
        if path.read_text() and path.name != "cgroup.controllers"
    }


def test_version_2(tmp_path: Path) -> None:
    """One group with both limits, below one whose controllers are switched on."""
    names = ["cgroup.procs", "memory.max", "memory.swap.max", "cpu.max"]
    above = ["cgroup.controllers", "cgroup.subtree_control", "wlcron/cgroup.subtree_control"]
    groups = ControlGroups(tree(tmp_path, above + [f"wlcron/e1/{name}" for name in names]))
    assert (groups.version, groups.limits_memory, groups.limits_cpu) == (2, True, True)
    group = groups.make("e1", 1_000_000, 0.5)
    assert group is not None
    group.close()
    assert written(tmp_path) == {
        "cgroup.subtree_control": "+memory +cpu",
        "wlcron/cgroup.subtree_control": "+memory +cpu",
        "wlcron/e1/memory.max": "1000000",
        "wlcron/e1/memory.swap.max": "0",
        "wlcron/e1/cpu.max": "50000 100000",
    }


def test_version_1(tmp_path: Path) -> None:
    """A group for each controller; memory that swap is not counted for is limited without it."""
    names = [
        *("memory/cgroup.procs", "cpu/cgroup.procs"),
        *("memory/wlcron/e1/cgroup.procs", "memory/wlcron/e1/memory.limit_in_bytes"),
        *("cpu/wlcron/e1/cgroup.procs", "cpu/wlcron/e1/cpu.cfs_quota_us"),
        "cpu/wlcron/e1/cpu.cfs_period_us",
    ]
    groups = ControlGroups(tree(tmp_path, names))
    assert groups.version == 1
    group = groups.make("e1", 1_000_000, 0.001)
    assert group is not None
    assert len(group.entries) == 2
    group.close()
    assert written(tmp_path) == {
        "memory/wlcron/e1/memory.limit_in_bytes": "1000000",
        "cpu/wlcron/e1/cpu.cfs_period_us": "100000",
        "cpu/wlcron/e1/cpu.cfs_quota_us": "1000",
    }


def test_without_a_limit_no_group_is_made(tmp_path: Path) -> None:
    """A plain start costs nothing more."""
    groups = ControlGroups(tree(tmp_path, ["memory/cgroup.procs", "cpu/cgroup.procs"]))
    assert groups.make("e1", None, None) is None
    assert not (tmp_path / "memory" / "wlcron").exists()


def test_without_control_groups_there_are_no_limits(tmp_path: Path) -> None:
    """That is no error: `check` and the doctor say it."""
    groups = ControlGroups(tmp_path)
    assert (groups.limits_memory, groups.limits_cpu) == (False, False)
    assert groups.make("e1", 1_000_000, 0.5) is None


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("memory.events", "low 0\noom 1\noom_kill 1\n", True),
        ("memory.events", "low 0\noom 0\noom_kill 0\n", False),
        ("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n", True),
        ("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n", False),
    ],
)
def test_want_of_memory_is_told(tmp_path: Path, name: str, text: str, *, expected: bool) -> None:
    """The kernel counts whom it kills for want of memory, in either version."""
    root = tree(tmp_path, ["memory/cgroup.procs", "memory/wlcron/e1/cgroup.procs"])
    (root / "memory" / "wlcron" / "e1" / name).write_text(text)
    group = ControlGroups(root).make("e1", 1_000_000, None)
    assert group is not None
    assert group.ran_out_of_memory() is expected
    group.close()
