"""Where the server is and which token opens it: flag, environment, wl.toml, then the default."""

import os
from collections.abc import Mapping
from typing import NamedTuple

from wlcron.bearer import parse_token
from wlcron.cli.wire import Address, parse_address
from wlcron.errors import ConfigurationError
from wlcron.paths import TOKEN_FILE, configuration_candidates, default_data_dir

DEFAULT_URL = "http://127.0.0.1:8067"


class Token(NamedTuple):
    """The secret, None where none was found, and where it is from."""

    secret: str | None
    source: str


class Access(NamedTuple):
    """All that is needed to talk to a server."""

    address: Address
    token: Token
    configuration_file: str | None


def find_access(
    environment: Mapping[str, str], *, url: str | None = None, config: str | None = None
) -> Access:
    """Find the server; ConfigurationError names the value that is wrong and where it stands."""
    file = configuration_file(environment, config)
    settings = _read_settings(file)
    address = url or environment.get("WL_URL") or _text(settings, "url", file) or DEFAULT_URL
    try:
        parsed = parse_address(address)
    except ValueError as error:
        raise ConfigurationError(str(error)) from error
    return Access(parsed, _token(environment, settings, file), file)


def configuration_file(environment: Mapping[str, str], config: str | None) -> str | None:
    """Return the configuration file in use; one that was named must exist."""
    named = config or environment.get("WL_CONFIG")
    if named:
        return named
    return next(filter(_is_file, configuration_candidates(environment)), None)


def _is_file(path: str) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 - importing pathlib costs 4 ms at every start


def _read_settings(file: str | None) -> Mapping[str, object]:
    if file is None:
        return {}
    import tomllib

    try:
        return tomllib.loads(_read(file))
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{file} is no TOML: {error}.") from error


def _token(
    environment: Mapping[str, str], settings: Mapping[str, object], file: str | None
) -> Token:
    if secret := environment.get("WL_TOKEN"):
        return _checked(secret, "WL_TOKEN")
    if path := environment.get("WL_TOKEN_FILE"):
        return _checked(_read(path), path)
    if secret := _text(settings, "token", file):
        return _checked(secret, str(file))
    return _token_of_data_directory(environment, settings, file)


def _token_of_data_directory(
    environment: Mapping[str, str], settings: Mapping[str, object], file: str | None
) -> Token:
    directory = (
        environment.get("WL_DATA_DIR")
        or _text(settings, "data-dir", file)
        or default_data_dir(environment)
    )
    path = f"{os.path.expanduser(directory)}/{TOKEN_FILE}"  # noqa: PTH111 - as above
    # Not there, or not for this user: the server may want none, and says so if it does.
    return _checked(_read(path), path) if os.access(path, os.R_OK) else Token(None, path)


def _checked(secret: str, source: str) -> Token:
    try:
        return Token(parse_token(secret), source)
    except ValueError as error:
        raise ConfigurationError(f"The token from {source} {error}.") from error


def _text(settings: Mapping[str, object], key: str, file: str | None) -> str | None:
    value = settings.get(key)
    if value is None or (isinstance(value, str) and "\0" not in value):
        return value
    raise ConfigurationError(f'"{key}" in {file} must be a text in quotes, without NUL in it.')


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - as above, pathlib costs 4 ms
            return file.read()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigurationError(f"{path} cannot be read: {reason}.") from error
