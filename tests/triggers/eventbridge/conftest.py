"""EventBridge as the laboratory plays it, one instance of wlcron for each test."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest

from tests.aws_lab.control import Control
from tests.aws_lab.process import Lab, running_lab
from tests.samples import NOON, make_cron
from wlcron.aws.clients import AwsClients
from wlcron.aws.settings import AwsSettings
from wlcron.core.cron import Cron, Registration
from wlcron.triggers.eventbridge import EventBridge, eventbridge_trigger
from wlcron.triggers.eventbridge.expression import Flavour

_instances = count()
_ACCOUNT = "123456789012"


@dataclass
class Bridge:
    """A trigger, and AWS behind it."""

    trigger: EventBridge
    clients: AwsClients
    settings: AwsSettings
    control: Control
    now: Any = field(default=NOON)

    @property
    def flavour(self) -> Flavour:
        """Return which of the two services it is."""
        return Flavour(self.settings.trigger)

    def name(self, cron: str = "tidy") -> str:
        """Return what a cron's rule or schedule is called."""
        return f"wl-{self.settings.instance}-{cron}"

    async def register(self, cron: Cron) -> Cron:
        """Register a cron as the registrar does; return it as it is kept then."""
        parts = await self.trigger.register(cron)
        return replace(cron, registration=Registration(settled=True, parts=parts))

    async def found(self, cron: str = "tidy") -> dict[str, Any]:
        """Return a rule or a schedule as AWS has it, its target with it."""
        if self.flavour is Flavour.SCHEDULER:
            scheduler = await self.clients.get("scheduler")
            group = f"wl-{self.settings.instance}"
            return dict(await scheduler.get_schedule(GroupName=group, Name=self.name(cron)))
        events = await self.clients.get("events")
        rule = await events.describe_rule(Name=self.name(cron))
        targets = await events.list_targets_by_rule(Rule=self.name(cron))
        return {**rule, "Target": targets["Targets"][0]}

    async def names(self) -> list[str]:
        """Return the names of all of this instance's rules or schedules."""
        if self.flavour is Flavour.SCHEDULER:
            scheduler = await self.clients.get("scheduler")
            answer = await scheduler.list_schedules(GroupName=f"wl-{self.settings.instance}")
            return [each["Name"] for each in answer["Schedules"]]
        events = await self.clients.get("events")
        answer = await events.list_rules(NamePrefix=self.name(""))
        return [each["Name"] for each in answer["Rules"]]

    def calls(self) -> int:
        """Return how many requests were made since the last `forget`."""
        return sum(self.control.calls().values())


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """Return a laboratory that these tests share."""
    with running_lab() as lab:
        yield lab


@pytest.fixture
def flavour() -> Flavour:
    """Return the flavour of `bridge`; modules and tests have their own."""
    return Flavour.SCHEDULER


@pytest.fixture
async def bridge(
    lab: Lab, flavour: Flavour, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bridge]:
    """Return a trigger of an instance that nobody else uses."""
    for name, value in lab.environment().items():
        monkeypatch.setenv(name, value)
    control = Control(lab.url)
    control.forget()
    settings = AwsSettings(
        instance=f"t{next(_instances)}",
        trigger=flavour,
        topic=f"arn:aws:sns:us-east-1:{_ACCOUNT}:slots",
        trigger_role=f"arn:aws:iam::{_ACCOUNT}:role/wl-trigger",
    )
    clients = AwsClients()
    trigger = eventbridge_trigger(clients, settings, lambda: made.now)
    made = Bridge(trigger, clients, settings, control)
    yield made
    await clients.close()


def rated(**more: Any) -> Cron:  # noqa: ANN401 -- fields of a cron
    """Return a cron that is due every five minutes, counted from 11:57:37.5 on."""
    created = NOON.replace(hour=11, minute=57, second=37, microsecond=500_000)
    due = NOON.replace(minute=2, second=37)
    fields = {"created_at": created, "next_due": due} | more
    return make_cron(schedule="rate(5 minutes)", **fields)
