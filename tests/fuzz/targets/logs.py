"""What jobs write, on its way into an alert."""

from tests.fuzz.targets import Target, words
from wlcron.core.logtail import LINES, Tail
from wlcron.core.redaction import HIDDEN, redact, secrets_in

_SECRET = "sesame-open-yourself"  # noqa: S105 -- what must not be repeated


def check(data: bytes) -> None:
    """Take the tail of a log, and the secrets out of it."""
    tail = Tail()
    for start in range(0, len(data), 113):
        tail.take(data[start : start + 113])
    text = tail.text()
    assert len(text.split("\n")) <= LINES
    assert all(
        line.isprintable() or "\t" in line or not _is_seen(line) for line in text.split("\n")
    )
    hidden = redact(text, [_SECRET])
    assert _SECRET not in hidden
    assert redact(hidden, [_SECRET]) == hidden
    name, _, value = text.partition("=")
    secrets_in({name: value})


def _is_seen(line: str) -> bool:
    return "\x1b" in line or "\r" in line


LOGS = Target(
    "logs",
    check,
    [
        b"hello\nworld\n",
        b"\x1b[31mred\x1b[0m \x1b]0;title\x07 10%\r20%\r30%\n",
        b"password=hunter2secret token: abcdefghijkl Authorization: Bearer abc.def-123456\n",
        b"postgres://user:p@ss@host/db https://hooks.slack.com/services/T/B/x\n",
        b"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
        b"export AWS_SECRET_ACCESS_KEY='abcd' --api-key 0123456789 eyJabcdefghij.abcdefghij.x\n",
        _SECRET.encode() + b"\n" + _SECRET[:12].encode() + " …".encode(),
    ],
    (
        *words(
            f"{_SECRET} {HIDDEN} password= token: bearer basic cookie: :// -----BEGIN ----- eyJ sk-"
        ),
        b"\x1b[",
        b"\x1b]",
        b"\x9b",
        b"\r",
        " …".encode(),
        b'\\"',
        b"\xe2\x80\xae",
    ),
)
