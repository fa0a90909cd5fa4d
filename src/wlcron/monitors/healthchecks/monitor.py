"""Healthchecks over HTTP: hc-ping.com, or a server of one's own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import quote

from wlcron.core.execution import Change, Execution
from wlcron.core.redaction import redact
from wlcron.given import Given
from wlcron.monitor import MonitorError
from wlcron.monitors.healthchecks.signal import ping_of
from wlcron.monitors.http import Line, Request, Vendor, address, heartbeat, prefix, secret, taken

URL = "https://hc-ping.com"
PATIENCE = 5.0  # seconds: to read the log takes as long at most, and the port allows ten
LastWords = Callable[[Execution], Awaitable[str]]
_WRONG_KEY = "check ping-key and url in the configuration"
_ADVICE = {
    401: _WRONG_KEY,
    403: _WRONG_KEY,
    404: _WRONG_KEY,
    409: "several checks of the project have the same slug: give each its own",
}


async def no_words(_: Execution) -> str:
    """Return nothing: no log is told."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Which project's checks are pinged, and where."""

    ping_key: str = field(repr=False)
    url: str = URL
    prefix: str = "wl"
    heartbeat: str = ""  # the name of the check of this server itself; empty: there is none


class Healthchecks:
    """A monitor; its checks are made by their first ping, and scheduled by whoever looks at them.

    `source` is which wlcron speaks; Healthchecks shows it with each ping, as the user agent.
    """

    name = "healthchecks"

    def __init__(
        self,
        project: Project,
        source: str,
        last_words: LastWords = no_words,
        patience: float = PATIENCE,
    ) -> None:
        """`last_words` returns the end of an execution's log, which is kept with its end.

        Its declared secrets are taken out already; here goes what only looks like one.
        """
        self.heartbeat = project.heartbeat
        self._project = project
        self._last_words = last_words
        self._line = Line(Vendor("Healthchecks", project.ping_key, _ADVICE, source), patience)

    async def signal(self, change: Change) -> None:
        """Tell of a start or an end; raises MonitorError."""
        ping = ping_of(change)
        if ping is None:
            return
        if change.execution.cron_name == self.heartbeat:
            raise MonitorError(taken(self._slug(self.heartbeat)), is_permanent=True)
        if change.execution.is_final:
            said = redact(await self._last_words(change.execution))
            ping = replace(ping, body=f"{ping.body}\n\n{said}" if said else ping.body)
        rid = f"&rid={quote(ping.rid, safe='')}"
        url = f"{self._url(change.execution.cron_name)}/{ping.suffix}?create=1{rid}"
        await self._line.ask(_post(url, ping.body))

    async def beat(self, now: datetime) -> None:
        """Tell that this server gets on; raises MonitorError."""
        await self._line.ask(_post(f"{self._url(self.heartbeat)}?create=1", f"well at {now}"))

    async def close(self) -> None:
        """Let go of connections."""
        await self._line.close()

    def _url(self, name: str) -> str:
        project = self._project
        return (
            f"{project.url}/{quote(project.ping_key, safe='')}/{quote(self._slug(name), safe='')}"
        )

    def _slug(self, name: str) -> str:
        return f"{self._project.prefix}-{name}"


def healthchecks_monitor(
    given: Given, source: str, last_words: LastWords = no_words, instance: str = ""
) -> Healthchecks:
    """Return the monitor that a table of the configuration asks for.

    `instance` is what this server's own check is called where the table does not say.
    """
    project = Project(
        ping_key=secret(given, "ping-key"),
        url=address(given, "url", URL),
        prefix=prefix(given),
        heartbeat=heartbeat(given, instance),
    )
    given.done()
    return Healthchecks(project, source, last_words)


def _post(url: str, body: str) -> Request:
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    return Request("POST", url, headers, body.encode(errors="replace"))
