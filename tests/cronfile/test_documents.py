"""A file of several documents: where one ends, and which text is whose."""

import pytest

from tests.cronfile.reading import CRON_FILES, ORIGIN, SMALLEST, entry, refusals
from wlcron.cronfile import LARGEST_DOCUMENT, LARGEST_FILE, parse_cron_file
from wlcron.cronfile.limits import MOST_DOCUMENTS
from wlcron.cronfile.problems import MOST_PROBLEMS


def sources(text: str) -> list[str]:
    """Return the text of each cron in a file."""
    return [entry.source for entry in parse_cron_file(text, ORIGIN)]


def test_source_is_the_text_as_given() -> None:
    """Comments, blanks and line ends are kept."""
    text = (CRON_FILES / "full.yaml").read_text()
    for given in (text, text.replace("\n", "\r\n"), text.replace("\n", "\r")):
        assert entry(given).source == given


def test_each_document_keeps_its_own_text() -> None:
    """Whatever stands after a line of three dashes belongs to what follows."""
    first = f"# the first\n{SMALLEST}# its end\n"
    second = f"\n# the second\n{SMALLEST}"
    entries = parse_cron_file(f"{first}---\n{second}---  \n{SMALLEST}", ORIGIN)
    assert [entry.source for entry in entries] == [first, second, SMALLEST]
    assert [entry.line for entry in entries] == [2, 8, 11]


def test_a_source_is_a_cron_file_again() -> None:
    """What is stored reads as the same definition."""
    flow = "{schedule: '@daily', description: {image: a}}"
    text = f"--- # one\n{SMALLEST}---\r\n{SMALLEST}...\n--- {flow}"
    for given in parse_cron_file(text, ORIGIN):
        assert entry(given.source).definition == given.definition


@pytest.mark.parametrize("preamble", ["# licence\n\n", "%YAML 1.1\n", "  # indented\r\n"])
def test_comments_before_the_first_dashes_belong_to_the_first_document(preamble: str) -> None:
    """A licence above the first cron is no document of its own."""
    assert sources(f"{preamble}---\n{SMALLEST}") == [f"{preamble}---\n{SMALLEST}"]


@pytest.mark.parametrize("empty", ["", "\n", "# nothing\n", "...\n"])
def test_empty_documents_are_no_crons(empty: str) -> None:
    """Templates leave them behind, in the beginning, in the middle and at the end."""
    text = f"---\n{empty}---\n{SMALLEST}---\n{empty}---\n{SMALLEST}---\n{empty}"
    assert sources(text) == [SMALLEST, SMALLEST]


@pytest.mark.parametrize("text", ["", "\n\n", "# only comments\n", "---\n---\n", "\ufeff"])
def test_a_file_without_a_cron_is_a_mistake(text: str) -> None:
    """Somebody meant to say something."""
    assert refusals(text) == [
        "1: the file holds no cron; write at least its schedule and description"
    ]


def test_json_and_yaml_may_follow_each_other() -> None:
    """Each document is read as what it is, and keeps its line."""
    json_text = '{"schedule": "@daily",\n "description": {"image": "perl"}}\n'
    assert sources(f"{SMALLEST}---\n{json_text}") == [SMALLEST, json_text]
    assert refusals(f"{SMALLEST}---\n{json_text.replace('perl', 'Perl')}")[0].startswith("5: ")


def test_all_mistakes_of_all_documents_are_told_in_the_order_of_the_file() -> None:
    """A document that cannot be read does not hide those after it."""
    text = f"name: a\ntimeout: 0\n---\n\t\n---\n@\n---\n{SMALLEST}"
    assert [problem.partition(" ")[0] for problem in refusals(text)] == [
        "1:",
        "1:",
        "2:",
        "4:",
        "6:",
    ]


def test_mistakes_name_the_file() -> None:
    """The origin is in front, made harmless for a terminal."""
    (problem,) = refusals("")
    assert problem == "1: the file holds no cron; write at least its schedule and description"
    with pytest.raises(Exception, match=r"^a\\x1b\\nb:1: the file holds no cron; .*$"):
        parse_cron_file("", "a\x1b\nb")


def test_a_name_may_be_given_once() -> None:
    """Two crons of one name would replace each other."""
    text = f"name: a\n{SMALLEST}---\nname: b\n{SMALLEST}---\nname: a\n{SMALLEST}---\n{SMALLEST}"
    assert refusals(text) == ['9: name: "a" is also the name of the cron on line 1']


def test_the_search_for_mistakes_ends() -> None:
    """Thousands of unknown keys are not compared with the known ones, one by one."""
    problems = refusals("".join(f"key{n}: 1\n" for n in range(4000)))
    assert len(problems) == MOST_PROBLEMS + 1
    assert problems[-1] == f"{MOST_PROBLEMS}: the search ended after {MOST_PROBLEMS} problems"


def test_a_large_document_is_refused_unread_and_the_others_are_not() -> None:
    """A mebibyte is far beyond any cron."""
    comment = "#" * (LARGEST_DOCUMENT - len(SMALLEST.encode()) - 1) + "\n"
    assert sources(comment + SMALLEST) == [comment + SMALLEST]
    said = refusals(f"{SMALLEST}---\n#{comment}{SMALLEST}---\nname: b\n")
    assert said[0] == "3: the document that begins here is larger than 1 MiB; shorten it"
    assert [problem.partition(":")[0] for problem in said[1:]] == ["8", "8"]


@pytest.mark.parametrize("kind", [str, bytes])
def test_a_large_file_is_refused_unread(kind: type) -> None:
    """Nobody waits for ten mebibytes of YAML."""
    text = "#" * (LARGEST_FILE + 1)
    assert refusals(text if kind is str else text.encode()) == [
        "1: the file is larger than 10 MiB; split it"
    ]


def test_documents_are_counted() -> None:
    """As many as the limit are read."""
    assert refusals("---\n" * MOST_DOCUMENTS) == [
        "1: the file holds no cron; write at least its schedule and description"
    ]
    assert refusals("---\n" * (MOST_DOCUMENTS + 1)) == [
        f"1: the file holds more than {MOST_DOCUMENTS} documents; split it"
    ]
