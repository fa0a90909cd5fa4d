"""What a table holds: read key by key, each mistake one sentence that shows no value."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given as holds
from hypothesis import strategies as st

from wlcron.errors import ConfigurationError
from wlcron.given import Given

SESAME = "sesame-open-yourself"


def given(**values: object) -> Given:
    """Return a table; `_` in keys stands for `-`."""
    return Given("channels.x", {key.replace("_", "-"): value for key, value in values.items()})


def refusal(ask: Callable[[], object]) -> str:
    """Return the sentence with which a question is refused; it shows no secret."""
    with pytest.raises(ConfigurationError) as caught:
        ask()
    said = str(caught.value)
    assert SESAME not in said
    assert said.isprintable()
    return said


def test_what_is_given_is_returned_as_it_is() -> None:
    """Each kind of value."""
    table = given(a="text", b=True, c=5, d=["x", "y"], e="x", f="")
    assert table.text("a") == "text"
    assert table.flag("b", default=False) is True
    assert table.number("c", 1, 1, 10) == 5
    assert table.texts("d") == ("x", "y")
    assert table.texts("e") == ("x",)
    assert table.text("f", "default") == ""
    table.done()


def test_what_is_not_given_is_as_by_default() -> None:
    """The default may be anything of its kind."""
    table = given()
    assert table.text("a", "") == ""
    assert table.secret("b", SESAME) == SESAME
    assert table.flag("c", default=True) is True
    assert table.number("d", 3, 1, 10) == 3
    assert table.texts("e") == ()
    table.done()


@pytest.mark.parametrize("value", [7, True, [SESAME], {"a": SESAME}, 1.5])
def test_a_text_is_nothing_else(value: object) -> None:
    """Neither is a secret."""
    assert refusal(lambda: given(url=value).text("url")) == "channels.x: url must be a text"
    assert refusal(lambda: given(url=value).text("url", "u")) == "channels.x: url must be a text"
    assert refusal(lambda: given(url=value).secret("url")) == "channels.x: url must be a text"
    assert "url-file must be a text" in refusal(lambda: given(url_file=value).secret("url"))


def test_a_text_without_default_has_to_be_given() -> None:
    """Nothing, and nothing but spaces, are none."""
    assert refusal(lambda: given().text("url")) == "channels.x: url is missing"
    assert refusal(lambda: given().secret("url")) == "channels.x: url is missing"
    assert (
        refusal(lambda: given(url=" ").text("url"))
        == "channels.x: url must be a text that is not empty"
    )
    assert (
        refusal(lambda: given(url="").secret("url"))
        == "channels.x: url must be a text that is not empty"
    )


@pytest.mark.parametrize("value", [0, 11, -1, True, "5", 5.0, None, [5]])
def test_a_number_lies_within_its_limits(value: object) -> None:
    """True is no number, nor is a text."""
    said = refusal(lambda: given(port=value).number("port", 1, 1, 10))
    assert said == "channels.x: port must be a whole number from 1 to 10"


@pytest.mark.parametrize("value", [0, 1, "true", None])
def test_a_flag_is_true_or_false(value: object) -> None:
    """Nothing is guessed."""
    said = refusal(lambda: given(tls=value).flag("tls", default=True))
    assert said == "channels.x: tls must be true or false"


@pytest.mark.parametrize("value", [5, [5], ["a", None], {"a": "b"}, [[SESAME]]])
def test_a_list_holds_texts_alone(value: object) -> None:
    """A single text stands for a list of one."""
    said = refusal(lambda: given(to=value).texts("to"))
    assert said == "channels.x: to must be a list of texts"


def test_a_secret_may_be_in_a_file(tmp_path: Path) -> None:
    """Spaces and line ends around it are not part of it."""
    file = tmp_path / "secret"
    file.write_text(f" {SESAME}\n")
    table = given(url_file=str(file))
    assert table.secret("url") == SESAME
    assert table.secret("url", "default") == SESAME
    table.done()


def test_a_secret_is_given_once(tmp_path: Path) -> None:
    """Which one would hold could only be guessed."""
    file = tmp_path / "secret"
    file.write_text(SESAME)
    said = refusal(lambda: given(url=SESAME, url_file=str(file)).secret("url"))
    assert said == "channels.x: url is given twice: leave url-file out, or url"


def test_a_file_that_holds_no_secret_is_named(tmp_path: Path) -> None:
    """Missing, a directory, empty, no text, no path: the sentence says which file and why."""
    empty, binary = tmp_path / "empty", tmp_path / "binary"
    empty.write_text(" \n")
    binary.write_bytes(b"\xff\xfe")
    for path, why in (
        (tmp_path / "none", "which cannot be read: No such file or directory"),
        (tmp_path, "which cannot be read: Is a directory"),
        (empty, "which is empty"),
        (binary, "which cannot be read: it is no text"),
    ):
        said = refusal(lambda path=path: given(url_file=str(path)).secret("url"))  # type: ignore[misc]  # bound at once
        assert said == f"channels.x: url-file names {path}, {why}"
    assert "cannot be read" in refusal(lambda: given(url_file="a\0b").secret("url"))
    assert (
        refusal(lambda: given(url_file="").secret("url"))
        == "channels.x: url-file must be a text that is not empty"
    )


def test_keys_that_nobody_asks_for_are_refused() -> None:
    """The one that was meant is named, where there is one like it."""
    table = given(url=SESAME, sevrity=SESAME, passwrod_file=SESAME)
    table.text("url")
    table.know("severity")
    assert refusal(table.done) == 'channels.x: sevrity is unknown; did you mean "severity"?'
    table.know("sevrity")
    table.secret("password", "")
    said = refusal(table.done)
    assert said == 'channels.x: passwrod-file is unknown; did you mean "password-file"?'
    assert refusal(given(zzz=SESAME).done) == "channels.x: zzz is unknown"


@holds(st.text())
def test_whatever_a_key_is_called_the_sentence_is_one_line(key: str) -> None:
    """Keys may be quoted in TOML, and hold line ends and escape characters."""
    refusal(Given(f"channels.{key}", {key: SESAME}).done)


def test_a_table_shows_no_values() -> None:
    """Also where it is printed as a whole."""
    table = given(url=SESAME)
    assert SESAME not in f"{table!r} {table}"
