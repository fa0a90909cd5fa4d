"""What the guard's records mean."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from wlcron.core.execution import Kind, Observation
from wlcron.engines.host.observation import observation
from wlcron.engines.host.protocol import Record
from wlcron.engines.host.records import read_record, write_record

ENDED: Record = {
    "id": "e1",
    "kind": "exited",
    "at": 1_795_500_001.5,
    "reason": "ended by signal SIGHUP",
    "code": 129,
    "started_at": 1_795_500_000.25,
    "deadline": 1_795_500_060.0,
}


def test_an_end_becomes_an_observation() -> None:
    """Instants become zone-aware; the start comes with the end."""
    assert observation(ENDED) == Observation(
        execution_id="e1",
        kind=Kind.EXITED,
        at=datetime(2026, 11, 24, 6, 0, 1, 500_000, tzinfo=UTC),
        reason="ended by signal SIGHUP",
        exit_code=129,
        started_at=datetime(2026, 11, 24, 6, 0, 0, 250_000, tzinfo=UTC),
        deadline=datetime(2026, 11, 24, 6, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize("kind", ["started", "exited", "timed-out", "refused", "gone"])
def test_each_kind_that_a_guard_says_is_known(kind: str) -> None:
    """What never started has no start."""
    record: Record = {**ENDED, "kind": kind, "started_at": None, "deadline": None, "code": None}
    seen = observation(record)
    assert (seen.kind, seen.started_at, seen.deadline) == (Kind(kind), None, None)


def test_a_record_survives_the_disk(tmp_path: Path) -> None:
    """What was written is read, under the execution's id only."""
    write_record(tmp_path, ENDED)
    assert read_record(tmp_path, "e1") == ENDED
    assert read_record(tmp_path, "e2") is None


def test_a_record_that_was_not_finished_is_none(tmp_path: Path) -> None:
    """A record is valid with its line's end, which is written last."""
    write_record(tmp_path, ENDED)
    [path] = (tmp_path / "e1").iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    assert read_record(tmp_path, "e1") is None
