"""`python -m tests.aws_lab`: the laboratory as a process; its first line says where it is."""

import argparse
import json
import os
import signal
import sys
import threading

from tests.aws_lab.front import Front, Moto
from tests.aws_lab.inside import make_http
from tests.aws_lab.receiving import Receiving


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m tests.aws_lab", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input does")
    options = parser.parse_args()
    os.environ |= {"AWS_ACCESS_KEY_ID": "lab", "AWS_SECRET_ACCESS_KEY": "lab"}
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    moto = Moto()
    server = make_http(options.port, Front(moto, [Receiving(moto)]))
    if options.with_parent:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{server.server_port}"}) + "\n")
    sys.stdout.flush()
    server.serve_forever()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
