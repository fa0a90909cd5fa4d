"""Speed and size, measured beside peers and floors in one go, as a table with ratios.

    python benchmarks/run.py [--only NAME] [--write]

Ratios are made of figures that were taken in turn in the same run, because the machine's other
work is noise for both. Exit code 1: a budget is broken. `--write` puts the table into
docs/performance.md. `make bench` runs it with a Docker daemon, where one can be had.
"""

import argparse
import asyncio
import importlib
import signal
import sys
import time
from pathlib import Path

from machine import describe_machine
from measuring import Row, progress

NAMES = (
    "docker",
    "docker_burst",
    "host",
    "storm",
    "idle",
    "history",
    "command_line",
    "schedules",
    "sns",
    "worker",
    "alerts",
    "rehearsal",
)
_HEAD = (
    "| what | figure | peer or floor | ratio | budget | kept |\n"
    "| --- | --- | --- | --- | --- | --- |"
)
_PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
_BEGIN, _END = "<!-- begin: make bench -->", "<!-- end: make bench -->"


def main() -> int:
    """Run the benchmarks that were asked for; return 1 when a budget is broken."""
    arguments = _parse_arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended, too
    begin = time.monotonic()
    machine = asyncio.run(describe_machine())
    rows = [row for name in arguments.only or NAMES for row in _run(name)]
    progress("")
    table = "\n".join([_HEAD, *(row.as_markdown() for row in rows)])
    text = f"{machine}\n\n{table}\n\nTaken in {time.monotonic() - begin:.0f} s.\n"
    print(text)
    if arguments.write:
        _write(text)
    broken = [row for row in rows if row.kept is False]
    for row in broken:
        print(f"budget broken: {row.what}: {row.figure}, {row.budget}", file=sys.stderr)
    return 1 if broken else 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", choices=NAMES, action="append", help="may be given several times")
    parser.add_argument("--write", action="store_true", help="update docs/performance.md")
    return parser.parse_args()


def _run(name: str) -> list[Row]:
    rows: list[Row] = asyncio.run(importlib.import_module(name).measure())
    return rows


def _write(text: str) -> None:
    page = _PAGE.read_text()
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    _PAGE.write_text(f"{before}{_BEGIN}\n\n{text}\n{_END}{after}")


if __name__ == "__main__":
    sys.exit(main())
