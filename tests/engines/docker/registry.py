"""A registry with one image, as small as the daemon's protocol lets it be.

https://distribution.github.io/distribution/spec/api/ has the routes.
"""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from wlcron.engines.docker.connection import Connection

_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
_CONFIG = "application/vnd.docker.container.image.v1+json"
_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


@dataclass(slots=True)
class Registry:
    """What is served, and who may have it."""

    login: str = ""  # base64 of user:password; empty: it is open to all
    host: str = ""
    manifest: bytes = b""
    blobs: dict[str, bytes] = field(default_factory=dict)

    def offer(self, saved: bytes) -> None:
        """Offer the image in an archive that `docker save` has made."""
        with tarfile.open(fileobj=io.BytesIO(saved)) as archive:

            def member(name: str) -> bytes:
                file = archive.extractfile(name)
                assert file is not None
                return file.read()

            [described] = json.loads(member("manifest.json"))
            config = self._keep(_CONFIG, member(described["Config"]))
            layers = [
                self._keep(_LAYER, gzip.compress(member(name))) for name in described["Layers"]
            ]
        manifest = {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": config,
            "layers": layers,
        }
        self.manifest = json.dumps(manifest).encode()

    async def answer(self, request: web.Request) -> web.Response:
        """Answer the daemon."""
        if self.login and request.headers.get("Authorization") != f"Basic {self.login}":
            wanted = {"WWW-Authenticate": 'Basic realm="test"'}
            return web.json_response({"errors": []}, status=401, headers=wanted)
        if "/manifests/" in request.path:
            headers = {"Content-Type": _MANIFEST, "Docker-Content-Digest": _digest(self.manifest)}
            return web.Response(body=self.manifest, headers=headers)
        if "/blobs/" in request.path:
            return web.Response(body=self.blobs[request.path.rsplit("/", 1)[-1]])
        return web.json_response({})

    def _keep(self, media_type: str, blob: bytes) -> dict[str, object]:
        digest = _digest(blob)
        self.blobs[digest] = blob
        return {"mediaType": media_type, "size": len(blob), "digest": digest}


@asynccontextmanager
async def serving(connection: Connection, image: str) -> AsyncIterator[Registry]:
    """Serve an image that the daemon has, on this machine."""
    registry = Registry()
    async with connection.open("GET", f"images/{image}/get", {}) as response:
        registry.offer(await response.read())
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", registry.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    registry.host = f"127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield registry
    finally:
        await runner.cleanup()


def _digest(blob: bytes) -> str:
    return f"sha256:{hashlib.sha256(blob).hexdigest()}"
