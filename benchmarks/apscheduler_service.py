"""A service on APScheduler as its users write it: one job for each command line, a process each.

    python apscheduler_service.py COUNT SECOND COMMAND…

Runs COMMAND COUNT times at that second of each minute; until it is killed. The one thing
that is not the default: jobs that get their thread late are run all the same.
"""

import functools
import signal
import subprocess
import sys

from apscheduler.schedulers.background import BackgroundScheduler


def main(count: int, second: int, command: list[str]) -> None:
    """Schedule and wait."""
    scheduler = BackgroundScheduler(job_defaults={"misfire_grace_time": None}, timezone="UTC")
    run = functools.partial(subprocess.run, command, check=False)
    for _ in range(count):
        scheduler.add_job(run, "cron", second=second)
    scheduler.start()
    signal.pause()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
