"""The server's options: defaults < wl.toml < WL_… environment < flags, each with one spelling."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from wlcron.bearer import parse_token
from wlcron.cronfile import parse_duration, parse_size, size_text
from wlcron.errors import ConfigurationError
from wlcron.paths import default_data_dir

ENGINES = ("auto", "docker", "host")
LOG_FORMATS = ("auto", "text", "json")
MOST_KEPT = 10**9
SMALLEST_LOG, LARGEST_LOG = 64 * 1024, 1024**4  # bytes


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server was told, checked."""

    data_dir: Path
    listen: tuple[str, int]
    engine: str
    database: str
    default_timeout: timedelta
    keep_for: timedelta
    keep: int
    log_limit: int
    log_format: str
    docker_host: str
    guard_image: str
    token: str


@dataclass(frozen=True, slots=True)
class Option:
    """One option: `data-dir` is data-dir in wl.toml, WL_DATA_DIR, and --data-dir."""

    name: str
    default: str
    help: str
    parse: Callable[[str], Any] = str
    metavar: str = "TEXT"
    secret: bool = False

    @property
    def field(self) -> str:
        """Return its name in Settings."""
        return self.name.replace("-", "_")

    @property
    def variable(self) -> str:
        """Return its name in the environment."""
        return f"WL_{self.field.upper()}"

    @property
    def file_variable(self) -> str:
        """Return the variable that may name a file with a secret."""
        return f"{self.variable}_FILE"


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
        option.field: (given, f"--{option.name}")
        for option in OPTIONS
        if (given := flags.get(option.field)) is not None
    }
    parsed = {option.field: _parse(option, *values[option.field]) for option in OPTIONS}
    return Settings(**parsed)


def reference() -> str:
    """Return the Markdown table of all options."""
    rows = [
        "| `wl.toml` | environment | flag | default | meaning |",
        "| --- | --- | --- | --- | --- |",
    ]
    rows += [
        f"| `{option.name}` | `{option.variable}` | `--{option.name}`"
        f" | `{option.default or '(empty)'}` | {option.help} |"
        for option in OPTIONS
    ]
    return "\n".join(rows) + "\n"


def _from_file(path: Path) -> dict[str, tuple[str, str]]:
    try:
        document = tomllib.loads(path.read_text())
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}") from error
    names = {option.name: option.field for option in OPTIONS}
    for key, value in document.items():
        if key not in names and key not in CLIENT_KEYS:
            raise ConfigurationError(f'{path}: unknown key "{key}"{_meant(key, names)}')
        if isinstance(value, dict | list):
            raise ConfigurationError(f'{path}: "{key}" takes one value, not several')
    return {names[key]: (str(value), f"{path}") for key, value in document.items() if key in names}


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


def _meant(given: str, known: Mapping[str, str] | set[str]) -> str:
    near = get_close_matches(given, list(known), n=1)
    return f'; did you mean "{near[0]}"?' if near else ""


def _listen(value: str) -> tuple[str, int]:
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:  # noqa: PLR2004 -- the last port
        raise ValueError("is no address: write HOST:PORT, for example 127.0.0.1:8067")
    return host.strip("[]"), int(port)


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError(f"is none of {', '.join(choices)}")
        return value

    return parse


def _kept(value: str) -> int:
    digits = len(str(MOST_KEPT))
    if not value.isdecimal() or len(value) > digits or not 0 < int(value) <= MOST_KEPT:
        raise ValueError(f"is no whole number from 1 to {MOST_KEPT}")
    return int(value)


def _log_limit(value: str) -> int:
    size = parse_size(value)
    if not SMALLEST_LOG <= size <= LARGEST_LOG:
        raise ValueError(f"must be from {size_text(SMALLEST_LOG)} to {size_text(LARGEST_LOG)}")
    return size


def _data_dir(value: str) -> Path:
    if "\0" in value:
        raise ValueError("is no path: it holds a NUL character")
    try:
        return Path(value).expanduser().absolute() if value else Path(default_data_dir())
    except RuntimeError as error:
        raise ValueError("begins with the home of a user who has none here") from error


def _token(value: str) -> str:
    return parse_token(value) if value else ""


# Read by the command line, and set in the environment of executions.
CLIENT_KEYS = {"url"}
CLIENT_VARIABLES = {
    *(f"WL_{name}" for name in ("URL", "CONFIG", "DEBUG")),
    *(f"WL_{name}" for name in ("CRON", "EXECUTION", "SLOT", "ATTEMPT", "DEADLINE")),
}
OPTIONS = (
    Option(
        "data-dir",
        "",
        "where the database, the logs and the token are kept;"
        " empty: /var/lib/wlcron for root, else ~/.local/share/wlcron",
        _data_dir,
        "DIR",
    ),
    Option("listen", "127.0.0.1:8067", "address of the HTTP API", _listen, "HOST:PORT"),
    Option(
        "engine",
        "auto",
        "what runs the jobs; auto: docker where a daemon answers at the first start,"
        " else host, and from then on the same",
        _one_of(*ENGINES),
        "|".join(ENGINES),
    ),
    Option(
        "database",
        "",
        "SQLAlchemy URL of the database; empty: wlcron.db in data-dir",
        secret=True,  # it may hold a password
    ),
    Option("default-timeout", "1h", "timeout of crons that name none", parse_duration, "DURATION"),
    Option("keep-for", "30d", "executions older than this are forgotten", parse_duration),
    Option("keep", "1000", "so many executions of each cron are kept", _kept, "NUMBER"),
    Option("log-limit", "10M", "what is kept of one execution's output", _log_limit, "SIZE"),
    Option(
        "log-format",
        "auto",
        "the server's own log; auto: text on a terminal, else json",
        _one_of(*LOG_FORMATS),
        "|".join(LOG_FORMATS),
    ),
    Option(
        "docker-host", "", "Docker's socket; empty: DOCKER_HOST, else where Docker and Podman are"
    ),
    Option("guard-image", "busybox", "image of the guard container (needs sh, kill and sleep)"),
    Option("token", "", "the API's token; empty: kept in data-dir/token", _token, secret=True),
)
