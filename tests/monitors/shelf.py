"""Cronitor's Monitor API for tests, as far as it is documented: GET, PUT of a list, DELETE."""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Shelf:
    """An answer of a vendor's that keeps monitors, by their keys."""

    monitors: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        key = request.path.removeprefix("/api/monitors").strip("/")
        if request.method == "PUT" and not key:
            return web.json_response({"monitors": self._put(await request.json())})
        if key not in self.monitors:
            return web.json_response({"detail": "Not found."}, status=404)
        if request.method == "DELETE":
            del self.monitors[key]
            return web.Response(status=204)
        return web.json_response(self.monitors[key])

    def _put(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        for monitor in given["monitors"]:  # what is not named stays as it was
            self.monitors[monitor["key"]] = self.monitors.get(monitor["key"], {}) | monitor
        return [self.monitors[monitor["key"]] for monitor in given["monitors"]]
