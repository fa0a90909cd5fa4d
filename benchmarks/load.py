"""The load of the host benchmark: so many starts of one small program that writes down when.

All contenders start the same program, so that when a job has started is known from the job.
"""

import asyncio
import os
import shutil
import struct
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from waiting import until

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Load:
    """What is to be started, how often, and where it writes to. Seconds since 1970."""

    count: int
    job: str
    stamps: Path
    floor: str

    def fresh(self) -> "Load":
        """Return the same load with an empty file of its own."""
        file, path = tempfile.mkstemp(dir=self.stamps.parent, prefix="stamps-")
        os.close(file)
        return replace(self, stamps=Path(path))

    @property
    def command(self) -> list[str]:
        """Return what is started."""
        return [self.job, str(self.stamps)]

    def started(self) -> list[float]:
        """Return when each has started that has."""
        return [stamp / 1e9 for (stamp,) in struct.iter_unpack("=q", self.stamps.read_bytes())]

    async def last_start(self) -> float:
        """Wait until all have started, and return when the last one did."""
        await until(lambda: self.stamps.stat().st_size >= 8 * self.count, 0.1)
        return max(self.started())


async def compile_load(count: int, folder: Path) -> Load | None:
    """Compile job and floor; None: there is no C compiler."""
    if (compiler := shutil.which("cc")) is None:
        return None
    for name in ("job", "floor"):
        command = (compiler, "-O2", "-o", str(folder / name), str(HERE / f"{name}.c"))
        process = await asyncio.create_subprocess_exec(*command)
        if await process.wait() != 0:
            raise RuntimeError(f"{name}.c does not compile")
    return Load(count, str(folder / "job"), folder / "stamps", str(folder / "floor"))


async def floor_seconds(load: Load) -> float:
    """Return how long a loop in C takes, from its begin to the last start."""
    load = load.fresh()
    command = (load.floor, str(load.count), *load.command)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    return await load.last_start() - int(output) / 1e9
