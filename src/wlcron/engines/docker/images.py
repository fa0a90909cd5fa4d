"""Images: pulled from their registry, with the credentials that Docker's configuration has."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import aiohttp

from wlcron.engines.docker.connection import NOT_FOUND, Connection, DaemonError, json_lines
from wlcron.engines.docker.credentials import registry_auth
from wlcron.engines.docker.image import parse_reference
from wlcron.engines.docker.progress import PullProgress

# A pull lasts as long as it lasts, but a registry that is silent for so long is not coming back.
_PULLING = aiohttp.ClientTimeout(sock_connect=10, sock_read=300)
_EVERY = 1.0  # seconds between two sentences


async def pull(
    connection: Connection, image: str, environ: Mapping[str, str]
) -> AsyncIterator[str]:
    """Pull an image, yielding now and then a sentence that says how far it is.

    Raises DaemonError with the registry's reason, or EngineUnavailableError.
    """
    reference = parse_reference(image)
    if reference is None:
        raise DaemonError(NOT_FOUND, "this is no name of an image")
    auth = await registry_auth(reference.registry, environ)
    query = {"fromImage": reference.name, "tag": reference.version}
    headers = {"X-Registry-Auth": auth} if auth else None
    opened = connection.open("POST", "images/create", query, timeout=_PULLING, headers=headers)
    progress, clock = PullProgress(image), asyncio.get_running_loop().time
    yield progress.sentence()
    async with opened as response:
        told_at = clock()
        async for message in json_lines(response):
            if "error" in message:  # it comes inside an answer that began well
                raise DaemonError(NOT_FOUND, str(message["error"]))
            progress.hear(message)
            if clock() >= told_at + _EVERY:
                told_at = clock()
                yield progress.sentence()
