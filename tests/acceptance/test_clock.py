"""Somebody sets the machine's clock while a server runs: a day ahead, or a day back."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.acceptance.crons import begun, create, cron_file, history, instant, newest, over, run
from tests.acceptance.program import Server

DAY = timedelta(days=1)


@dataclass
class Clock:
    """The wall clock of a server, which a test may set; monotonic clocks stay as they are."""

    library: str
    file: Path

    def set(self, by: timedelta) -> None:
        """Set it ahead of the true time, or back."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"{by.total_seconds():+.0f}\n")
        fresh.replace(self.file)

    def environ(self) -> dict[str, str]:
        """Return what makes a process go by it."""
        return {
            "LD_PRELOAD": self.library,
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


@pytest.fixture(scope="module")
def library() -> str:
    """Return Debian's libfaketime, installed if it can be."""
    if not (found := find_library()) and os.geteuid() == 0 and shutil.which("apt-get"):
        command = ["apt-get", "install", "-qq", "--no-install-recommends", "faketime"]
        subprocess.run(command, check=False, capture_output=True, timeout=120)  # noqa: S603 -- fixed
        found = find_library()
    if not found:
        pytest.skip("libfaketime is missing (apt-get install faketime)")
    return found


@pytest.fixture
async def clock(library: str, fresh: Server) -> Clock:
    """Return the clock of a server that has started."""
    made = Clock(library, fresh.home / "clock")
    made.set(timedelta(0))
    fresh.preload |= made.environ()
    await fresh.start()
    return made


def find_library() -> str:
    """Return the path of libfaketime, or nothing."""
    return next((str(path) for path in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), "")


async def test_a_day_ahead_and_two_days_back(
    fresh: Server, clock: Clock, name: str, tmp_path: Path
) -> None:
    """What runs keeps its time, slots in between are missed, and none is started again."""
    ran = tmp_path / "ran"
    hourly, lasting, stubborn = f"{name}-hourly", f"{name}-lasting", f"{name}-stubborn"
    script = f'echo "$WL_SLOT" >> {ran}'
    await create(fresh, hourly, cron_file(script, "0 * * * *", **{"start-within": "1h"}))
    await create(fresh, lasting, cron_file("sleep 16; exit 3", timeout="1h"))
    await create(fresh, stubborn, cron_file("sleep 60", timeout="16s"))
    for each in (lasting, stubborn):
        await run(fresh, each)
        await begun(fresh, each)

    clock.set(DAY)
    await newest(fresh, hourly, lambda row: row["status"] == "SUCCESS")
    caught_up = await history(fresh, hourly)
    assert len(caught_up) in {24, 25}
    assert {row["status"] for row in caught_up[1:]} == {"MISSED"}
    due = await next_due(fresh, hourly)
    assert due > instant(caught_up[0]["slot"])

    clock.set(-DAY)
    await run(fresh, hourly, "--wait")
    row = await over(fresh, lasting)
    assert (row["status"], row["exit_code"]) == ("FAILED", 3)
    assert (await over(fresh, stubborn))["status"] == "TIMEOUT"
    rows = await history(fresh, hourly)
    assert len({row["slot"] for row in rows}) == len(rows) == len(caught_up) + 1
    assert len(ran.read_text().splitlines()) == 2
    assert await next_due(fresh, hourly) == due


async def next_due(server: Server, name: str) -> datetime:
    """Return when a cron is due next."""
    answer = await server.ask("GET", f"/v1/crons/{name}")
    return instant(answer["next_due"])
