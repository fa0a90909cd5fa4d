"""The connections to one daemon, Docker's or Podman's, and what it answers when it does not."""

import json
import os
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
from aiodocker import Docker, DockerError

from wlcron.errors import ConfigurationError, EngineUnavailableError

NOT_FOUND = 404
CONFLICT = 409
_NO_CONNECTION = 900  # aiodocker's own
_UNAVAILABLE = frozenset({502, 503, 504, _NO_CONNECTION})
# What a daemon says of its containerd and its network while all of them are about to end.
_GOING = re.compile(r"transport is closing|: unavailable$|failed to update store for object")
_UNIX = "unix://"
_TCP = ("tcp://", "http://", "https://")
# A start on a machine under load takes seconds; a daemon that says nothing for a minute hangs.
ANSWER = aiohttp.ClientTimeout(total=60, sock_connect=10)
ENDLESS = aiohttp.ClientTimeout(sock_connect=10)
_LONGEST_LINE = 1024 * 1024  # bytes; an event carries all labels of a container
_Answer = TypeVar("_Answer")


class DaemonError(Exception):
    """The daemon answered that it does not do this; the message is its own."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Connection:
    """The connections to one daemon, and its errors as ours."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.docker = _connect(url)

    async def describe(self) -> tuple[dict[str, Any], Mapping[str, Any]]:
        """Return what the daemon says of its version, and of itself."""
        with self.answering():
            return await self.docker.version(), await self.docker.system.info()

    async def has_image(self, image: str) -> bool:
        """Whether the daemon has an image."""
        return await self.unless_absent(self.docker.images.inspect(image)) is not None

    @asynccontextmanager
    async def open(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        *,
        timeout: aiohttp.ClientTimeout = ENDLESS,  # noqa: ASYNC109 -- aiohttp's limits, no number
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Open an answer that is read as it comes."""
        docker = self.docker
        if docker.api_version == "auto":
            with self.answering():
                await docker.version()  # finds out what the daemon speaks
        with self._reaching():
            async with docker.session.request(
                method,
                f"{docker.docker_host}/{docker.api_version}/{path}",
                params=query,
                headers=headers,
                timeout=timeout,
                read_bufsize=_LONGEST_LINE,
            ) as response:
                if not response.ok:
                    raise DockerError(response.status, await _message(response))
                yield response

    async def close(self) -> None:
        """Close all connections."""
        await self.docker.session.close()
        await self.docker.close()

    async def unless_absent(self, call: Awaitable[_Answer], *codes: int) -> _Answer | None:
        """Return the answer, or None when there is no such container (or one of the codes)."""
        try:
            with self.answering():
                return await call
        except DaemonError as error:
            if error.status in (NOT_FOUND, *codes):
                return None
            raise self._unavailable(error.message) from error

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Turn what can go wrong in a call of aiodocker's into the two errors that we know."""
        try:
            with self._reaching():
                yield
        except (ValueError, LookupError, TypeError) as error:
            # What aiodocker makes of an answer that no daemon gives.
            raise self._unavailable("what it says makes no sense") from error

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        try:
            yield
        except DockerError as error:
            if error.status in _UNAVAILABLE or _GOING.search(error.message):
                raise self._unavailable(error.message) from error
            raise DaemonError(error.status, error.message) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise self._unavailable(str(error) or "it says nothing") from error

    def _unavailable(self, problem: str) -> EngineUnavailableError:
        return EngineUnavailableError(
            f"Docker at {self.url} does not answer as it should ({problem}):"
            " see that its daemon runs and that its socket may be used"
        )


async def json_lines(response: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    """Yield the JSON objects of an answer, one a line, as they come."""
    try:
        async for line in response.content:
            if line.strip():
                yield _object(line)
    except (ValueError, RecursionError) as error:
        raise aiohttp.ClientPayloadError("what it says is no JSON") from error


def _object(line: bytes) -> dict[str, Any]:
    value = json.loads(line)
    if not isinstance(value, dict):
        raise ValueError("it is no object")  # noqa: TRY004 -- as JSON that cannot be read
    return value


def _connect(url: str) -> Docker:
    if url.startswith(_UNIX):
        connector: aiohttp.BaseConnector = aiohttp.UnixConnector(url.removeprefix(_UNIX), limit=0)
    elif url.startswith(_TCP):
        connector = aiohttp.TCPConnector(limit=0, ssl=_tls())
    else:
        raise ConfigurationError(
            f'"{url}" is no address of a Docker daemon: write unix:///PATH or tcp://HOST:PORT'
        )
    # A session of our own, because every running execution holds a connection for its log, and
    # aiodocker's session would let starts wait for one of its hundred.
    session = aiohttp.ClientSession(connector=connector, timeout=ANSWER)
    return Docker(url=url, session=session, timeout=ANSWER)


def _tls() -> ssl.SSLContext | bool:
    """Return what DOCKER_TLS_VERIFY and DOCKER_CERT_PATH ask for, as the Docker CLI reads them."""
    if os.environ.get("DOCKER_TLS_VERIFY") != "1":
        return True
    folder = Path(os.environ.get("DOCKER_CERT_PATH") or Path.home() / ".docker")
    try:
        context = ssl.create_default_context(cafile=folder / "ca.pem")
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    except OSError as error:
        raise ConfigurationError(
            f"Docker's certificates in {folder} cannot be used ({error}): correct DOCKER_CERT_PATH"
        ) from error
    return context


async def _message(response: aiohttp.ClientResponse) -> str:
    text = await response.text(errors="replace")
    try:
        return str(json.loads(text)["message"])
    except (ValueError, LookupError, TypeError):
        return text.strip()
