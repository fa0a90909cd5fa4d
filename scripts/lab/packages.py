"""Debian's and Ubuntu's packages: installed on this machine, or laid out in a folder.

Everything goes through apt, so the mirror, proxy, certificates and keys are those which the
machine already uses. debootstrap would need the mirror's address and brings its own downloader.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lab.trouble import LabError, say

POLICY = Path("/usr/sbin/policy-rc.d")
POLICY_FORBIDS = 101  # /usr/share/doc/init-system-helpers/README.policy-rc.d.gz


def install(*packages: str) -> None:
    """Install packages without what they recommend, and without starting their services."""
    say(f"installing {', '.join(packages)}")
    with no_services_started():
        apt_get("install", "--no-install-recommends", *packages)


def unpack(packages: Sequence[str], root: Path, downloads: Path) -> None:
    """Lay packages and all they depend on out in a root folder, without running their scripts."""
    downloads.joinpath("partial").mkdir(parents=True)
    # An empty status file makes apt download what this machine has already, too.
    apt_get(
        "install",
        "--no-install-recommends",
        "--download-only",
        *options(
            "Dir::State::status=/dev/null",
            f"Dir::Cache::archives={downloads}",
            "Debug::NoLocking=1",  # the machine's own state is not touched, so none need be root
            "APT::Sandbox::User=root",  # apt's own user may not reach the folder of a checkout
        ),
        *packages,
    )
    for folder in ("bin", "sbin", "lib", "lib64"):
        root.joinpath("usr", folder).mkdir(parents=True)
        root.joinpath(folder).symlink_to(f"usr/{folder}")
    for package in sorted(downloads.glob("*.deb")):
        extract(package, root)


def extract(package: Path, root: Path) -> None:
    """Lay the files of one package out in a root folder."""
    with subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE
    ) as archive:
        # dpkg-deb -x would replace the link bin -> usr/bin by the package's own folder bin.
        result = subprocess.run(
            ["tar", "-x", "--keep-directory-symlink", "--no-same-owner", f"--directory={root}"],
            stdin=archive.stdout,
            check=False,
        )
    if archive.returncode or result.returncode:
        raise LabError(f"{package.name} cannot be unpacked into {root}")


def is_known(package: str) -> bool:
    """Whether this distribution has a package of this name."""
    found = subprocess.run(
        ["apt-cache", "show", "--no-all-versions", package], capture_output=True, check=False
    )
    return found.returncode == 0


def is_debian() -> bool:
    """Whether this machine has Debian's or Ubuntu's package tools."""
    return shutil.which("apt-get") is not None and shutil.which("dpkg-deb") is not None


def apt_get(*arguments: str) -> None:
    """Run apt-get without questions; its lists are brought up to date if that may help."""
    if try_apt_get(*arguments) is None:
        return
    if os.geteuid() == 0:
        say("bringing apt's lists of packages up to date")
        try_apt_get("update")
    complaint = try_apt_get(*arguments)
    if complaint is not None:
        raise LabError(f"apt-get {arguments[0]} failed: {complaint}")


def try_apt_get(*arguments: str) -> str | None:
    """Run apt-get once; None if all went well, else its complaint in one line."""
    result = subprocess.run(
        ["apt-get", "--quiet", "--yes", *options("DPkg::Lock::Timeout=300"), *arguments],
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if result.returncode == 0:
        return None
    lines = [line for line in result.stderr.splitlines() if line.startswith("E: ")]
    return lines[0].removeprefix("E: ") if lines else f"exit code {result.returncode}"


def options(*settings: str) -> Iterator[str]:
    """Apt's settings as arguments."""
    for setting in settings:
        yield from ("-o", setting)


@contextmanager
def no_services_started() -> Iterator[None]:
    """Forbid that packages start their services, and leave the machine's own policy as it was."""
    own_policy = POLICY.with_name(f"{POLICY.name}.before-docker-lab")
    if POLICY.exists() and not own_policy.exists():  # it does if an earlier lab was killed
        POLICY.rename(own_policy)
    try:
        POLICY.write_text(f"#!/bin/sh\nexit {POLICY_FORBIDS}\n")
        POLICY.chmod(0o755)
        yield
    finally:
        POLICY.unlink(missing_ok=True)
        if own_policy.exists():
            own_policy.rename(POLICY)
