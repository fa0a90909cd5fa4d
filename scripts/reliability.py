#!/usr/bin/env python3
"""`make reliability`: breaks everything, counts, and writes the tables of docs/reliability.md.

    scripts/reliability.py [--only INSTRUMENT]… [--write]

Each instrument is a target of the Makefile, and writes what it counted as JSON into the folder that
WL_COUNTS names. They run one after the other; `--only` runs some again and keeps what the others
counted last. `--write` puts the tables into the page. Exits 1 where an instrument failed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from counted import INSTRUMENTS, tables
from versions import versions

ROOT = Path(__file__).resolve().parent.parent
COUNTS = ROOT / ".cache" / "reliability"
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- begin: make reliability -->", "<!-- end: make reliability -->"


def main() -> int:
    """Run the instruments that are asked for; return 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--only", choices=INSTRUMENTS, action="append", default=[])
    parser.add_argument("--write", action="store_true", help="update docs/reliability.md")
    arguments = parser.parse_args()
    failed = [name for name in arguments.only or INSTRUMENTS if not _run(name)]
    text = tables(COUNTS)
    print(text)
    if arguments.write:
        _write(text)
    for name in failed:
        print(f"make {name} failed: run it again and read what it prints", file=sys.stderr)
    return 1 if failed else 0


def _run(name: str) -> bool:
    """Run an instrument, and note when that was, with what, and how it ended."""
    folder = COUNTS / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print(f"make {name}", file=sys.stderr)
    begin = time.monotonic()
    command = ("make", "--no-print-directory", name, *INSTRUMENTS[name].arguments)
    environment = os.environ | {"WL_COUNTS": str(folder)}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr, check=False)
    run = {
        "exit_code": done.returncode,
        "seconds": round(time.monotonic() - begin),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "versions": versions(ROOT),
    }
    (folder / "run.json").write_text(json.dumps(run))
    return done.returncode == 0


def _write(text: str) -> None:
    page = PAGE.read_text()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}")


if __name__ == "__main__":
    sys.exit(main())
