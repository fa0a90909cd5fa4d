"""What server and guard take of each other, and of the disk."""

import json
from pathlib import Path

import pytest

from wlcron.engines.host.guard.journal import Journal
from wlcron.engines.host.protocol import Record, read_answer, read_question
from wlcron.engines.host.records import read_record, write_record

REQUEST = {
    "id": "a",
    "arguments": ["true"],
    "env": {"A": "b"},
    "directory": None,
    "user": None,
    "memory": None,
    "cpu": None,
    "deadline": 2.0,
    "ends_at": 1.0,
    "grace": 10,
    "log_limit": 1000,
}
RECORD: Record = {
    "id": "a",
    "kind": "exited",
    "at": 2.0,
    "reason": "",
    "code": 0,
    "started_at": 1.0,
    "deadline": None,
}
ENTRY = {
    "id": "a",
    "deadline": 2.0,
    "ends_at": 1.0,
    "grace": 10,
    "pid": None,
    "started_at": None,
    "withdrawn": False,
}
WRONG = ["", "../b", "..", 1, None, "a\0b"]  # for an id
NUMBERS = [True, "1", -1, float("inf"), float("nan"), 10**30, [1]]  # for an instant


def question(**more: object) -> bytes:
    """Return the line of a start."""
    return json.dumps({"n": 1, "ask": "start", "request": {**REQUEST, **more}}).encode()


def test_a_question_is_taken() -> None:
    """Also with what a newer version says besides."""
    assert read_question(question(newer=1))["request"]["id"] == "a"


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[1]",
        b"[" * 100_000,
        b'{"ask":"stop","ids":[]}',
        b'{"n":1,"ask":"stop"}',
        b'{"n":1,"ask":"hello"}',
        b'{"n":1,"ask":"start","request":{"id":"a"}}',
        *(question(id=each) for each in WRONG),
        *(question(ends_at=each) for each in NUMBERS),
        question(env={"A": 1}),
        question(arguments="true"),
    ],
)
def test_what_is_no_question_is_refused_at_the_door(line: bytes) -> None:
    """A start without its parts would fail in the midst of others' starts."""
    with pytest.raises(ValueError):  # noqa: PT011 -- json's or ours
        read_question(line)


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {"n": "1"},
        {"running": 1},
        {"record": None},
        {"record": {**RECORD, "kind": "new"}},
        {"record": {**RECORD, "id": "\ud83d"}},
        {"record": {key: value for key, value in RECORD.items() if key != "deadline"}},
        *({"record": {**RECORD, "at": each}} for each in NUMBERS),
        {"n": 1, "records": [1]},
    ],
)
def test_what_is_no_answer_is_refused(answer: object) -> None:
    """The connection is given up, and another one made."""
    with pytest.raises(ValueError):  # noqa: PT011 -- json's or ours
        read_answer(json.dumps(answer).encode())


def test_an_answer_is_taken() -> None:
    """Its records are whole."""
    assert read_answer(json.dumps({"record": RECORD}).encode())["record"] == RECORD


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\0" * 200 + b"\n",
        b"[" * 100_000 + b"\n",
        json.dumps({**RECORD, "id": "b"}).encode() + b"\n",
        json.dumps({**RECORD, "at": "now"}).encode() + b"\n",
        json.dumps(RECORD).encode(),  # torn
    ],
)
def test_an_end_that_a_disk_has_spoilt_is_not_known(tmp_path: Path, content: bytes) -> None:
    """Nor does it keep a guard from starting."""
    write_record(tmp_path, RECORD)
    assert read_record(tmp_path, "a") == RECORD
    (tmp_path / "a" / "end.json").write_bytes(content)
    assert read_record(tmp_path, "a") is None


@pytest.mark.parametrize(
    "entry",
    [
        {key: value for key, value in ENTRY.items() if key != "pid"},
        *({**ENTRY, "id": each} for each in WRONG),
        *({**ENTRY, "ends_at": each} for each in NUMBERS),
        {**ENTRY, "pid": "7"},
    ],
)
def test_an_entry_that_a_disk_has_spoilt_does_not_count(
    tmp_path: Path, entry: dict[str, object]
) -> None:
    """The others do."""
    lines = [entry, {**ENTRY, "id": "b"}]
    (tmp_path / "guard.journal").write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    assert [each["id"] for each in Journal(tmp_path).entries()] == ["b"]
