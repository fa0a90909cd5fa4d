"""What the guard remembers of executions whose end it has not seen."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlcron.engines.host.guard.journal import Entry, Journal


def entry(execution_id: str, pid: int | None = None) -> Entry:
    """Return an entry."""
    return {
        "id": execution_id,
        "deadline": 2.5,
        "ends_at": 1.5,
        "grace": 10.0,
        "pid": pid,
        "started_at": None,
        "withdrawn": False,
    }


def test_the_last_entry_of_an_execution_counts(tmp_path: Path) -> None:
    """What is learned later replaces what was known."""
    journal = Journal(tmp_path)
    journal.append([entry("a"), entry("b")], durable=True)
    journal.append([entry("a", pid=7)], durable=False)
    assert Journal(tmp_path).entries() == [entry("a", pid=7), entry("b")]


@given(st.binary(max_size=60).filter(lambda torn: b"\n" not in torn))
def test_a_torn_line_hides_no_other(tmp_path_factory: pytest.TempPathFactory, torn: bytes) -> None:
    """After a power failure the lines that were finished are read."""
    data = tmp_path_factory.mktemp("data")
    Journal(data).append([entry("a"), entry("b")], durable=True)
    with (data / "guard.journal").open("ab") as file:
        file.write(torn)
    assert Journal(data).entries() == [entry("a"), entry("b")]


def test_a_line_that_is_no_entry_is_passed_over(tmp_path: Path) -> None:
    """Garbage in the middle costs itself only."""
    Journal(tmp_path).append([entry("a")], durable=True)
    with (tmp_path / "guard.journal").open("ab") as file:
        file.write(b"\0\0\0\n[1]\n")
    Journal(tmp_path).append([entry("b")], durable=True)
    assert Journal(tmp_path).entries() == [entry("a"), entry("b")]


def test_a_torn_line_is_ended_before_the_next(tmp_path: Path) -> None:
    """An entry after a torn line is not lost with it."""
    Journal(tmp_path).append([entry("a")], durable=True)
    with (tmp_path / "guard.journal").open("ab") as file:
        file.write(b'{"id": "to')
    Journal(tmp_path).append([entry("b")], durable=True)
    assert Journal(tmp_path).entries() == [entry("a"), entry("b")]


def test_it_is_emptied_when_nothing_runs(tmp_path: Path) -> None:
    """A guard that has seen all ends remembers nothing."""
    journal = Journal(tmp_path)
    journal.append([entry("a")], durable=True)
    journal.shorten([])
    assert journal.entries() == []
    journal.append([entry("b")], durable=True)
    assert journal.entries() == [entry("b")]


def test_a_long_journal_is_replaced_by_what_runs(tmp_path: Path) -> None:
    """One execution that runs for days does not keep the entries of all others."""
    journal = Journal(tmp_path)
    running = entry("long", pid=1)
    journal.append([running], durable=False)
    journal.append((entry(f"e{number}") for number in range(50_000)), durable=False)
    journal.shorten([running])
    assert journal.entries() == [running]
    journal.append([entry("b")], durable=True)
    assert Journal(tmp_path).entries() == [running, entry("b")]
