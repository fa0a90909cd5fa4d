"""YAML as people get it wrong, and as attackers get it right."""

import pytest
import yaml

from tests.cronfile.reading import CRON_FILES, SMALLEST, entry, mistakes, refusals
from wlcron.cronfile.limits import DEEPEST, MOST_NODES, Budget
from wlcron.cronfile.nodes import Mapping, Node, Scalar
from wlcron.cronfile.problems import UnreadableError
from wlcron.cronfile.yaml_nodes import FASTEST_LOADER, read_yaml

BILLION_LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def read(text: str, line: int = 1, loader: type = FASTEST_LOADER) -> Node | None:
    """Read one document."""
    return read_yaml(text, line, Budget(), loader)


@pytest.mark.parametrize(("text", "said"), mistakes("mistakes-in-yaml.txt"))
def test_each_mistake_is_named_with_line_and_remedy(text: str, said: list[str]) -> None:
    """What the parser complains of is said in plain words (→ in the data stands for a tab)."""
    assert refusals(text.replace("→", "\t") + "\n") == said


@pytest.mark.parametrize("text", [text for text, _ in mistakes("mistakes-in-yaml.txt")])
def test_without_libyaml_mistakes_are_refused_as_well(text: str) -> None:
    """PyYAML's own parser uses other words; it only forgives what the reader sees later."""
    with_tabs = text.replace("→", "\t") + "\n"
    is_forgiven = "%FOO" in text or "ud83d" in text
    accepted = _is_readable(with_tabs, yaml.SafeLoader)
    assert accepted == (is_forgiven or _is_readable(with_tabs, yaml.CSafeLoader))


def test_without_libyaml_files_read_the_same() -> None:
    """The library in C is only faster."""
    text = (CRON_FILES / "full.yaml").read_text()
    assert read(text, loader=yaml.SafeLoader) == read(text, loader=yaml.CSafeLoader)


@pytest.mark.parametrize("text", [r'"\U00110000"', r'"\UFFFFFFFF"'])
def test_without_libyaml_impossible_escapes_are_refused(text: str) -> None:
    """PyYAML's own scanner raises ValueError and OverflowError on them."""
    assert not _is_readable(f"name: {text}\n", yaml.SafeLoader)
    assert not _is_readable(f"name: {text}\n", yaml.CSafeLoader)


def test_aliases_repeat_what_was_named() -> None:
    """A simple alias is as good as the text that it repeats."""
    text = SMALLEST + "labels: {a: &team payments, b: *team}\n"
    assert entry(text).definition.labels == {"a": "payments", "b": "payments"}


def test_an_anchor_may_be_used_again() -> None:
    """The latest meaning counts, as YAML says."""
    text = SMALLEST + "labels: {a: &x one, b: *x, c: &x two, d: *x}\n"
    assert entry(text).definition.labels["d"] == "two"


def test_exploding_aliases_are_refused_before_they_explode() -> None:
    """A billion laughs are counted, not built."""
    assert refusals(BILLION_LAUGHS) == [
        "5: the file holds too much, each use of an alias counted; split or shorten it"
    ]


def test_what_one_document_spends_is_missing_in_the_next() -> None:
    """The limits are the file's, so that many documents take no longer than one."""
    many = SMALLEST.replace("perl", f"perl, arguments: [{'x,' * (MOST_NODES // 3)}]")
    assert refusals("---\n".join([many] * 2)) == []
    assert refusals("---\n".join([many] * 50)) == [
        "8: the file holds too much, each use of an alias counted; split or shorten it"
    ]


def test_two_documents_are_not_one() -> None:
    """Whoever cuts a file at the wrong place loses nothing silently."""
    with pytest.raises(UnreadableError, match="another cron must begin"):
        read("a: b\n---\nc: d\n")


def test_one_long_text_may_not_be_repeated_without_end() -> None:
    """Few aliases of something large are as bad as many of something small."""
    text = f"labels:\n  a: &a {'x' * 100_000}\n" + "".join(f"  b{n}: *a\n" for n in range(20))
    assert refusals(text) == [
        "12: the file holds too much, each use of an alias counted; split or shorten it"
    ]


def test_as_much_as_the_limit_is_read() -> None:
    """The limits are on nodes, and include the last one allowed."""
    items = MOST_NODES - 3
    root = read("a: [" + "x," * items + "]")
    assert isinstance(root, Mapping)
    with pytest.raises(UnreadableError):
        read("a: [" + "x," * (items + 1) + "]")


@pytest.mark.parametrize("bracket", ["[", "{", "- ", "? ", "[{"])
def test_deep_nesting_is_refused(bracket: str) -> None:
    """However deep it goes on, nothing overflows."""
    assert refusals(bracket * 100_000) == [f"1: this is nested more than {DEEPEST} levels deep"]


def test_nesting_is_read_down_to_the_limit() -> None:
    """A few levels too many are a mistake of the content, not of YAML."""
    assert read("[" * DEEPEST + "]" * DEEPEST) is not None
    with pytest.raises(UnreadableError):
        read("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1))


def test_a_directive_of_yaml_itself_is_welcome() -> None:
    """Some programs write one."""
    assert entry(f"%YAML 1.1\n---\n{SMALLEST}").definition.schedule == "rate(5 minutes)"


def test_lines_are_counted_from_the_first_line_of_the_text() -> None:
    """A document in the middle of a file knows where it is."""
    root = read("\na:\n  b", line=40)
    assert isinstance(root, Mapping)
    assert root.line == 41
    assert [part.line for part in root.pairs[0]] == [41, 42]
    assert isinstance(root.pairs[0][1], Scalar)


def _is_readable(text: str, loader: type) -> bool:
    try:
        read(text, loader=loader)
    except UnreadableError:
        return False
    return True
