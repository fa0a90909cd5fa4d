"""The adapters that live in AWS, over the same clients."""

import os
from collections.abc import Callable
from datetime import timedelta

from wlcron.api.sns import SnsEndpoint
from wlcron.aws.clients import AwsClients
from wlcron.aws.faults import AwsError
from wlcron.aws.settings import AwsSettings
from wlcron.config import Settings
from wlcron.deliveries import Deliveries
from wlcron.engine import Engine
from wlcron.errors import ConfigurationError, RefusedError, RegistryUnavailableError
from wlcron.registry import Registry
from wlcron.sns import Certificates, Gate
from wlcron.starting import Starter
from wlcron.store import Store
from wlcron.trigger import Trigger
from wlcron.triggers.clock import Clock

# What ConfirmSubscription answers to a token that is wrong or too old, and of a topic that is gone.
_NEVER = frozenset({"InvalidParameter", "InvalidParameterException", "NotFound"})


class Amazon:
    """Makes what a server needs of AWS; imports an adapter when it is wanted."""

    def __init__(self, settings: AwsSettings, keep_for: timedelta) -> None:
        self.clients = AwsClients(settings.region)
        self._settings = settings
        self._keep_for = keep_for

    async def store(self) -> Store:
        """Return the store in DynamoDB."""
        from wlcron.stores.dynamodb import open_dynamo_store

        return await open_dynamo_store(self.clients, self._settings.tables, self._keep_for)

    def engine(self) -> Engine:
        """Return the engine that runs tasks."""
        from wlcron.engines.ecs import EcsEngine

        return EcsEngine(self.clients, self._settings)

    def trigger(self) -> Trigger:
        """Return EventBridge, or the embedded clock."""
        if self._settings.trigger == Clock.name:
            return Clock()
        from wlcron.triggers.eventbridge import eventbridge_trigger

        return eventbridge_trigger(self.clients, self._settings)

    def registries(self, engine: Engine, trigger: Trigger) -> tuple[Registry, ...]:
        """Return where something is made for crons, in the order in which it is needed."""
        from wlcron.engines.ecs import EcsEngine

        # What the trigger starts needs its task definition, so that comes first.
        definitions = (engine.definitions,) if isinstance(engine, EcsEngine) else ()
        return (*definitions, *(() if trigger.name == Clock.name else (trigger,)))

    def endpoint(
        self, store: Store, starter: Starter, on_pending: Callable[[], None]
    ) -> SnsEndpoint | None:
        """Return what takes EventBridge's slots from SNS; None where the clock is embedded."""
        if self._settings.trigger == Clock.name:
            return None
        from wlcron.triggers.eventbridge import read_delivery

        certificates = Certificates(os.environ.get("AWS_ENDPOINT_URL", ""))
        return SnsEndpoint(
            Gate(frozenset({self._settings.topic}), certificates, self._settings.signature),
            read_delivery,
            Deliveries(store, starter, self._settings.instance, on_pending),
            self._confirm,
        )

    async def _confirm(self, topic: str, token: str) -> None:
        try:
            await self.clients.ask("sns", "confirm_subscription", TopicArn=topic, Token=token)
        except AwsError as error:
            kind = RefusedError if error.fault.code in _NEVER else RegistryUnavailableError
            raise kind(f"the subscription of {topic}: {error}") from error


def amazon_of(settings: Settings) -> Amazon:
    """Return AWS's parts; raises ConfigurationError where an option is missing."""
    aws = settings.aws
    is_ecs, is_told = settings.engine == "ecs", aws.trigger != Clock.name
    for option, value, is_needed in (
        ("aws.queue", aws.queue, is_ecs),
        ("aws.topic", aws.topic, is_told),
        ("aws.trigger-role", aws.trigger_role, aws.trigger == "scheduler"),
    ):
        if is_needed and not value:
            raise ConfigurationError(f"{option} is missing: `wl aws bootstrap` prints what it is")
    return Amazon(aws, settings.keep_for)
