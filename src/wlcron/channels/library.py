"""What adapters of vendors have in common: their libraries, addresses, answers, and plain text."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from wlcron.channel import ChannelError
from wlcron.core.plain import visible, without_escapes
from wlcron.errors import ConfigurationError
from wlcron.given import Given

PATIENCE = 20.0  # seconds for one alert, all in all; the port allows for thirty
LARGEST = 64 * 1024  # bytes of an answer that are read
LONGEST_WAIT = timedelta(hours=1)  # whatever a vendor asks for
_TOO_LATE = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)
_HERE = frozenset({"127.0.0.1", "localhost"})
_SECONDS = re.compile(r"[0-9]{1,9}")


@contextmanager
def library(table: str, package: str) -> Iterator[None]:
    """Import a vendor's library in here: where it is missing, say how to get it.

    `table` is the channel's in the configuration. Raises ConfigurationError.
    """
    try:
        yield
    except ImportError as error:
        text = f"{table} needs the Python package {package}: install wlcron[alerts]"
        raise ConfigurationError(text) from error


def web_address(given: Given, key: str, address: str) -> str:
    """Return an address that may be posted to; raises ConfigurationError, which does not show it.

    Without TLS only this machine is spoken to. Names and passwords have no place in it.
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise given.problem(key, "is no address") from None
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in _HERE)
    if not host or not is_safe:
        raise given.problem(key, "must be an address that begins with https://")
    if not address.isascii() or not address.isprintable() or " " in address:
        raise given.problem(key, "has characters that an address cannot have")
    if "@" in parts.netloc or parts.fragment:
        raise given.problem(key, "must have neither a user name nor a fragment (#)")
    return address


def wait_asked_for(retry_after: str | None) -> timedelta | None:
    """Return what a Retry-After header asks for, an hour at most; None: nothing in seconds."""
    asked = (retry_after or "").strip()
    return min(timedelta(seconds=int(asked)), LONGEST_WAIT) if _SECONDS.fullmatch(asked) else None


def failure(vendor: str, status: int, says: str, wait: timedelta | None = None) -> ChannelError:
    """Return the error about an answer that is not the one hoped for.

    `says` is the vendor's word and what to do; it must hold no secret. Everything that the
    client is to blame for is permanent, as the vendor sees it.
    """
    answered = f"{status} {says}".strip()
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return ChannelError(f"{vendor} wants fewer messages: {answered}", wait=wait)
    if status in _TOO_LATE or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ChannelError(f"{vendor} is in trouble: {answered}", wait=wait)
    if status >= HTTPStatus.BAD_REQUEST:
        return ChannelError(f"{vendor} refused the message: {answered}", is_permanent=True)
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        text = f"the address of {vendor} leads elsewhere ({status}), where nothing is sent to"
        return ChannelError(f"{text}: check url", is_permanent=True)
    return ChannelError(f"the answer is not {vendor}'s: {answered}")


def unreachable(vendor: str, error: BaseException | None) -> ChannelError:
    """Return the error about an answer that never came; what `error` says may hold the address."""
    return ChannelError(f"{vendor} cannot be reached: {type(error).__name__}")


def silent(vendor: str, patience: float) -> ChannelError:
    """Return the error about an answer that was waited for in vain."""
    return ChannelError(f"{vendor} has not answered within {patience:g} s")


def plain(text: str) -> str:
    """Return a text without what a terminal would obey and nobody could see; lines stay lines."""
    return visible(without_escapes(text).replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str, most: int) -> str:
    """Return a plain text on one line of so many characters."""
    line = " ".join(plain(text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
