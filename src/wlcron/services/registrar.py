"""Makes outside what the store says: rules, schedules, task definitions."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from wlcron.commands import DELETED
from wlcron.core.cron import Cron, Registration
from wlcron.errors import RefusedError, RegistryUnavailableError
from wlcron.registry import Registry
from wlcron.store import Store

EVERY = timedelta(seconds=10)
AT_ONCE = 20  # crons: some ten requests a second for each, far below what AWS lets through
BATCH = 200
PAGE = 1000
TRIES = 10
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=2), timedelta(minutes=5)
REFUSED_DELAY = timedelta(hours=1)  # somebody may have given a permission meanwhile
_log = structlog.get_logger("wlcron.registrar")


@dataclass(frozen=True, slots=True)
class _Delay:
    until: datetime
    failures: int


@dataclass(slots=True)
class Registrar:
    """Settles crons whose registration is not, one beside the other: none waits for another.

    Everything is idempotent: whoever dies between the making and the writing down leaves a cron
    that is not settled, and is made again. No slot depends on it: the scheduler plans what no
    trigger speaks of.
    """

    store: Store
    registries: Sequence[Registry]
    _delays: dict[str, _Delay] = field(init=False, default_factory=dict)  # by cron's id
    _has_looked: bool = field(init=False, default=False)

    async def tick(self, now: datetime) -> datetime:
        """Settle what can be settled now; return when to go on."""
        if not self._has_looked:
            await self._adopt()
            self._has_looked = True
        limit = BATCH + len(self._delays)  # those that wait must not hide the others
        crons = await self.store.unregistered(limit)
        unsettled = {cron.id for cron in crons}
        if len(crons) < limit:
            self._delays = {key: at for key, at in self._delays.items() if key in unsettled}
        due = [cron for cron in crons if self._is_due(cron, now)]
        for first in range(0, len(due), AT_ONCE):
            await self._settle_all(due[first : first + AT_ONCE], now)
        if len(crons) == limit:
            return now
        return min([now + EVERY, *(delay.until for delay in self._delays.values())])

    async def _adopt(self) -> None:
        """Mark crons that lack a part of what this server makes: they are older than its settings.

        Another trigger, a monitor that was added, the first start in AWS.
        """
        crons: list[Cron] = []
        while crons := await self.store.crons(crons[-1].name if crons else "", PAGE):
            for cron in crons:
                made = cron.registration or Registration()
                lacks = any(registry.part not in made.parts for registry in self.registries)
                if lacks and not cron.unsettled:
                    # Whoever changes it meanwhile has it registered, too.
                    await self.store.put_cron(
                        replace(cron, registration=Registration(parts=made.parts))
                    )

    def _is_due(self, cron: Cron, now: datetime) -> bool:
        delay = self._delays.get(cron.id)
        # Without a problem it was changed since it failed, and is worth another try at once.
        is_fresh = cron.registration is None or not cron.registration.problem
        # Further ahead than any delay: the clock was set back.
        return delay is None or is_fresh or not now < delay.until <= now + REFUSED_DELAY

    async def _settle_all(self, crons: Sequence[Cron], now: datetime) -> None:
        settled = await asyncio.gather(
            *(self._settle(cron, now) for cron in crons), return_exceptions=True
        )
        for error in settled:
            if error is not None:
                raise error  # the store's: all others were dealt with

    async def _settle(self, cron: Cron, now: datetime) -> None:
        try:
            registration = await self._follow(cron)
        except RefusedError as error:
            registration = self._put_off(cron, now, str(error), REFUSED_DELAY)
        except RegistryUnavailableError as error:
            registration = self._put_off(cron, now, str(error), FIRST_DELAY)
        except Exception as error:  # noqa: BLE001 -- one cron's trouble must not hold up the others
            _log.exception("registration failed", cron=cron.name)
            registration = self._put_off(cron, now, f"the server failed at this: {error}")
        else:
            self._delays.pop(cron.id, None)
        if registration.settled and registration.leaving:
            await self._forget(cron, now)
        elif await self._note(cron, registration):
            _log.info("cron registered", cron=cron.name, **registration.parts)
        elif registration.settled and await self.store.cron(cron.name) is None:
            await self._undo(cron)

    async def _follow(self, cron: Cron) -> Registration:
        """Make the world as the cron says; return its registration when it is."""
        if cron.is_leaving:
            for registry in reversed(self.registries):
                await registry.unregister(cron)
            return Registration(settled=True, leaving=True)
        parts: dict[str, str] = {}
        for registry in self.registries:
            parts |= await registry.register(cron)
        return Registration(settled=True, parts=parts)

    def _put_off(
        self, cron: Cron, now: datetime, problem: str, delay: timedelta = FIRST_DELAY
    ) -> Registration:
        """Note a failure, and return the registration that tells of it."""
        known = self._delays.get(cron.id)
        failures = known.failures if known else 0
        longest = max(delay, LONGEST_DELAY)
        until = now + min(delay * (1 << min(failures, 10)), longest)
        self._delays[cron.id] = _Delay(until, failures + 1)
        _log.warning("registration put off", cron=cron.name, problem=problem, until=until)
        return replace(cron.registration or Registration(), problem=problem)

    async def _note(self, cron: Cron, registration: Registration) -> bool:
        """Write a registration down; False if it is there already, or the cron changed since."""
        known: Cron | None = cron
        for _ in range(TRIES):
            if known is None or not _is_same(known, cron) or registration == cron.registration:
                return False
            if await self.store.put_cron(replace(known, registration=registration)):
                return registration.settled
            known = await self.store.cron(cron.name)  # a slot was planned meanwhile, say
        return False

    async def _undo(self, cron: Cron) -> None:
        """Take away what was made while another server deleted the cron."""
        try:
            for registry in reversed(self.registries):
                await registry.unregister(cron)
        except (RefusedError, RegistryUnavailableError) as error:
            _log.warning("something is left of a deleted cron", cron=cron.name, problem=str(error))

    async def _forget(self, cron: Cron, now: datetime) -> None:
        """Delete a cron of which nothing is left outside; what was just begun of it is stopped."""
        known: Cron | None = cron
        for _ in range(TRIES):
            if known is None or known.id != cron.id:
                return
            for execution in await self.store.active(cron_ids=[cron.id]):
                await self.store.ask_stop(execution.id, now, DELETED)
            if await self.store.delete_cron(known):
                _log.info("cron deleted", cron=cron.name)
                return
            known = await self.store.cron(cron.name)


def _is_same(cron: Cron, other: Cron) -> bool:
    """Whether what is made outside is the same for both; next_due moves with each slot."""
    return (
        cron.id == other.id
        and cron.version == other.version
        and cron.pause == other.pause
        and cron.registration == other.registration
    )
