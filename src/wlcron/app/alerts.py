"""The channels and monitors of the configuration; imports an adapter when it is wanted."""

import re
import socket
from collections.abc import Callable
from datetime import timedelta

from wlcron.channel import Channel
from wlcron.config.alerts import ROUTING_KEYS, AlertSettings, ChannelSettings
from wlcron.core.execution import Execution
from wlcron.core.redaction import redact, secrets_in
from wlcron.datadir import DataDir
from wlcron.engine import Engine
from wlcron.errors import WlcronError
from wlcron.given import Given
from wlcron.lastwords import last_words
from wlcron.monitors.cronitor import Cronitor, cronitor_monitor
from wlcron.monitors.healthchecks import (
    Healthchecks,
    LastWords,
    healthchecks_monitor,
    no_words,
)
from wlcron.service import Alerts
from wlcron.services.alerting import Policy
from wlcron.store import CronStore

_CONTAINER = re.compile(r"[0-9a-f]{12}")
_Make = Callable[[str, Given], Channel]


def alerts_of(settings: AlertSettings, every: timedelta) -> Alerts:
    """Return who is told of incidents; raises ConfigurationError.

    `every` is between two looks for what another server left untold, and for what is tried again.
    """
    policy = Policy(
        routing=settings.routing,
        windows=settings.windows,
        remind_every=settings.remind_every,
        every=every,
    )
    return Alerts(
        channels=[_channel(each) for each in settings.channels],
        policy=policy,
        flood_after=settings.flood,
        source=source_of(settings),
        link=settings.link,
    )


def source_of(settings: AlertSettings) -> str:
    """Return what messages call this wlcron."""
    return settings.source or socket.gethostname()


def instance_of(settings: AlertSettings, home: DataDir, host: str = "") -> str:
    """Return what monitors call a server that has no name in AWS: one that it keeps.

    A container's own name is its id, and another one after the next start, while the old one would
    be missed for ever. Its data directory outlives it. `host` is the machine's name.
    """
    name = settings.source or host or socket.gethostname()
    is_kept = settings.source or not _CONTAINER.fullmatch(name)
    return name if is_kept else home.instance()


def check_alerts(settings: AlertSettings) -> None:
    """See whether all channels and monitors can be made; raises ConfigurationError."""
    alerts_of(settings, timedelta(0))
    monitors_of(settings)


def monitors_of(
    settings: AlertSettings, words: LastWords = no_words, instance: str = ""
) -> tuple[Cronitor | Healthchecks, ...]:
    """Return what watches from outside, and is told the `words` with which executions end.

    `instance` is what they call this server where its table does not say.
    Raises ConfigurationError.
    """
    source = source_of(settings)
    tables = {kind: Given(f"monitors.{kind}", table) for kind, table in settings.monitors.items()}
    return tuple(
        cronitor_monitor(given, source, instance)
        if kind == Cronitor.name
        else healthchecks_monitor(given, source, words, instance)
        for kind, given in tables.items()
    )


async def words_for_others(engine: Engine, store: CronStore, execution: Execution) -> str:
    """Return the end of an execution's log without the secrets that its cron declares.

    Nothing where these cannot be known: the cron is gone, or the store is.
    """
    try:
        cron = await store.cron(execution.cron_name)
    except WlcronError:
        return ""
    if cron is None or cron.id != execution.cron_id:
        return ""
    given = execution.overrides.env if execution.overrides else {}
    secrets = secrets_in(cron.definition.description.env) | secrets_in(given)
    return redact(await last_words(engine, execution), secrets)


def _channel(settings: ChannelSettings) -> Channel:
    given = Given(f"channels.{settings.name}", settings.given)
    for key in ROUTING_KEYS:  # so that one that is misspelt is recognised
        given.know(key)
    return _maker(settings.kind)(settings.name, given)


def _maker(kind: str) -> _Make:
    match kind:
        case "slack":
            from wlcron.channels.slack import slack_channel

            return slack_channel
        case "pagerduty":
            from wlcron.channels.pagerduty import pagerduty_channel

            return pagerduty_channel
        case "email":
            from wlcron.channels.email import email_channel

            return email_channel
        case "webhook":
            from wlcron.channels.webhook import webhook_channel

            return webhook_channel
    from wlcron.channels.apprise_urls import apprise_channel

    return apprise_channel
