"""The arguments of `wl`, as any shell may pass them, and what a server may answer."""

import os
from collections.abc import Iterator
from contextlib import suppress

from click.testing import CliRunner

from tests.fuzz.rules import is_one_sentence
from tests.fuzz.targets import Target, words
from wlcron.cli.answer import GarbledAnswerError, parse_answer
from wlcron.cli.program import run
from wlcron.cli.response import NotHttpError, ResponseReader

_NOBODY = "http://127.0.0.1:9"  # discard: nobody listens there
_CODES = frozenset({0, 1, 2, 3})
# `server` and `aws` do not end, or ask somebody; an address or a file may be anybody's.
_LEFT_OUT = ("server", "aws", "--url", "--config", "/", "..", "~")


def check_arguments(data: bytes) -> None:
    """Run a command with arguments, one a line; its standard input is all of them."""
    text = data.decode(errors="surrogateescape").replace("\0", "")
    arguments = text.split("\n")
    if any(each in argument for argument in arguments for each in _LEFT_OUT):
        return
    environment = {
        "WL_URL": _NOBODY,
        "WL_TOKEN": "0" * 32,
        "WL_DEBUG": None,
        "HOME": "/nonexistent",
    }
    with CliRunner().isolation(input=data, env=environment) as streams:
        code = run(arguments)
        said = streams[1].getvalue().decode(errors="replace")
    assert code in _CODES, (code, said)
    assert "mistake in wl" not in said, said
    assert "Traceback" not in said, said


def check_response(data: bytes) -> None:
    """Read what a server, or whoever is there, sends: its first byte is the size of the pieces."""
    pieces = _pieces(data[1:], 1 + (data[0] if data else 0))
    reader = ResponseReader(lambda: next(pieces, b""))
    with suppress(NotHttpError, EOFError):
        head = reader.head()
        body = b"".join(reader.body(head))
        assert len(body) <= len(data)
        _read(body)


def _read(body: bytes) -> None:
    try:
        answer = parse_answer(body)
        for read in (answer.text, answer.number, answer.instant, answer.parts, answer.texts):
            for key in list(answer.raw):
                with suppress(GarbledAnswerError):
                    read(key)
    except GarbledAnswerError as error:
        is_one_sentence(error)


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def _lines(*commands: str) -> list[bytes]:
    return [os.fsencode(command.replace(" ", "\n")) for command in commands]


_BODY = b'{"name": "tidy", "at": "2026-11-23T12:00:00Z", "n": 1e3, "list": [{}], "texts": ["a"]}'
ARGUMENTS = Target(
    "arguments",
    check_arguments,
    _lines(
        "schedule next */5 -n 3",
        "schedule next @daily --timezone Europe/Berlin --after 2026-12-24T18:00 -o json".replace(
            "/", "_"
        ),
        "schedule explain rate(5",
        "cron list",
        "cron status tidy -o json",
        "cron validate -f -",
        "cron create tidy -f -",
        "cron run tidy --env A=B -- echo hello",
        "cron pause tidy --for 2h --reason why",
        "cron silence tidy --for 30m --label team=payments",
        "cron logs tidy 4b962278",
        "cron stop tidy",
        "silence end 3f2a91c0",
        "channel test team-slack",
        "incident list -o json",
        "doctor",
        "completion bash",
        "cron --help",
    ),
    (
        *words("-f - -n -o json --for --after --help --version -h -- 9999-12-31T23:59:59-14:00 -1"),
        b"\n",
        b"\n\n",
        b"schedule\nnext\n",
        b"0 9 * * *",
        b"@daily",
        b"9" * 5000,
    ),
)
RESPONSES = Target(
    "responses",
    check_response,
    [
        b"\x20HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(_BODY), _BODY),
        b"\x07HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"%x\r\n%b\r\n0\r\n\r\n" % (len(_BODY), _BODY),
        b"\xffHTTP/1.0 404 Not Found\r\n\r\n" + _BODY,
        b"\x01HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    ],
    (
        *words(
            "HTTP/1.1 200 chunked Content-Length: Transfer-Encoding: ffffffff 0 ; : {} 1e999 null"
        ),
        b"\r\n",
        b"\r\n\r\n",
        b"[" * 3000,
    ),
)
