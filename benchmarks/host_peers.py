"""The peers of the host benchmark: each is given the same load, and started as its users do.

A contender returns the seconds from the due instant to the last start, or says why it cannot
be run here (Absent).
"""

import asyncio
import contextlib
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filling import due_in
from load import HERE, Load
from server import user_environment

_LEAD = 12.0  # seconds for a peer to read its jobs


class AbsentError(Exception):
    """A peer that cannot be run on this machine; the message says why."""


async def apscheduler_seconds(load: Load) -> float:
    """Run the load on APScheduler 3.11: BackgroundScheduler, threads, a subprocess each."""
    due = due_in(_LEAD)
    script = str(HERE / "apscheduler_service.py")
    command = (sys.executable, script, str(load.count), str(due.second), *load.command)
    async with _service(*command):
        return await load.last_start() - due.timestamp()


async def cronstable_seconds(load: Load) -> float:
    """Run the load on cronstable 1.2, in its own kind of file."""
    due = due_in(_LEAD)
    path = load.stamps.with_name("cronstable.yaml")
    arguments = "".join(f"      - {argument}\n" for argument in load.command)
    rest = f'    schedule: "{due.second} * * * * * *"\n    command:\n{arguments}'
    jobs = "".join(f"  - name: job-{number}\n{rest}" for number in range(load.count))
    path.write_text(f"jobs:\n{jobs}")
    command = shutil.which("cronstable", path=str(Path(sys.executable).parent))
    if command is None:
        raise AbsentError("cronstable is not installed")
    async with _service(command, "-c", str(path)):
        return await load.last_start() - due.timestamp()


async def cron_seconds(load: Load) -> float:
    """Run the load on Debian's cron, from a spool of its own, at the next full minute."""
    spool = load.stamps.with_name("spool")
    (spool / "crontabs").mkdir(parents=True)
    table = spool / "crontabs" / "root"
    table.write_text(f"* * * * * {' '.join(load.command)}\n" * load.count)
    table.chmod(0o600)
    program = await _find_cron(load.stamps.parent)
    due = (datetime.now(UTC) + timedelta(seconds=63)).replace(second=0, microsecond=0)
    await asyncio.sleep(due.timestamp() - time.time() - 3)
    async with _service("unshare", *_OWN_SPACES, "sh", "-ec", _CRON, "sh", str(spool), program):
        return await load.last_start() - due.timestamp()


# Namespaces of its own: the spool that it sees is ours, and all that it starts ends with it.
_OWN_SPACES = ("--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
_CRON = """
mkdir -p /var/spool/cron /etc/cron.d
mount --bind "$1" /var/spool/cron
mount -t tmpfs tmpfs /etc/cron.d
mount -t tmpfs tmpfs /run
[ ! -e /etc/crontab ] || mount --bind /dev/null /etc/crontab
exec "$2" -f
"""


async def _find_cron(folder: Path) -> str:
    """Return the program; where it is not installed, Debian's package is unpacked aside."""
    if os.geteuid() != 0:
        raise AbsentError("Debian's cron takes root")
    if (installed := shutil.which("cron", path="/usr/sbin:/sbin")) is not None:
        return installed
    if shutil.which("apt-get") is None:
        raise AbsentError("Debian's cron is not installed")
    unpack = "apt-get download -qq cron >/dev/null && dpkg -x cron_*.deb ."
    process = await asyncio.create_subprocess_shell(
        unpack, cwd=folder, stderr=asyncio.subprocess.DEVNULL
    )
    if await process.wait() != 0:
        raise AbsentError("Debian's cron is not installed and cannot be downloaded")
    return str(folder / "usr/sbin/cron")


@contextlib.asynccontextmanager
async def _service(*command: str) -> AsyncIterator[None]:
    """Run a peer inside the block; what it says goes nowhere."""
    nowhere = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *command, stdin=nowhere, stdout=nowhere, stderr=nowhere, env=user_environment()
    )
    try:
        yield
    finally:
        process.kill()  # unshare would not hear of anything else, and nobody has to tidy up
        await process.wait()
