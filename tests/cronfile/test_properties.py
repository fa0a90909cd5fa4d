"""Whatever is given to the parser, it answers with crons or with a DefinitionError."""

import re
from contextlib import suppress

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cronfile.reading import CRON_FILES, ORIGIN, SMALLEST, mistakes
from wlcron.cronfile import Entry, container, definition, notifications, parse_cron_file
from wlcron.cronfile.limits import Budget
from wlcron.cronfile.problems import UnreadableError
from wlcron.cronfile.yaml_nodes import read_yaml
from wlcron.errors import DefinitionError

PROBLEM = re.compile(rf"{ORIGIN}:[1-9][0-9]*: .+")
FULL = (CRON_FILES / "full.yaml").read_text()
SNIPPETS = st.sampled_from(
    [
        *"[]{}:,#&*!|>'\"%@`-?~=\\\n\t ",
        *["---\n", "...\n", "\n  ", "<<: ", "&a ", "*a", "!!str ", "%YAML 1.2\n", "\r", "\ufeff"],
        *["\\ud83d", "\\x00", "2026-01-01", "1:30", "yes", "null", ".inf", "0x1F", "ä", "\u2028"],
        *["name: a\n", "description:\n", "  image: perl\n", "  env:\n", "    A: b\n", "labels: "],
        *["notifications:\n", "  failed: ", "timeout: 5m\n", "schedule: '@daily'\n", SMALLEST],
    ]
)
PIECES = st.lists(SNIPPETS | st.text(max_size=5), max_size=30).map("".join)
KEYS = st.sampled_from(
    [*definition.KEYS, *container.KEYS, *notifications.KEYS, "severity", "after", "threshold"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.dates(),
    lambda below: st.lists(below) | st.dictionaries(KEYS | st.text(max_size=9), below),
    max_leaves=9,
)


def parsed(text: str | bytes) -> list[Entry]:
    """Return what a text holds; nothing when it is refused in due form."""
    entries: list[Entry] = []
    problems: list[str] = []
    try:
        entries = parse_cron_file(text, ORIGIN)
    except DefinitionError as error:
        problems = error.problems
    assert bool(entries) != bool(problems)
    assert all(PROBLEM.fullmatch(problem) and problem.isprintable() for problem in problems)
    return entries


@given(st.text() | st.binary() | PIECES)
def test_any_text_is_read_or_refused(text: str | bytes) -> None:
    """Nothing else is raised, and each problem is one printable line with its place."""
    parsed(text)


@given(st.dictionaries(KEYS | st.text(max_size=9), VALUES))
def test_any_values_are_read_or_refused(document: dict[str, object]) -> None:
    """The same below the surface: any type under any key."""
    parsed(yaml.safe_dump(document, allow_unicode=True))


@settings(max_examples=300)
@given(st.integers(0, len(FULL)), st.integers(0, 9), SNIPPETS | st.text(max_size=3))
def test_any_slip_of_the_keyboard_is_read_or_refused(at: int, cut: int, typed: str) -> None:
    """A good file in which something was deleted, inserted or replaced."""
    parsed(FULL[:at] + typed + FULL[at + cut :])


@given(PIECES)
def test_every_source_is_a_cron_file_again(text: str) -> None:
    """What is stored beside a definition says that definition."""
    for entry in parsed(text):
        (again,) = parse_cron_file(entry.source, ORIGIN)
        assert (again.name, again.definition) == (entry.name, entry.definition)


@given(PIECES)
def test_without_libyaml_any_text_is_read_or_refused(text: str) -> None:
    """PyYAML's own parser raises nothing else either."""
    characters = re.sub("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff]", "", text)
    with suppress(UnreadableError):
        read_yaml(characters, 1, Budget(), yaml.SafeLoader)


@pytest.mark.parametrize("file", ["mistakes-at-the-top.txt", "mistakes-in-yaml.txt"])
def test_mistakes_of_separate_documents_do_not_disturb_each_other(file: str) -> None:
    """A whole file of broken documents holds the mistakes of each, and a good one among them."""
    broken = [text for text, _ in mistakes(file) if "---" not in text]
    with pytest.raises(DefinitionError) as caught:
        parse_cron_file("\n---\n".join([*broken[:30], SMALLEST]), ORIGIN)
    assert len(caught.value.problems) >= len(broken[:30])
