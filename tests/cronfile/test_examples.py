"""What is shown to people works: the examples, and the pieces of the documents."""

import re
from pathlib import Path

import pytest

from tests.cronfile.reading import CRON_FILES, SMALLEST, refusals
from wlcron.cronfile import container, definition, notifications, parse_cron_file

PROJECT = Path(__file__).parents[2]
EXAMPLES = sorted((PROJECT / "examples").glob("*.yaml"))
DOCUMENT = (PROJECT / "docs" / "cron-file.md").read_text()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_every_example_is_a_cron_file(example: Path) -> None:
    """And each of several documents has a name."""
    entries = parse_cron_file(example.read_bytes(), example.name)
    assert len(entries) == 1 or all(entry.name for entry in entries)


def test_the_demonstration_is_the_smallest_file_every_minute() -> None:
    """`make demo` creates what the first page shows, only more often."""
    (pi,) = parse_cron_file((PROJECT / "examples" / "pi.yaml").read_text(), "pi.yaml")
    (smallest,) = parse_cron_file((CRON_FILES / "smallest.yaml").read_text(), "smallest.yaml")
    assert pi.definition.description == smallest.definition.description
    assert pi.definition.schedule == "cron(* * * * ? *)"


@pytest.mark.parametrize("piece", re.findall(r"```(?:yaml|json)\n(.*?)```", DOCUMENT, re.DOTALL))
def test_every_piece_of_the_document_is_a_cron_file(piece: str) -> None:
    """What is copied from there works as it stands."""
    assert refusals(piece) == []


@pytest.mark.parametrize("key", [*definition.KEYS, *container.KEYS, *notifications.KEYS])
def test_every_key_is_documented(key: str) -> None:
    """In a line of a table that begins with it."""
    assert f"\n| `{key}` |" in DOCUMENT


@pytest.mark.parametrize(
    "trap", ["PORT: 8080", "DEBUG: on", "DAY: 2026-01-31", "AT: 22:30", "EMPTY:", "VERSION: 1.10"]
)
def test_every_trap_of_the_document_is_one(trap: str) -> None:
    """The left side is refused with a remedy, and the right side works."""
    assert f"`{trap}`" in DOCUMENT
    name, _, value = trap.partition(":")
    refused = refusals(SMALLEST.replace("perl", f"perl, env: {{{trap} }}"))
    assert len(refused) == 1
    assert "quotes" in refused[0] or '""' in refused[0]
    remedy = f'{name}: "{value.strip()}"'
    assert f"`{remedy}`" in DOCUMENT
    assert refusals(SMALLEST.replace("perl", f"perl, env: {{{remedy}}}")) == []
