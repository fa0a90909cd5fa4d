"""The trigger: EventBridge, by one of its two services."""

from collections.abc import Mapping
from typing import Protocol

from wlcron.aws.clients import AwsClients
from wlcron.aws.settings import AwsSettings
from wlcron.clock import Clock, system_clock
from wlcron.core.cron import Cron, Definition
from wlcron.engine import Finding, Verdict
from wlcron.registry import Difference
from wlcron.triggers.eventbridge.doctor import findings
from wlcron.triggers.eventbridge.expression import Expression, Flavour, Refusal, translate
from wlcron.triggers.eventbridge.request import NAME
from wlcron.triggers.eventbridge.rules import Rules
from wlcron.triggers.eventbridge.schedules import Schedules


class Keeper(Protocol):
    """Keeps one thing in AWS for each cron: `Rules` or `Schedules`."""

    flavour: Flavour
    kind: str

    async def put(self, cron: Cron) -> str:
        """Make it or bring it up to date; return its ARN."""

    async def remove(self, cron_name: str) -> None:
        """Remove it; none there, or another's, is success."""

    async def survey(self, crons: Mapping[str, Cron], *, thorough: bool) -> list[Difference]:
        """Compare all that there are with what these crons ask for."""


class EventBridge:
    """A trigger that can be surveyed.

    `keeper` keeps the time; `other` is the service that may have kept it before the settings were
    changed.
    """

    name = NAME

    def __init__(
        self, clients: AwsClients, settings: AwsSettings, keeper: Keeper, other: Keeper
    ) -> None:
        self.patience = settings.patience
        self.part = keeper.kind
        self._clients = clients
        self._settings = settings
        self._keeper = keeper
        self._other = other

    def check(self, definition: Definition) -> Verdict:
        """Say whether AWS can express its schedule."""
        said = translate(definition, self._keeper.flavour)
        if isinstance(said, Refusal):
            return Verdict(refusals=(said.reason,))
        return Verdict(remarks=said.remarks)

    def is_exact(self, definition: Definition) -> bool:
        """Whether AWS keeps this schedule, and has no phase of its own."""
        said = translate(definition, self._keeper.flavour)
        return isinstance(said, Expression) and said.is_exact

    async def register(self, cron: Cron) -> Mapping[str, str]:
        """Make the rule or the schedule."""
        arn = await self._keeper.put(cron)
        await self._remove_other(cron)
        return {self._keeper.kind: arn}

    async def unregister(self, cron: Cron) -> None:
        """Remove it."""
        await self._keeper.remove(cron.name)
        await self._remove_other(cron)

    async def survey(self, crons: Mapping[str, Cron], *, thorough: bool) -> list[Difference]:
        """Compare what is there with what these crons ask for."""
        return await self._keeper.survey(crons, thorough=thorough)

    async def discard(self, difference: Difference) -> None:
        """Remove what no cron asks for."""
        await self._keeper.remove(difference.cron)

    async def doctor(self) -> list[Finding]:
        """Say whether the topic and the role are there."""
        return await findings(self._clients, self._settings, self._keeper.flavour)

    async def close(self) -> None:
        """Do nothing: the clients are everybody's."""

    async def _remove_other(self, cron: Cron) -> None:
        """Remove what the other service has of it, where it is on record that it has."""
        if cron.registration is not None and self._other.kind in cron.registration.parts:
            await self._other.remove(cron.name)


def eventbridge_trigger(
    clients: AwsClients, settings: AwsSettings, clock: Clock = system_clock
) -> EventBridge:
    """Return the trigger that `settings.trigger` names, "rules" or "scheduler"."""
    rules, schedules = Rules(clients, settings), Schedules(clients, settings, clock)
    if Flavour(settings.trigger) is Flavour.RULES:
        return EventBridge(clients, settings, rules, schedules)
    return EventBridge(clients, settings, schedules, rules)
