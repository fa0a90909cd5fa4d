"""How the values of options are read; each raises ValueError that completes the sentence of it."""

from collections.abc import Callable
from pathlib import Path

from wlcron.bearer import parse_token
from wlcron.cronfile import parse_size, size_text
from wlcron.paths import default_data_dir

SMALLEST_LOG, LARGEST_LOG = 64 * 1024, 1024**4  # bytes


def address(value: str) -> tuple[str, int]:
    """Read HOST:PORT."""
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:  # noqa: PLR2004 -- the last port
        raise ValueError("is no address: write HOST:PORT, for example 127.0.0.1:8067")
    return host.strip("[]"), int(port)


def one_of(*choices: str) -> Callable[[str], str]:
    """Return what reads one of these words."""

    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError(f"is none of {', '.join(choices)}")
        return value

    return parse


def number(least: int, most: int) -> Callable[[str], int]:
    """Return what reads a whole number between these."""

    def parse(value: str) -> int:
        is_short = value.isdecimal() and len(value) <= len(str(most))
        if not is_short or not least <= int(value) <= most:
            raise ValueError(f"is no whole number from {least} to {most}")
        return int(value)

    return parse


def log_size(value: str) -> int:
    """Read the size of a log."""
    size = parse_size(value)
    if not SMALLEST_LOG <= size <= LARGEST_LOG:
        raise ValueError(f"must be from {size_text(SMALLEST_LOG)} to {size_text(LARGEST_LOG)}")
    return size


def directory(value: str) -> Path:
    """Read the path of the data directory; empty: where it is by default."""
    if "\0" in value:
        raise ValueError("is no path: it holds a NUL character")
    try:
        return Path(value).expanduser().absolute() if value else Path(default_data_dir())
    except RuntimeError as error:
        raise ValueError("begins with the home of a user who has none here") from error


def token(value: str) -> str:
    """Read a token, or nothing."""
    return parse_token(value) if value else ""
