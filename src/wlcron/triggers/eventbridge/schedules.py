"""EventBridge Scheduler's schedules: one for each cron, in the group of this instance."""

from collections.abc import Mapping

from wlcron.aws.clients import AwsClients
from wlcron.aws.names import resource_name
from wlcron.aws.settings import AwsSettings
from wlcron.clock import Clock
from wlcron.core.cron import Cron
from wlcron.errors import RefusedError, RegistryUnavailableError
from wlcron.registry import Difference, Divergence
from wlcron.triggers.eventbridge.delivery import owner_of
from wlcron.triggers.eventbridge.expression import Flavour
from wlcron.triggers.eventbridge.request import NAME, schedule_differs, schedule_request
from wlcron.triggers.eventbridge.schedule_calls import Schedule, ScheduleCalls
from wlcron.triggers.eventbridge.words import faults_in_words


class Schedules:
    """Makes, finds and removes schedules; one that is not ours is never touched."""

    flavour = Flavour.SCHEDULER
    kind = "schedule"

    def __init__(self, clients: AwsClients, settings: AwsSettings, clock: Clock) -> None:
        self._calls = ScheduleCalls(clients, settings.instance)
        self._settings = settings
        self._clock = clock

    async def put(self, cron: Cron) -> str:
        """Make the schedule or bring it up to date; return its ARN."""
        request = schedule_request(cron, self._settings, self._clock())
        was_made = cron.registration is not None and self.kind in cron.registration.parts
        with faults_in_words():
            found = await self._calls.find(request["Name"]) if was_made else None
            if found is None:
                made = await self._calls.create(request)
                found = None if made else await self._calls.find(request["Name"])
                if made:
                    return made
            if found is None:
                raise RegistryUnavailableError(f"the schedule {request['Name']} comes and goes")
            if not self._is_of(found, cron.name):
                raise RefusedError(
                    f"there is a schedule {request['Name']} that wlcron did not make, which is"
                    " left as it is: remove it, or name the cron otherwise"
                )
            if schedule_differs(request, found, cron):
                await self._calls.update(request)
            return str(found["Arn"])

    async def remove(self, cron_name: str) -> None:
        """Remove a cron's schedule; none there, or another's, is success."""
        name = self._name(cron_name)
        with faults_in_words():
            found = await self._calls.find(name)
            if found is not None and self._is_of(found, cron_name):
                await self._calls.remove(name)

    async def survey(self, crons: Mapping[str, Cron], *, thorough: bool) -> list[Difference]:
        """Compare all schedules of this instance's group with what these crons ask for."""
        names = {self._name(name): name for name in crons}
        differences: list[Difference] = []
        seen: set[str] = set()
        with faults_in_words():
            async for listed in self._calls.all():
                name = names.get(listed["Name"])
                if name is None:
                    differences += await self._extra(listed["Name"])
                    continue
                seen.add(name)
                if await self._is_changed(crons[name], listed, thorough=thorough):
                    differences.append(self._difference(Divergence.CHANGED, name))
        missing = (name for name in crons if name not in seen)
        return [*differences, *(self._difference(Divergence.MISSING, name) for name in missing)]

    async def _extra(self, name: str) -> list[Difference]:
        """Return what a schedule is that no cron asks for; nothing if it is not ours."""
        found = await self._calls.find(name)
        owner = found and owner_of(found["Target"].get("Input", ""))
        if not owner or owner[0] != self._settings.instance or self._name(owner[1]) != name:
            return []
        return [self._difference(Divergence.EXTRA, owner[1])]

    async def _is_changed(self, cron: Cron, listed: Schedule, *, thorough: bool) -> bool:
        try:
            request = schedule_request(cron, self._settings, self._clock())
        except RefusedError:
            return True  # the registrar will say why
        if not thorough:
            is_there = listed["Target"]["Arn"] == request["Target"]["Arn"]
            return listed["State"] != request["State"] or not is_there
        found = await self._calls.find(listed["Name"])
        return found is not None and schedule_differs(request, found, cron)

    def _is_of(self, found: Schedule, cron_name: str) -> bool:
        return owner_of(found["Target"].get("Input", "")) == (self._settings.instance, cron_name)

    def _name(self, cron_name: str) -> str:
        return resource_name(self._settings.instance, cron_name)

    def _difference(self, what: Divergence, cron_name: str) -> Difference:
        return Difference(what, NAME, cron_name, f"{self.kind} {self._name(cron_name)}")
