#!/usr/bin/env python3
"""Installs what tests need of Debian's packages, where it is missing and root may.

    scripts/debian_packages.py PACKAGE…

Exits 0 also where it cannot: the tests that need them say what they lack.
"""

import os
import subprocess
import sys

from lab.packages import install, is_debian
from lab.trouble import LabError, say


def main(packages: list[str]) -> int:
    """Install those of these packages that this machine lacks."""
    missing = [each for each in packages if not _is_installed(each)] if is_debian() else []
    if missing and os.geteuid() != 0:
        say(f"some tests need packages that only root may install: {', '.join(missing)}")
    elif missing:
        try:
            install(*missing)
        except LabError as error:
            say(str(error))
    return 0


def _is_installed(package: str) -> bool:
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    found = subprocess.run(query, capture_output=True, text=True, check=False)
    return found.stdout == "installed"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
