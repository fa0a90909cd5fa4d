"""What was running when something was counted: a figure without it says little."""

import os
import platform
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

_NUMBER = re.compile(r"\d+\.\d+(?:\.\d+)?")


def versions(checkout: Path) -> str:
    """Return wlcron's version and commit, and what it ran on, in one line."""
    return ", ".join([f"wlcron {version('wlcron')} ({_commit(checkout)})", *_of_machine()])


def _commit(checkout: Path) -> str:
    said = _said("git", "-C", str(checkout), "describe", "--always", "--dirty=, changed since")
    return said or "no commit"


def _of_machine() -> Iterator[str]:
    yield f"Linux {platform.release()} with {os.cpu_count()} cores"
    yield f"Python {platform.python_version()}"
    yield f"SQLite {sqlite3.sqlite_version}"
    for name, *command in (("Docker", "dockerd", "--version"), ("PostgreSQL", *_postgres())):
        if command and (found := _NUMBER.search(_said(*command))):
            yield f"{name} {found[0]}"


def _postgres() -> Iterator[str]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if found:
        yield from (str(found[-1]), "--version")


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""
