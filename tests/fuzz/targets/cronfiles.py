"""Cron files, YAML and JSON."""

import json
import re

from tests.fuzz.targets import DATA, Target, words
from wlcron.cronfile import Entry, as_document, differences, parse_cron_file
from wlcron.errors import DefinitionError

_PROBLEM = re.compile(r"f:[1-9][0-9]*: .+")
_LONGEST = 1000  # characters of a line


def check(data: bytes) -> None:
    """Read a file; what was read can be written and read again."""
    try:
        entries = parse_cron_file(data, "f")
    except DefinitionError as error:
        _are_mistakes(error.problems)
        return
    assert entries
    for entry in entries:
        _write_and_read(entry)


def _are_mistakes(problems: list[str]) -> None:
    assert problems
    for problem in problems:
        assert _PROBLEM.fullmatch(problem), problem
        assert problem.isprintable(), problem
        assert len(problem) <= _LONGEST, problem


def _write_and_read(entry: Entry) -> None:
    (again,) = parse_cron_file(entry.source, "f")
    assert (again.name, again.definition) == (entry.name, entry.definition)
    written = json.dumps(as_document(entry.definition))
    (again,) = parse_cron_file(written, "f")
    assert again.definition == entry.definition, written
    assert differences(entry.definition, again.definition) == []


_FULL = (DATA / "cronfiles" / "full.yaml").read_bytes()
_AS_JSON = [
    json.dumps({"name": entry.name, **as_document(entry.definition)}).encode()
    for entry in parse_cron_file(_FULL, "f")
]
_WORDS = words(
    "name: schedule: timezone: timeout: start-within: overlap: description: notifications: labels:"
    " image: arguments: env: cpu: memory: user: stop-grace: failed: skipped: channels: severity:"
    " --- ... &a *a <<: !!str !!binary %YAML | > ? - [ ] { } : # 1e9 0x10 1:30 .inf .nan yes null"
    " 2026-01-01 10m 1h30m 256M 1T"
)

CRON_FILES = Target(
    "cron-files",
    check,
    [_FULL, (DATA / "cronfiles" / "smallest.yaml").read_bytes()]
    + [
        part.strip(b"\n") + b"\n"
        for path in sorted((DATA / "cronfiles").glob("*.txt"))
        for part in path.read_bytes().split(b"\n\n")[:12]
    ],
    (*_WORDS, b"\n", b"\n  ", b"\n- ", b"\t", b"\xef\xbb\xbf", b"\xe2\x80\xa8"),
)
CRON_FILES_IN_JSON = Target(
    "cron-files-in-json", check, _AS_JSON, words("10m @daily"), is_json=True
)
