"""`python -m tests.aws_lab`: the laboratory as a process; its first line says where it is."""

import argparse
import json
import os
import signal
import sys
import threading

from tests.aws_lab.laboratory import Laboratory, Options


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m tests.aws_lab", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any")
    parser.add_argument(
        "--minute", type=float, default=60.0, help="real seconds of a minute of AWS's clock"
    )
    parser.add_argument(
        "--engine",
        choices=("auto", "docker", "host"),
        default="auto",
        help="what runs containers; auto: Docker, if DOCKER_HOST names one, else plain processes",
    )
    parser.add_argument("--with-parent", action="store_true", help="end when standard input does")
    given = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    laboratory = Laboratory(Options(given.port, given.minute, given.engine))
    if given.with_parent:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.stdout.write(json.dumps({"url": laboratory.url}) + "\n")
    sys.stdout.flush()
    laboratory.serve()


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1):  # not its buffer: it is locked at the very end
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
