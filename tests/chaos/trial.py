"""One run: crons with jobs that tell, faults meanwhile, and in the end everything is counted."""

import asyncio
import contextlib
import http.client
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from tests.acceptance.crons import Row, history, instant
from tests.acceptance.program import Server
from tests.chaos.counting import (
    Counted,
    History,
    count,
    due_slots,
    is_settled,
    read_lines,
    write_counted,
)
from tests.chaos.jobs import Job, Witness, any_job, fails, hangs, lasts, succeeds
from tests.chaos.length import IS_LONG, SEED, Run
from tests.conftest import eventually
from tests.vendors import Vendor

SETTLED_WITHIN = 150.0  # seconds; a lease of a minute may have to run out
AHEAD = timedelta(seconds=4)
AT = "at({:%Y-%m-%dT%H:%M:%S})"
PERIODIC = {
    "every-minute-fails": ("* * * * *", fails(3)),
    "every-minute-hangs": ("cron(* * * * ? *)", hangs(20)),
    "rate-succeeds": ("rate(1 minute)", succeeds(5)),
    "rate-lasts": ("rate(1 minute)", lasts(80)),
}


@dataclass(slots=True)
class Defined:
    """A cron as the server took it."""

    job: Job
    schedule: str
    first: datetime  # the first slot, as the server says


@dataclass(slots=True)
class Trial:
    """A server, the crons that it was given, who witnesses, and who is called for help."""

    server: Server
    witness: Witness
    hook: Vendor
    start_within: str = "1h"
    seed: int = SEED
    began: float = field(default_factory=time.monotonic)
    faults: Counter[str] = field(default_factory=Counter)
    crons: dict[str, Defined] = field(default_factory=dict)
    _rows: dict[str, list[Row]] = field(default_factory=dict)
    _waiting: list[dict[str, Any]] = field(default_factory=list)  # incidents that are on record

    def dice(self) -> random.Random:
        """Return the dice of this run."""
        return random.Random(self.seed)  # noqa: S311 -- a run that can be repeated, no secret

    async def begin(self, run: Run) -> datetime:
        """Start the server, define the crons of a run; return when their slots begin."""
        await self.server.start()
        dice, begins = self.dice(), datetime.now(UTC) + timedelta(seconds=3 + 0.05 * run.crons)
        for number in range(run.crons):
            slot = begins + timedelta(seconds=dice.uniform(0, run.seconds))
            await self._define_once(f"cron-{number}", any_job(dice), slot)
        if run.periodic:
            for name, (schedule, job) in PERIODIC.items():
                await self.define(name, job, schedule)
        return begins

    async def _define_once(self, name: str, job: Job, slot: datetime) -> None:
        """Define a cron of one slot, or of a later one if that has passed until it is taken."""
        is_due = False
        while not is_due:
            slot = max(slot, datetime.now(UTC) + AHEAD)
            is_due = await self.define(name, job, AT.format(slot))

    async def define(self, name: str, job: Job, schedule: str) -> bool:
        """Define a cron; whether it will ever be due."""
        text = job.cron_file(self.witness, schedule, self.start_within)
        made = await self.server.ask("PUT", f"/v1/crons/{name}", text)
        due = made["cron"]["next_due"]
        if due is not None:
            self.crons[name] = Defined(job, schedule, instant(due))
        return due is not None

    async def finish(self, test: str, until: datetime | None = None) -> Counted:
        """Wait until all is over, count, write the figures down, and see that no promise broke.

        `until` is the latest instant that the server's clock showed, if not the present one.
        """
        single = [cron.first for name, cron in self.crons.items() if name not in PERIODIC]
        end = max(until or datetime.now(UTC), *single)
        for name in self.crons.keys() & PERIODIC.keys():
            await eventually(partial(self._pause, name), within=SETTLED_WITHIN)
        for name in self.crons:
            with contextlib.suppress(TimeoutError):  # counted as what it is
                await eventually(partial(self._is_over, name, end), within=SETTLED_WITHIN)
        with contextlib.suppress(TimeoutError):
            await eventually(partial(self._are_told, end), within=SETTLED_WITHIN)
        counted = self._count(end)
        seconds = time.monotonic() - self.began
        write_counted(counted, test, self.server.engine, self.seed, self.faults, seconds)
        assert not counted.broken(), (self.seed, counted.broken())
        return counted

    def rows(self) -> list[Row]:
        """Return all rows, as they were seen last."""
        return [row for rows in self._rows.values() for row in rows]

    def _count(self, end: datetime) -> Counted:
        heard = [request.json for request in self.hook.requests] + self._waiting
        histories = {name: self._history(name, end) for name in self.crons}
        return count(histories, read_lines(self.witness.text()), heard)

    def _history(self, name: str, end: datetime) -> History:
        cron = self.crons[name]
        due = due_slots(cron.schedule, cron.first, end)
        return History(
            cron.job.bounds,
            due,
            self._rows.get(name, []),
            frozenset({"failed", "not-started-within"}),
        )

    async def _pause(self, name: str) -> bool:
        return await answered(self.server, "POST", f"/v1/crons/{name}/pause") is not None

    async def _are_told(self, end: datetime) -> bool:
        """Whether all is told that has to be; in a short run, whether it is on record."""
        if not IS_LONG:
            # What a server was killed over is told two minutes later.
            found = await answered(self.server, "GET", "/v1/incidents?limit=1000")
            self._waiting = [
                each | {"step": "opened"} for each in (found or {}).get("incidents", ())
            ]
        return not self._count(end).alerts_lost

    async def _is_over(self, name: str, end: datetime) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException, KeyError):
            self._rows[name] = await history(self.server, name)
        return is_settled(self._history(name, end))


async def answered(server: Server, method: str, path: str, **more: str) -> Any:  # noqa: ANN401 -- any JSON
    """Ask a server that may be dead; None: there was no answer."""
    try:
        return await server.ask(method, path, **more)
    except (OSError, http.client.HTTPException):
        return None


async def pass_time(until: datetime) -> None:
    """Wait until an instant by this machine's clock."""
    await asyncio.sleep(max(0.0, (until - datetime.now(UTC)).total_seconds()))
