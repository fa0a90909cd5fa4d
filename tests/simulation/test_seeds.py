"""The promises hold in the seeds that CI tries; `make simulate` goes on from there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
BLOCK = 6


def check(first: int) -> None:
    """Simulate a block of seeds, in a process whose hashes are always the same."""
    seeds = f"{first}-{first + BLOCK - 1}"
    others = {name: value for name, value in os.environ.items() if name != "WL_COUNTS"}
    done = subprocess.run(  # noqa: S603 -- this program
        [sys.executable, "-m", "tests.simulation", "--seeds", seeds, "--no-shrink"],
        cwd=ROOT,
        env=others | {"PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    hint = "`make simulate SEED=…` makes it smaller"
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\n{hint}"


# A class each, so that the workers of a run share them.
class TestFirstSeeds:
    """A third of them."""

    @pytest.mark.parametrize("first", range(0, 60, BLOCK))
    def test_every_promise_holds(self, first: int) -> None:
        """Whatever goes wrong."""
        check(first)


class TestMiddleSeeds:
    """A third of them."""

    @pytest.mark.parametrize("first", range(60, 120, BLOCK))
    def test_every_promise_holds(self, first: int) -> None:
        """Whatever goes wrong."""
        check(first)


class TestLastSeeds:
    """A third of them."""

    @pytest.mark.parametrize("first", range(120, 180, BLOCK))
    def test_every_promise_holds(self, first: int) -> None:
        """Whatever goes wrong."""
        check(first)
