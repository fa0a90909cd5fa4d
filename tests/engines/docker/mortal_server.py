"""A server's engine in a process of its own: starts one execution, and is killed.

Usage: mortal_server.py URL DATA INSTANCE EXECUTION
"""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent.parent))

from tests.docker_daemon import BUSYBOX
from tests.engines.docker.lab import cron_with, execution_of, shell
from tests.engines.docker.test_guard import IGNORES_TERM, SOON
from wlcron.engines.docker import DockerEngine


async def main(url: str, data: str, instance: str, execution_id: str) -> None:
    """Start a job that ignores TERM, and die."""
    engine = DockerEngine(url, Path(data), instance, BUSYBOX)
    cron = cron_with(*shell(IGNORES_TERM), timeout=SOON)
    await engine.start(replace(execution_of(cron), id=execution_id), cron)
    os.kill(os.getpid(), signal.SIGKILL)


asyncio.run(main(*sys.argv[1:]))
