"""Cronitor over HTTP: telemetry to cronitor.link, monitors at cronitor.io.

docs/adr/007 says why Cronitor's own library is not used.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
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
    heartbeat_of,
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
    heartbeat,
    message,
    prefix,
    secret,
    taken,
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
        self.heartbeat = house.heartbeat
        self._access, self._house = access, house
        self._line = Line(Vendor("Cronitor", access.api_key, _ADVICE, house.source), patience)
        self._left: Bounded[str, bool] = Bounded(_REMEMBERED)  # by cron's id
        self._has_heartbeat = False  # the monitor of this server was made, or brought up to date

    async def signal(self, change: Change) -> None:
        """Tell of a run or its end; raises MonitorError."""
        # Its last execution is stopped after a cron's monitor is gone, and Cronitor would make
        # another one for a key that it does not know.
        if self._left.get(change.execution.cron_id):
            return
        if change.execution.cron_name == self.heartbeat:
            raise MonitorError(taken(self._house.key(self.heartbeat)), is_permanent=True)
        await self._line.ask(*self._told(change))

    async def beat(self, now: datetime) -> None:
        """Tell that this server gets on; raises MonitorError."""
        problem = "" if self._has_heartbeat else await self._make_heartbeat()
        house, environment = self._house, self._access.environment
        query = [("host", house.source), ("stamp", f"{now.timestamp():.3f}")]
        query += [("env", environment)] if environment else []
        # Whatever became of the monitor: Cronitor makes one for a key that it does not know.
        await self._line.ask(_ping(self._access, house.key(self.heartbeat), query))
        if problem:
            raise MonitorError(problem)

    def check(self, definition: Definition) -> tuple[str, ...]:
        """Return what Cronitor cannot do for a cron; asks nobody."""
        return remarks_on(definition)

    async def register(self, cron: Cron) -> Mapping[str, str]:
        """Make the monitor of a cron, or bring it up to date; see Registry."""
        if cron.name == self.heartbeat:
            raise RefusedError(taken(self._house.key(cron.name)))
        known = await self._known(cron.name)
        owner = owner_of(known)
        if owner is not None and not owner.is_ours(cron, self._house):
            raise RefusedError(
                f"the monitor {self._house.key(cron.name)} is kept by another wlcron,"
                f" {message(owner.source, _LONGEST_OWNER)!a}: give this one a prefix of its own,"
                " or delete the monitor at Cronitor"
            )
        monitor = monitor_of(cron, self._house, known)
        await self._put(monitor)
        self._left.take(cron.id)
        return {self.part: monitor["key"]}

    async def unregister(self, cron: Cron) -> None:
        """Delete the monitor of a cron if we keep it; see Registry."""
        owner = owner_of(await self._known(cron.name))
        is_ours = owner is not None and owner.is_ours(cron, self._house)
        if is_ours and cron.name != self.heartbeat:
            await self._asked("DELETE", self._house.key(cron.name))
        self._left.put(cron.id, value=True)

    async def close(self) -> None:
        """Let go of connections."""
        await self._line.close()

    def _told(self, change: Change) -> list[Request]:
        access, key = self._access, self._house.key(change.execution.cron_name)
        return [
            _ping(access, key, parameters(ping, self._house.source, access.environment))
            for ping in pings(change)
        ]

    async def _make_heartbeat(self) -> str:
        """Make the monitor of this server; return why it could not be made, or nothing."""
        try:
            owner = owner_of(await self._known(self.heartbeat))
            if is_free := owner is None or not owner.cron_id:
                await self._put(heartbeat_of(self._house))
        except (RefusedError, RegistryUnavailableError) as error:
            return str(error)
        if not is_free:
            key = self._house.key(self.heartbeat)
            raise MonitorError(f"{key} is a cron's monitor: give heartbeat another name")
        self._has_heartbeat = True
        return ""

    async def _known(self, name: str) -> dict[str, Any]:
        """Return the monitor that is there, or nothing."""
        answer = await self._asked("GET", self._house.key(name))
        return {} if answer.status == HTTPStatus.NOT_FOUND else _object(answer)

    async def _put(self, monitor: dict[str, Any]) -> None:
        answer = await self._asked("PUT", "", json.dumps({"monitors": [monitor]}).encode())
        if not _names(answer, monitor["key"]):
            raise RegistryUnavailableError("Cronitor answered, but not with the monitor")

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


def cronitor_monitor(given: Given, source: str, instance: str = "") -> Cronitor:
    """Return the monitor that a table of the configuration asks for.

    `source` is which wlcron speaks: the host of its pings, and the owner of its monitors.
    `instance` is what this server's own monitor is called where the table does not say.
    """
    access = Access(
        api_key=secret(given, "api-key"),
        environment=given.text("environment", ""),
        telemetry_url=address(given, "telemetry-url", TELEMETRY_URL),
        api_url=address(given, "api-url", API_URL),
    )
    house = House(
        source=source,
        prefix=prefix(given),
        notify=given.texts("notify") or ("default",),
        heartbeat=heartbeat(given, instance),
    )
    given.done()
    return Cronitor(access, house)


def _ping(access: Access, key: str, query: list[tuple[str, str]]) -> Request:
    url = f"{access.telemetry_url}/p/{quote(access.api_key, safe='')}/{quote(key, safe='')}"
    return Request("GET", f"{url}?{urlencode(query, errors='replace')}")


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
