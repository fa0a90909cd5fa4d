"""Cronitor as a table of the configuration."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlcron.errors import ConfigurationError
from wlcron.given import Given
from wlcron.monitors.cronitor import cronitor_monitor

KEY = "0123456789abcdef-secret"


def given_table(**values: object) -> Given:
    """Return a table of the configuration."""
    return Given("monitors.cronitor", {"api-key": KEY} | values)


def test_an_api_key_is_enough() -> None:
    """Everything else has its default."""
    assert cronitor_monitor(given_table(), "wl").name == "cronitor"


def test_a_key_may_stand_in_a_file(tmp_path: Path) -> None:
    """As with all secrets."""
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    table = Given("monitors.cronitor", {"api-key-file": str(file)})
    assert cronitor_monitor(table, "wl").name == "cronitor"


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"api-key": ""}, "api-key"),
        ({"api-key": "two words"}, "api-key"),
        ({"api-key": "key\r\nX-Evil: 1"}, "api-key"),
        ({"api-key": f"https://cronitor.link/p/{KEY}"}, "api-key"),
        ({"api-key": "schlüssel"}, "api-key"),
        ({"telemetry-url": "http://cronitor.link"}, "telemetry-url"),
        ({"telemetry-url": ""}, "telemetry-url"),
        ({"api-url": "https://user:secret@cronitor.io"}, "api-url"),
        ({"api-url": "https://cronitor.io/?key=secret"}, "api-url"),
        ({"api-url": "http://127.0.0.1.evil.example"}, "api-url"),
        ({"api-url": "http://localhost@evil.example"}, "api-url"),
        ({"api-url": "https://cronitor.io:99999"}, "api-url"),
        ({"api-url": "file:///etc/passwd"}, "api-url"),
        ({"prefix": "Über"}, "prefix"),
        ({"prefix": ""}, "prefix"),
        ({"prefix": "a/b"}, "prefix"),
        ({"notify": 7}, "notify"),
        ({"enviroment": "production"}, "enviroment"),
    ],
)
def test_a_mistake_in_the_configuration_names_its_key(values: dict[str, object], key: str) -> None:
    """And shows no value."""
    with pytest.raises(ConfigurationError, match=key) as caught:
        cronitor_monitor(given_table(**values), "wl")
    assert KEY not in str(caught.value)
    assert "evil" not in str(caught.value)


@given(st.sampled_from(["api-key", "telemetry-url", "api-url", "prefix"]), st.text(max_size=300))
def test_any_text_is_taken_or_refused(key: str, text: str) -> None:
    """Nothing but ConfigurationError."""
    try:
        cronitor_monitor(given_table(**{key: text}), "wl")
    except ConfigurationError as error:
        assert "monitors.cronitor" in str(error)  # noqa: PT017 -- most texts are refused
