"""The alerts that docs/alerts.md shows, and what vendors are sent for them.

The crons of the document's example fail in the product's own code, on a clock of the script's, and
its own translators make the payloads.
"""

import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from wlcron.channel import Alert
from wlcron.channels.email.message import compose
from wlcron.channels.email.server import read_addresses
from wlcron.channels.pagerduty.event import event
from wlcron.channels.slack.message import message
from wlcron.channels.webhook.body import body_of
from wlcron.core.cron import Cron, cron_id
from wlcron.core.execution import Change, Execution, Kind, Observation, Status, advance
from wlcron.core.planning import plan
from wlcron.core.routing import Route, Routing
from wlcron.cronfile import parse_cron_file
from wlcron.engines.fake import FakeEngine
from wlcron.given import Given
from wlcron.outlet import Outlet
from wlcron.services.alerting import (
    Alerter,
    Messenger,
    Policy,
    Reporter,
    Teller,
    Timers,
    Watcher,
)
from wlcron.stores.memory import MemoryStore

SOURCE, LINK = "wlcron on batch-1", "https://cron.example.com/{cron}"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CREATED = datetime(2026, 11, 20, 9, tzinfo=UTC)
BACKUP_LOG = b"""\
dumping shop: 48 tables
  customers: 48,211 rows
  invoices: 1,302,977 rows
\x1b[31mpg_dump: error: query failed: SSL connection has been closed unexpectedly\x1b[0m
  connection was postgresql://backup:Tr0ub4dor@db.internal/shop
upload of shop.dump.part <aborted>
"""
EXPORT_LOG = b"""\
loading 1,302,977 payments
building the sheet "November & before"
"""
LOGS = {"shop-backup": BACKUP_LOG, "payments-export": EXPORT_LOG}
FLOOD = 26  # crons that fail at once, with the default limit of 20


@dataclass
class Ear:
    """A channel that keeps what it is sent."""

    name: str = "team-slack"
    kind: str = "slack"
    heard: list[Alert] = field(default_factory=list)

    async def send(self, alert: Alert) -> str:
        """Take it."""
        self.heard.append(alert)
        return "200 ok"

    async def close(self) -> None:
        """Keep it."""


class Talking(FakeEngine):
    """An engine whose jobs have written something."""

    async def logs(self, execution: Execution, *, follow: bool = False) -> AsyncIterator[bytes]:
        """Yield it."""
        del follow
        log = LOGS.get(execution.cron_name, b"")
        yield log if execution.is_final else b"\n".join(log.split(b"\n")[:3])


class Stage:
    """A server's alerting on a clock that moves by hand."""

    def __init__(self, now: datetime = CREATED) -> None:
        self.now = now
        self.ear = Ear()
        self._store = MemoryStore()
        routing = Routing((Route(channel=self.ear.name),))
        timers = Timers()
        self._alerter = Alerter(self._store, routing, self._clock, timers)
        self._watcher = Watcher(self._store, self._alerter, timers)
        crons, engine = self._alerter.crons, Talking(clock=self._clock)
        reporter = Reporter(self._store, engine, crons, self._clock, SOURCE, LINK)
        outlets = {self.ear.name: Outlet(self.ear, self._clock)}
        messenger = Messenger(self._store, outlets, reporter, routing, self._clock)
        self._teller = Teller(self._store, messenger, crons, Policy(routing=routing), self._clock)

    async def define(self, name: str, text: str) -> None:
        """Create a cron, or change it."""
        [entry] = [each for each in parse_cron_file(text, "document") if each.name == name]
        known = await self._store.cron(name)
        cron = known and replace(known, definition=entry.definition, version=known.version + 1)
        cron = cron or Cron(
            id=cron_id(name, CREATED),
            name=name,
            definition=entry.definition,
            source=entry.source,
            created_at=CREATED,
            updated_at=CREATED,
            next_due=None,
        )
        await self._store.put_cron(replace(cron, next_due=cron.schedule().next(self.now)))

    async def start(self, name: str) -> Execution:
        """Have a cron's next slot come, and its job started a second later."""
        cron = await self._store.cron(name)
        if cron is None or cron.next_due is None:
            raise LookupError(name)
        self.now = cron.next_due
        for row in await self._store.commit([plan(cron, self.now)]):
            held = replace(row, status=Status.STARTING, holder="docker:batch-1")
            await self._store.apply(Change(held, Status.PENDING, self.now))
            self.now += timedelta(seconds=1)
            await self.see(held, Kind.STARTED)
            return row
        raise LookupError(name)

    async def see(self, row: Execution, kind: Kind, code: int | None = None, why: str = "") -> None:
        """Have the engine say something of an execution, and tell whom it concerns."""
        known = await self._store.execution(row.id)
        started = self.now if kind is Kind.STARTED else None
        seen = Observation(
            execution_id=row.id,
            kind=kind,
            at=self.now,
            exit_code=code,
            reason=why,
            started_at=started,
        )
        change = known and advance(known, seen)
        if change:
            await self._store.apply(change)
            await self._alerter.signal(change)
            await self.tell()

    async def tell(self, after: timedelta = timedelta(0)) -> None:
        """Let time pass, notice what did not happen, and tell."""
        self.now += after
        await self._watcher.tick(self.now)
        await self._teller.tick(self.now)
        await self._teller.drain()

    def _clock(self) -> datetime:
        return self.now


async def scenes(document: str) -> dict[str, Alert]:
    """Return the alerts of a document's example, by what they show."""
    text = cron_file(document)
    backup, export = await _backup(text), await _export(text)
    return {
        **dict(zip(("too-long", "opened", "reminded", "closed"), backup, strict=True)),
        **dict(zip(("critical", "critical-closed"), export, strict=True)),
        "flood": (await _flood(text))[-1],
    }


async def _backup(text: str) -> list[Alert]:
    """One that runs too long and then fails, twice, and is well again."""
    stage, name = Stage(), "shop-backup"
    await stage.define(name, text)
    for _ in range(3):
        await stage.see(await stage.start(name), Kind.EXITED, 0)
    await stage.define(name, text)
    row = await stage.start(name)
    await stage.tell(HOUR)
    await stage.tell(11 * MINUTE + timedelta(seconds=12))
    await stage.see(row, Kind.EXITED, 1)
    row = await stage.start(name)
    await stage.tell(10 * MINUTE)
    await stage.see(row, Kind.EXITED, 1)
    await stage.tell(2 * HOUR)
    row = await stage.start(name)
    stage.now += 42 * MINUTE
    await stage.see(row, Kind.EXITED, 0)
    heard = {(str(each.condition), str(each.step)): each for each in stage.ear.heard}
    shown = [("ran-longer-than", "opened")]
    shown += [("failed", step) for step in ("opened", "reminded", "closed")]
    return [heard[key] for key in shown]


async def _export(text: str) -> list[Alert]:
    """One that needs too much memory, once."""
    stage, name = Stage(), "payments-export"
    await stage.define(name, text)
    await stage.see(await stage.start(name), Kind.EXITED, 0)
    row = await stage.start(name)
    stage.now += timedelta(seconds=47)
    why = "killed: it used more than its memory limit of 256 MiB"
    await stage.see(row, Kind.EXITED, 137, why)
    await stage.see(await stage.start(name), Kind.EXITED, 0)
    return stage.ear.heard


async def _flood(text: str) -> list[Alert]:
    """All exports of a night, which want the same database."""
    stage, [one] = Stage(), [part for part in text.split("---\n") if "payments" in part]
    names = [f"export-{number:02}" for number in range(1, FLOOD + 1)]
    for name in names:
        await stage.define(name, one.replace("payments-export", name))
    for name in names:
        await stage.see(await stage.start(name), Kind.EXITED, 1)
    await stage.tell(timedelta(seconds=6))
    return stage.ear.heard


def cron_file(document: str) -> str:
    """Return the example of a document: the first cron file in it."""
    found = re.search(r"```yaml\n(.*?)```", document, re.DOTALL)
    if found is None:
        raise LookupError("the document has no cron file")
    return found[1]


def payloads(alerts: Mapping[str, Alert]) -> dict[str, Any]:
    """Return what vendors are sent for the alerts, by the names of pictures."""
    shown = ("opened", "reminded", "closed", "too-long", "flood")
    return {
        **{f"slack-{name}": message(alerts[name]) for name in shown},
        "pagerduty": event(alerts["critical"]),
        "pagerduty-closed": event(alerts["critical-closed"]),
        "webhook": json.loads(body_of(alerts["critical-closed"])),
    }


def with_payloads(document: str, sent: Mapping[str, Any]) -> str:
    """Return the document with the payloads of today between its markers."""

    def fresh(found: re.Match[str]) -> str:
        text = json.dumps(sent[found[2]], indent=2, ensure_ascii=False)
        return f"{found[1]}\n```json\n{text}\n```\n{found[3]}"

    marked = r"(<!-- payload ([a-z-]+): begin -->)\n.*?(<!-- payload: end -->)"
    return re.sub(marked, fresh, document, flags=re.DOTALL)


def mail_of(alert: Alert) -> EmailMessage:
    """Return the mail about an alert."""
    table = {"from": "wlcron <wlcron@example.com>", "to": "Operations <ops@example.com>"}
    return compose(alert, read_addresses(Given("channels.mail", table)))
