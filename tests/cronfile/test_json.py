"""JSON is a cron file too: whatever is JSON is read, with the lines that it stands on."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cronfile.reading import entry, refusals
from wlcron.cronfile.json_nodes import is_json, read_json
from wlcron.cronfile.limits import DEEPEST, MOST_NODES, Budget
from wlcron.cronfile.nodes import Kind, Mapping, Node, Scalar, Sequence
from wlcron.cronfile.problems import UnreadableError

SMALLEST = {"schedule": "rate(5 minutes)", "description": {"image": "perl"}}
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda below: st.lists(below) | st.dictionaries(st.text(), below),
    max_leaves=8,
)


def read(text: str) -> Node:
    """Read text that is JSON."""
    assert is_json(text)
    return read_json(text, 1, Budget())


@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_json_is_a_cron_file(indent: int | str | None) -> None:
    """Written in one line or in many, with blanks or with tabs."""
    assert entry(json.dumps(SMALLEST, indent=indent)).definition.description.image == "perl"


def test_what_a_yaml_reader_cannot_read_is_read() -> None:
    """Surrogate pairs, escaped slashes, keys beyond 1024 characters, lonely colons."""
    text = json.dumps({**SMALLEST, "description": {"arguments": ["\U0001f600", "/"]}})
    text = text.replace('"/"', r'"\/"').replace('"schedule":', '"schedule"\n\t:')
    assert entry(text).definition.description.arguments == ("\U0001f600", "/")
    (unknown,) = refusals(json.dumps({**SMALLEST, "x" * 2000: 1}))
    assert "unknown key" in unknown


def test_mistakes_stand_on_their_lines() -> None:
    """Line breaks are counted, whichever they are."""
    text = (
        '\n{"schedule": "rate(5 minutes)",\r\n"timeout":\r1.5e1,\n"description": {"env":\n{"A":5}}}'
    )
    assert refusals(text) == [
        "3: timeout: must be a duration such as 10m, 1h30m, 45s, 2d, or whole seconds",
        "5: description: says nothing to run; give it an image, arguments or both",
        '6: description.env.A: 5 is read as a whole number, not as text; write "5" in quotes',
    ]


def test_numbers_may_be_longer_than_python_likes() -> None:
    """Python refuses to convert thousands of digits; nobody asks it to."""
    assert isinstance(read(f'{{"a": {"1" * 5000}}}'), Mapping)


def test_keys_given_twice_are_refused() -> None:
    """JSON readers take the last one silently."""
    text = '{"schedule": "@daily", "schedule": "@daily", "description": {"image": "perl"}}'
    assert refusals(text) == ["1: schedule: this key is also on line 1; remove one of them"]


def test_half_a_surrogate_pair_is_refused() -> None:
    """JSON can name what is no character; no program could be given it."""
    text = '{"schedule": "@daily", "description": {"arguments": ["\\ud83d"]}}'
    assert refusals(text) == [
        "1: description.arguments[0]: holds half of a surrogate pair, which is no character"
    ]


@pytest.mark.parametrize("text", ["{'a': 1}", '{"a": 1,}', '{"a": 1} {"b": 1}', "[1]", '{"a"', ""])
def test_what_is_no_json_object_is_left_to_yaml(text: str) -> None:
    """YAML forgives more, and says what it does not."""
    assert not is_json(text)


def test_deep_json_is_refused() -> None:
    """The limit is that of YAML."""
    assert read('{"a":' * (DEEPEST - 1) + "1" + "}" * (DEEPEST - 1)) is not None
    with pytest.raises(UnreadableError, match="nested more than"):
        read('{"a":' * DEEPEST + "1" + "}" * DEEPEST)


def test_long_json_is_refused() -> None:
    """The limit is that of YAML."""
    many = MOST_NODES - 3
    assert read(json.dumps({"a": [1] * many})) is not None
    with pytest.raises(UnreadableError, match="holds too much"):
        read(json.dumps({"a": [1] * (many + 1)}))


def test_json_without_end_overflows_nothing() -> None:
    """Python's reader gives up, and the text is refused as YAML."""
    assert refusals('{"a":' * 100_000 + "1" + "}" * 100_000) == [
        f"1: this is nested more than {DEEPEST} levels deep"
    ]


@given(st.dictionaries(st.text(), ANY_JSON), st.sampled_from([None, 1, "\t"]))
def test_every_json_object_is_read_as_what_it_is(
    document: dict[str, object], indent: int | str | None
) -> None:
    """Values come out as Python's own reader gives them, escaped or not."""
    for text in (json.dumps(document, indent=indent, ensure_ascii=a) for a in (True, False)):
        assert _plain(read(text)) == _spelled(document)


def _plain(node: Node) -> object:
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    if isinstance(node, Mapping):
        return [(_plain(key), _plain(value)) for key, value in node.pairs]
    assert isinstance(node, Scalar)
    return node.text if node.kind is Kind.TEXT else (node.kind, node.text)


def _spelled(value: object) -> object:
    if isinstance(value, list):
        return [_spelled(item) for item in value]
    if isinstance(value, dict):
        return [(_spelled(key), _spelled(below)) for key, below in value.items()]
    if isinstance(value, str):
        return value
    kinds = {bool: Kind.BOOLEAN, int: Kind.INTEGER, float: Kind.NUMBER, type(None): Kind.NOTHING}
    return kinds[type(value)], json.dumps(value)
