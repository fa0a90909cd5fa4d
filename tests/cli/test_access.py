"""Where the server is, and the token: flag, environment, wl.toml, data directory."""

from pathlib import Path

import pytest

from wlcron.cli.access import DEFAULT_URL, Access, find_access
from wlcron.errors import ConfigurationError


def find(tmp_path: Path, config: str = "", url: str | None = None, **environment: str) -> Access:
    """Find the server with this wl.toml and environment."""
    file = tmp_path / "wl.toml"
    file.write_text(config)
    nowhere = {"WL_DATA_DIR": str(tmp_path), "HOME": str(tmp_path)}
    return find_access({**nowhere, **environment}, url=url, config=str(file))


def test_the_nearest_address_wins(tmp_path: Path) -> None:
    """Flag before environment before file before default."""
    config = 'url = "http://file:1"'
    flag = find(tmp_path, config, "http://flag:3", WL_URL="http://env:2")
    assert flag.address.url == "http://flag:3"
    assert find(tmp_path, config, WL_URL="http://env:2").address.url == "http://env:2"
    assert find(tmp_path, config).address.url == "http://file:1"
    assert find(tmp_path).address.url == DEFAULT_URL


def test_the_nearest_token_wins(tmp_path: Path) -> None:
    """Environment, file of the environment, wl.toml, data directory."""
    (tmp_path / "token").write_text("of-data-dir\n")
    (tmp_path / "named").write_text("of-file\n")
    config = 'token = "of-config"'
    named = {"WL_TOKEN_FILE": str(tmp_path / "named")}
    environment = {"WL_TOKEN": "of-env", **named}
    assert find(tmp_path, config, **environment).token == ("of-env", "WL_TOKEN")
    assert find(tmp_path, config, **named).token == ("of-file", f"{tmp_path}/named")
    assert find(tmp_path, config).token == ("of-config", f"{tmp_path}/wl.toml")
    assert find(tmp_path).token == ("of-data-dir", f"{tmp_path}/token")


def test_the_data_directory_may_stand_in_the_file(tmp_path: Path) -> None:
    """Client and server read the same wl.toml."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "token").write_text("there")
    config = f'data-dir = "{tmp_path}/data"\nengine = "host"'
    assert find(tmp_path, config, WL_DATA_DIR="").token == ("there", f"{tmp_path}/data/token")


def test_a_missing_token_is_known_by_its_place(tmp_path: Path) -> None:
    """The server may want none; if it does, the place is what the user has to know."""
    assert find(tmp_path).token == (None, f"{tmp_path}/token")


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8067",
        "ftp://host",
        "http://",
        "http://host:0",
        "http://host:65536",
        "http://host:port",
        "http://user:secret@host",
        "http://host/a b",
        "http://host\r\nX: y",
        "http://hö.st",
        "http://[::1",
    ],
)
def test_an_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    """From wherever it is."""
    with pytest.raises(ConfigurationError, match="is no address of a server"):
        find(tmp_path, WL_URL=url)


def test_addresses_have_default_ports_prefixes_and_ipv6(tmp_path: Path) -> None:
    """What a reverse proxy or a colleague's machine may need."""
    assert find(tmp_path, url="https://host/wl/").address[1:] == ("https", "host", 443, "/wl")
    assert find(tmp_path, url="http://[::1]:8067").address[1:] == ("http", "::1", 8067, "")
    assert find(tmp_path, url="http://host").address.port == 80


@pytest.mark.parametrize(
    ("config", "environment"),
    [
        ("url = 3", {}),
        ('data-dir = "a\\u0000b"', {"WL_DATA_DIR": ""}),
        ('token = ""', {"WL_TOKEN": " "}),
        ("", {"WL_TOKEN": "a\nb"}),
        ("", {"WL_TOKEN": "tökén"}),
        ("", {"WL_TOKEN": "two words"}),
        ("", {"WL_TOKEN_FILE": "/nowhere"}),
        ("", {"WL_TOKEN_FILE": "/"}),
        ("url = ", {}),
        ("\x00", {}),
    ],
)
def test_impossible_values_are_one_sentence(
    tmp_path: Path, config: str, environment: dict[str, str]
) -> None:
    """Nobody is asked with half a configuration."""
    with pytest.raises(ConfigurationError) as caught:
        find(tmp_path, config, **environment)
    assert "\n" not in str(caught.value)


def test_a_file_that_was_named_must_exist(tmp_path: Path) -> None:
    """A mistyped path is not passed over."""
    with pytest.raises(ConfigurationError, match="cannot be read"):
        find_access({}, config=str(tmp_path / "wl.tom"))


def test_a_secret_is_never_in_a_message(tmp_path: Path) -> None:
    """Not even in one about its odd characters."""
    environment = {"WL_TOKEN": "hush\x00hush"}
    with pytest.raises(ConfigurationError) as caught:
        find(tmp_path, **environment)
    assert "hush" not in str(caught.value)
