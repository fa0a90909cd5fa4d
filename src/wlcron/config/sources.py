"""Defaults < wl.toml < WL_… environment < flags."""

import json
import tomllib
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from wlcron.config.alerts import ALERTS, alert_settings
from wlcron.config.amazon import AMAZON, aws_settings
from wlcron.config.general import GENERAL
from wlcron.config.option import Option
from wlcron.config.settings import Settings
from wlcron.cronfile.problems import shown
from wlcron.errors import ConfigurationError

OPTIONS = (*GENERAL, *ALERTS, *AMAZON)
# Read by the command line, and set in the environment of executions.
CLIENT_KEYS = {"url"}
CLIENT_VARIABLES = {
    *(f"WL_{name}" for name in ("URL", "CONFIG", "DEBUG")),
    *(f"WL_{name}" for name in ("CRON", "EXECUTION", "SLOT", "ATTEMPT", "DEADLINE")),
}


def load(
    flags: Mapping[str, str | None], environ: Mapping[str, str], config: Path | None
) -> Settings:
    """Return the settings that these sources make together.

    `flags` goes by Option.field; None was not given. Raises ConfigurationError with one sentence.
    """
    values = {option.field: (option.default, "the default") for option in OPTIONS}
    values |= _from_file(config) if config is not None else {}
    values |= _from_environment(environ)
    values |= {
        option.field: (given, option.flag)
        for option in OPTIONS
        if (given := flags.get(option.field)) is not None
    }
    parsed = {option.field: _parse(option, *values[option.field]) for option in OPTIONS}
    general = {option.field: parsed[option.field] for option in GENERAL}
    return Settings(**general, aws=aws_settings(parsed), alerts=alert_settings(parsed))


def reference() -> str:
    """Return the Markdown table of all options."""
    rows = [
        "| `wl.toml` | environment | flag | default | meaning |",
        "| --- | --- | --- | --- | --- |",
    ]
    rows += [
        f"| `{option.name}` | `{option.variable}` | `{option.flag}`"
        f" | `{option.default or '(empty)'}` | {option.help} |"
        for option in OPTIONS
    ]
    return "\n".join(rows) + "\n"


def _from_file(path: Path) -> dict[str, tuple[str, str]]:
    try:
        document = tomllib.loads(path.read_text())
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        # Also a number of thousands of digits, and brackets in thousands of brackets.
        raise ConfigurationError(
            f"{path} is not valid TOML: {shown(str(error), longest=200)}"
        ) from error
    known = {option.name: option for option in OPTIONS}
    values = {}
    for key, value in _flat(document):
        if key in known:
            values[known[key].field] = (_text(path, known[key], value), str(path))
        elif key not in CLIENT_KEYS:
            raise ConfigurationError(f'{path}: unknown key "{key}"{_meant(key, known)}')
    return values


def _flat(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield keys and values, those of a table as `table.key`."""
    for key, value in document.items():
        if isinstance(value, dict) and any(each.name.startswith(f"{key}.") for each in OPTIONS):
            yield from ((f"{key}.{inner}", part) for inner, part in value.items())
        else:
            yield key, value


def _text(path: Path, option: Option, value: object) -> str:
    if option.tables:
        if not isinstance(value, dict):
            table = f"[{option.name}.NAME]"
            raise ConfigurationError(f'{path}: "{option.name}" is written as tables: {table}')
        return json.dumps(value, default=str)
    if option.several and isinstance(value, list):
        return ",".join(map(str, value))
    if isinstance(value, dict | list):
        raise ConfigurationError(f'{path}: "{option.name}" takes one value, not several')
    return str(value).lower() if isinstance(value, bool) else str(value)


def _from_environment(environ: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    values = {}
    for option in OPTIONS:
        value = environ.get(option.variable)
        if value or (value is not None and not option.secret):
            values[option.field] = (value, option.variable)
        elif option.secret and (path := environ.get(option.file_variable)):
            values[option.field] = (_secret(path, option.file_variable), path)
    _refuse_unknown(environ)
    return values


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = {option.variable for option in OPTIONS} | CLIENT_VARIABLES
    known |= {option.file_variable for option in OPTIONS if option.secret}
    for name in environ:
        if name.startswith("WL_") and name not in known:
            raise ConfigurationError(f"unknown variable {name}{_meant(name, known)}")


def _secret(path: str, variable: str) -> str:
    try:
        secret = Path(path).read_text().strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigurationError(
            f"{variable} names {path}, which cannot be read: {reason}"
        ) from error
    if not secret:
        raise ConfigurationError(f"{variable} names {path}, which is empty")
    return secret


def _parse(option: Option, value: str, origin: str) -> Any:  # noqa: ANN401 -- as the option says
    try:
        return option.parse(value)
    except ValueError as error:
        shown = "its value" if option.secret else f'"{value}"'
        raise ConfigurationError(f"{option.name} ({origin}): {shown} {error}") from error


def _meant(given: str, known: Collection[str]) -> str:
    near = get_close_matches(given, list(known), n=1)
    return f'; did you mean "{near[0]}"?' if near else ""
