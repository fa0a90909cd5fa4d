"""Cronitor over HTTP: telemetry to cronitor.link, monitors at cronitor.io.

docs/adr/007 says why Cronitor's own library is not used.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from wlcron.bounded import Bounded
from wlcron.core.cron import Cron, Definition
from wlcron.core.execution import Change
from wlcron.errors import RefusedError, RegistryUnavailableError
from wlcron.given import Given
from wlcron.monitor import MonitorError
from wlcron.monitors.cronitor.definition import (
    House,
    monitor_key,
    monitor_of,
    owner_of,
    remarks_on,
)
from wlcron.monitors.cronitor.signal import parameters, pings
from wlcron.monitors.http import (
    PATIENCE,
    Answer,
    Line,
    Request,
    Vendor,
    address,
    message,
    prefix,
    secret,
)

TELEMETRY_URL, API_URL = "https://cronitor.link", "https://cronitor.io"
_WRONG_KEY = "check api-key in the configuration, and what that key may do at Cronitor"
_ADVICE = {401: _WRONG_KEY, 403: _WRONG_KEY}
_REMEMBERED = 1000  # crons that left
_LONGEST_OWNER = 80  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where Cronitor is, and by which key."""

    api_key: str = field(repr=False)
    environment: str = ""
    telemetry_url: str = TELEMETRY_URL
    api_url: str = API_URL


class Cronitor:
    """A monitor, and the registry of the monitors that Cronitor keeps."""

    name = "cronitor"
    part = "monitor"

    def __init__(self, access: Access, house: House, patience: float = PATIENCE) -> None:
        self._access, self._house = access, house
        self._line = Line(Vendor("Cronitor", access.api_key, _ADVICE, house.source), patience)
        self._left: Bounded[str, bool] = Bounded(_REMEMBERED)  # by cron's id

    async def signal(self, change: Change) -> None:
        """Tell of a run or its end; raises MonitorError."""
        # Its last execution is stopped after a cron's monitor is gone, and Cronitor would make
        # another one for a key that it does not know.
        if not self._left.get(change.execution.cron_id):
            await self._line.ask(*self._told(change))

    def check(self, definition: Definition) -> tuple[str, ...]:
        """Return what Cronitor cannot do for a cron; asks nobody."""
        return remarks_on(definition)

    async def register(self, cron: Cron) -> Mapping[str, str]:
        """Make the monitor of a cron, or bring it up to date; see Registry."""
        known = await self._known(cron)
        owner = owner_of(known)
        if owner is not None and not owner.is_ours(cron, self._house):
            raise RefusedError(
                f"the monitor {self._key(cron.name)} is kept by another wlcron,"
                f" {message(owner.source, _LONGEST_OWNER)!a}: give this one a prefix of its own,"
                " or delete the monitor at Cronitor"
            )
        monitor = monitor_of(cron, self._house, known)
        answer = await self._asked("PUT", "", json.dumps({"monitors": [monitor]}).encode())
        if not _names(answer, monitor["key"]):
            raise RegistryUnavailableError("Cronitor answered, but not with the monitor")
        self._left.take(cron.id)
        return {self.part: monitor["key"]}

    async def unregister(self, cron: Cron) -> None:
        """Delete the monitor of a cron if we keep it; see Registry."""
        owner = owner_of(await self._known(cron))
        if owner is not None and owner.is_ours(cron, self._house):
            await self._asked("DELETE", self._key(cron.name))
        self._left.put(cron.id, value=True)

    async def close(self) -> None:
        """Let go of connections."""
        await self._line.close()

    def _key(self, cron: str) -> str:
        return monitor_key(self._house.prefix, cron)

    def _told(self, change: Change) -> list[Request]:
        access, key = self._access, self._key(change.execution.cron_name)
        url = f"{access.telemetry_url}/p/{quote(access.api_key, safe='')}/{quote(key, safe='')}"
        return [
            Request("GET", f"{url}?{urlencode(query, errors='replace')}")
            for ping in pings(change)
            for query in [parameters(ping, self._house.source, access.environment)]
        ]

    async def _known(self, cron: Cron) -> dict[str, Any]:
        """Return the monitor that is there, or nothing."""
        answer = await self._asked("GET", self._key(cron.name))
        return {} if answer.status == HTTPStatus.NOT_FOUND else _object(answer)

    async def _asked(self, method: str, key: str, body: bytes = b"") -> Answer:
        """Ask the Monitor API in a registry's terms; raises a registry's errors."""
        url = f"{self._access.api_url}/api/monitors" + (f"/{quote(key, safe='')}" if key else "")
        basic = base64.b64encode(f"{self._access.api_key}:".encode()).decode()
        headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/json"}
        request = Request(method, url, headers, body)
        # Nothing there is an answer to a question after one monitor, not to one for all.
        accepts = (HTTPStatus.NOT_FOUND,) if key else ()
        try:
            return await self._line.ask(request, accepts=accepts)
        except MonitorError as error:
            kind = RefusedError if error.is_permanent else RegistryUnavailableError
            raise kind(str(error)) from None


def cronitor_monitor(given: Given, source: str) -> Cronitor:
    """Return the monitor that a table of the configuration asks for.

    `source` is which wlcron speaks: the host of its pings, and the owner of its monitors.
    """
    access = Access(
        api_key=secret(given, "api-key"),
        environment=given.text("environment", ""),
        telemetry_url=address(given, "telemetry-url", TELEMETRY_URL),
        api_url=address(given, "api-url", API_URL),
    )
    house = House(source=source, prefix=prefix(given), notify=given.texts("notify") or ("default",))
    given.done()
    return Cronitor(access, house)


def _object(answer: Answer) -> dict[str, Any]:
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise RegistryUnavailableError("Cronitor answered with something that is no monitor")
    return said


def _names(answer: Answer, key: str) -> bool:
    """Whether the answer to a PUT has the monitor that was put."""
    monitors = _object(answer).get("monitors")
    listed = monitors if isinstance(monitors, list) else []
    return any(isinstance(each, dict) and each.get("key") == key for each in listed)
