"""A cron to rehearse, and how long its executions take."""

from pathlib import Path

CRON = """\
name: tidy
schedule: "*/10 * * * *"
timeout: 5m
description: {image: busybox, arguments: [tidy]}
notifications:
  failed: {severity: critical}
  channels: [on-call]
"""
USUALLY = "1m each, or half of the timeout where that is less"
FROM = ("--from", "2027-03-27")


def cron_file(folder: Path) -> str:
    """Write the cron file; return its path."""
    path = folder / "tidy.yaml"
    path.write_text(CRON)
    return str(path)


def durations(tmp_path: Path, text: str) -> str:
    """Return a file of durations."""
    path = tmp_path / "durations.yaml"
    path.write_text(text)
    return str(path)
