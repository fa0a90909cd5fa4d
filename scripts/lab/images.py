"""The images that the tests need, made from the distribution's packages, without being root."""

import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from lab import packages
from lab.daemon import Daemon
from lab.trouble import LabError, say

OWN = "wlcron-test"
PATH = "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
USERS = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n"
GROUPS = "root:x:0:\nnogroup:x:65534:\n"
UNUSED = ("./usr/share/doc", "./usr/share/locale", "./usr/share/man", "./usr/lib/*/gconv")


class Images:
    """The images as tar files in a state folder, so that a second start takes seconds."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "images"

    def provide(self, daemon: Daemon, *, plain_tags: bool) -> None:
        """See to it that a daemon has the images, with their plain names too if that is wanted."""
        for name in RECIPES:
            own = f"{OWN}/{name}"
            if not daemon.api.has_image(own):
                self._load(daemon, own, self._tar_of(name))
            if plain_tags and not daemon.api.has_image(name):
                daemon.api.tag_image(own, name)

    def _load(self, daemon: Daemon, image: str, tar: Path) -> None:
        say(f"importing the image {image}")
        with tar.open("rb") as root:
            daemon.api.import_image(image, root, [PATH, 'CMD ["sh"]'])

    def _tar_of(self, name: str) -> Path:
        tar = self._folder / f"{name}.tar"
        if not tar.exists():
            if not packages.is_debian():
                raise LabError(f"the image {OWN}/{name} can be made on Debian or Ubuntu only")
            say(f"making the image {OWN}/{name} from the distribution's packages")
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._folder) as scratch:
                make_tar(RECIPES[name], Path(scratch)).rename(tar)
        return tar


def make_tar(lay_out: Callable[[Path, Path], None], scratch: Path) -> Path:
    """Make the tar file of a root folder that belongs to root, whoever makes it."""
    root, tar = scratch / "root", scratch / "root.tar"
    lay_out(root, scratch / "downloads")
    finish(root)
    skipped = [f"--exclude={pattern}" for pattern in UNUSED]
    owner = ["--owner=0", "--group=0", "--numeric-owner"]
    if subprocess.run(
        ["tar", "-c", "-f", tar, "-C", root, *owner, *skipped, "."], check=False
    ).returncode:
        raise LabError(f"{tar} cannot be written; is the disk full?")
    return tar


def lay_out_busybox(root: Path, downloads: Path) -> None:
    """One static program under all of its names."""
    packages.unpack(["busybox-static"], root, downloads)
    program = root / "bin/busybox"
    applets = subprocess.run([program, "--list"], capture_output=True, text=True, check=True)
    for applet in set(applets.stdout.split()) - {"busybox"}:
        root.joinpath("bin", applet).symlink_to("busybox")


def lay_out_perl(root: Path, downloads: Path) -> None:
    """Bash, the common commands and Perl with its big numbers."""
    wanted = ["bash", "coreutils", "perl"]
    # Perl 5.36's own copy of this module fails at bpi() beyond 1000 digits.
    if packages.is_known("libmath-bigint-perl"):
        wanted.append("libmath-bigint-perl")
    packages.unpack(wanted, root, downloads)


def finish(root: Path) -> None:
    """Add what the packages' scripts, which were not run, would have made."""
    for folder in ("dev", "etc", "proc", "root", "sys", "tmp", "var/tmp"):
        root.joinpath(folder).mkdir(parents=True, exist_ok=True)
    for shared in ("tmp", "var/tmp"):
        root.joinpath(shared).chmod(0o1777)
    root.joinpath("etc/passwd").write_text(USERS)
    root.joinpath("etc/group").write_text(GROUPS)
    if not root.joinpath("bin/sh").is_symlink():
        root.joinpath("bin/sh").symlink_to("bash")


RECIPES: Mapping[str, Callable[[Path, Path], None]] = {
    "busybox": lay_out_busybox,
    "perl": lay_out_perl,
}
