"""Valid documents, damaged: what every target is tried with, whoever draws the dice."""

import copy
import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

LONGEST = 64 * 1024  # bytes of what comes out; what is larger has tests of its own
_MOST_EDITS = 6
_DEEP = 3000  # more than Python's own stack takes
_HALF_A_CHARACTER = "\ud83d"
_ODD_BYTES = (b"\0", b"\n", b"\r\n", b"\xff", b"\xc3", b"\xf0\x9f\x98\x80", b" ", b"\xe2\x80\xae")
_ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 1e308, 2**63, -(2**70), 10**40, 10**400),
    *(float("nan"), float("inf"), float("-inf")),
    *(
        "",
        " ",
        "\0",
        "a\nb",
        "\x1b[31m",
        _HALF_A_CHARACTER,
        "\u202e",
        "x" * 300,
        "9" * 5000,
        "٣",
        "²",
    ),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-23T12:00:00"),
    *([], {}, [None], {"": None}, [[]], [{}]),
)
_DEEP_TEXTS = (b"[" * _DEEP, b'{"a":' * _DEEP, b"[" * _DEEP + b"]" * _DEEP)


def damaged(seed: bytes, random: Random, words: Sequence[bytes] = ()) -> bytes:
    """Return a document with a few bytes lost, repeated, put in or exchanged."""
    data = bytearray(seed)
    for _ in range(random.randint(1, _MOST_EDITS)):
        start = random.randint(0, len(data))
        end = min(len(data), start + random.choice((0, 0, 1, 1, 2, 8, 64)))
        data[start:end] = _put_in(data, random, words)
    return bytes(data[:LONGEST])


def damaged_json(seed: bytes, random: Random, words: Sequence[bytes] = ()) -> bytes:
    """Return a JSON document of another shape; one that is no JSON any more, now and then."""
    if random.randint(0, 9) == 0:
        return damaged(seed, random, words)
    try:
        document = json.loads(seed)
    except (ValueError, RecursionError):
        return damaged(seed, random, words)
    for _ in range(random.randint(1, _MOST_EDITS)):
        document = _changed(document, random, words)
    text = json.dumps(document).encode()
    if random.randint(0, 29) == 0:
        text = text.replace(b"null", random.choice(_DEEP_TEXTS), 1)
    return text[:LONGEST]


def _put_in(data: bytes | bytearray, random: Random, words: Sequence[bytes]) -> bytes:
    what = random.randint(0, 4)
    if what == 0:
        return b""
    if what == 1 and words:
        return random.choice(words)
    if what == 2:
        return random.choice(_ODD_BYTES)
    if what == 3:
        start = random.randint(0, len(data))
        return bytes(data[start : start + random.randint(1, 32)])
    return bytes(random.randint(0, 255) for _ in range(random.randint(1, 4)))


def _changed(value: Any, random: Random, words: Sequence[bytes]) -> Any:  # noqa: ANN401 -- JSON
    """Return a document with one of its values changed, somewhere."""
    if isinstance(value, dict) and value and random.randint(0, 5):
        return _changed_object(value, random, words)
    if isinstance(value, list) and value and random.randint(0, 5):
        at = random.randrange(len(value))
        return [*value[:at], _changed(value[at], random, words), *value[at + 1 :]]
    if isinstance(value, str) and random.randint(0, 1):
        text = damaged(value.encode(errors="replace"), random, words)
        return text.decode(errors="replace")
    if words and random.randint(0, 3) == 0:
        return random.choice(words).decode(errors="replace")
    return copy.deepcopy(random.choice(_ODD_VALUES))


def _changed_object(value: dict[str, Any], random: Random, words: Sequence[bytes]) -> Any:  # noqa: ANN401 -- JSON
    key = random.choice(list(value))
    act: Callable[[], dict[str, Any]] = random.choice(
        (
            lambda: {each: below for each, below in value.items() if each != key},
            lambda: {**value, f"{key}x": value[key]},
            lambda: {**value, key: [value[key]]},
            lambda: {**value, key: {key: value[key]}},
            *[lambda: {**value, key: _changed(value[key], random, words)}] * 8,
        )
    )
    return act()
