"""Bugs planted one at a time in a copy of the product: the simulator has to find each."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PATCHES = Path(__file__).parent / "mutants"


@dataclass(frozen=True, slots=True)
class Hunt:
    """What became of one planted bug."""

    name: str
    is_found: bool
    said: str  # the simulator's line, or why there is none
    seeds: int = 0
    seconds: float = 0.0

    @property
    def invariant(self) -> str:
        """Return the promise that broke; empty: none did."""
        return self.said.split(": ")[2] if self.is_found else ""


def patches() -> list[Path]:
    """Return all planted bugs, a patch each."""
    return sorted(PATCHES.glob("*.patch"))


def plant(patch: Path, place: Path) -> str:
    """Make a copy of the product with one bug; return what is wrong with the patch, if anything."""
    shutil.copytree(ROOT / "src", place / "src", ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run(  # noqa: S603 -- a fixed command
        ["patch", "-p1", "--fuzz=0", "--batch", "--input", str(patch)],  # noqa: S607 -- the machine's
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def hunt(patch: Path, seeds: int) -> Hunt:
    """Try seeds until the simulator has found the bug."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="wlcron-mutant-") as folder:
        problem = plant(patch, Path(folder))
        if problem:
            return Hunt(patch.stem, is_found=False, said=problem)
        done = subprocess.run(  # noqa: S603 -- this program
            [sys.executable, "-m", "tests.simulation", "--seeds", f"0-{seeds - 1}", "--no-shrink"],
            cwd=ROOT,
            env=_environment(Path(folder, "src")),
            capture_output=True,
            text=True,
            check=False,
        )
    seeds_said = [line for line in done.stdout.splitlines() if line.startswith("seed ")]
    lines = seeds_said or [done.stderr[-500:]]
    is_found = done.returncode == 1 and "BROKEN" in lines[-1]
    return Hunt(patch.stem, is_found, lines[-1], len(lines), time.monotonic() - began)


def _environment(source: Path) -> dict[str, str]:
    """Return the environment in which the planted bug is what is imported; nobody counts there."""
    others = {name: value for name, value in os.environ.items() if name != "WL_COUNTS"}
    return others | {"PYTHONPATH": str(source), "PYTHONHASHSEED": "0"}


def hunt_all(seeds: int) -> int:
    """Plant each bug and look for it; return 1 when one was not found."""
    hunts = []
    for patch in patches():
        found = hunt(patch, seeds)
        hunts.append(found)
        word = "found" if found.is_found else "NOT FOUND"
        print(f"{word} in {found.seconds:.1f} s: {found.name}: {found.said}", flush=True)  # noqa: T201 -- it is a command
        _count(found)
    count = sum(found.is_found for found in hunts)
    print(f"{count} of {len(hunts)} planted bugs were found")  # noqa: T201 -- it is a command
    return 0 if count == len(hunts) else 1


def _count(found: Hunt) -> None:
    """Write what was counted for `make reliability`, where it asks for that."""
    if folder := os.environ.get("WL_COUNTS"):
        counted = {
            "mutant": found.name,
            "invariant": found.invariant,
            "seeds": found.seeds,
            "seconds": round(found.seconds, 1),
        }
        Path(folder, f"{found.name}.json").write_text(json.dumps(counted))
