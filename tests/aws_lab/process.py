"""The laboratory's process, started and ended."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.aws_lab.place import REGION

_ROOT = Path(__file__).resolve().parents[2]
_ENDS_WITHIN = 20.0  # seconds


@dataclass(frozen=True, slots=True)
class Lab:
    """A laboratory that runs."""

    url: str

    def environment(self) -> dict[str, str]:
        """Return what a process needs in its environment to take the laboratory for AWS."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "lab",
            "AWS_SECRET_ACCESS_KEY": "lab",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
        }


@contextmanager
def running_lab(*flags: str) -> Iterator[Lab]:
    """Start a laboratory, with flags of `python -m tests.aws_lab`; end it with the context."""
    command = [sys.executable, "-m", "tests.aws_lab", "--with-parent", *flags]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=_ROOT, **pipes) as process:  # type: ignore[call-overload]  # noqa: S603 -- ourselves
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError("the laboratory did not start: its reason is on standard error")
            yield Lab(json.loads(line)["url"])
        finally:
            process.terminate()
            try:
                process.wait(_ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
