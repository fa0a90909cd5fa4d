"""The channels and monitors of the configuration; imports an adapter when it is wanted."""

import socket
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from wlcron.channel import Channel
from wlcron.config.alerts import ROUTING_KEYS, AlertSettings, ChannelSettings
from wlcron.engine import Engine
from wlcron.given import Given
from wlcron.lastwords import last_words
from wlcron.monitors.cronitor import Cronitor, cronitor_monitor
from wlcron.monitors.healthchecks import Healthchecks, healthchecks_monitor
from wlcron.service import Alerts
from wlcron.services.alerting import Policy

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


def check_alerts(settings: AlertSettings) -> None:
    """See whether all channels and monitors can be made; raises ConfigurationError."""
    alerts_of(settings, timedelta(0))
    monitors_of(settings)


def monitors_of(
    settings: AlertSettings, engine: Engine | None = None
) -> tuple[Cronitor | Healthchecks, ...]:
    """Return what watches from outside, and may be shown the logs of an engine.

    Raises ConfigurationError.
    """
    return tuple(
        _monitor(kind, Given(f"monitors.{kind}", table), source_of(settings), engine)
        for kind, table in settings.monitors.items()
    )


def _monitor(
    kind: str, given: Given, source: str, engine: Engine | None
) -> Cronitor | Healthchecks:
    if kind == Cronitor.name:
        return cronitor_monitor(given, source)
    if engine is None:
        return healthchecks_monitor(given, source)
    return healthchecks_monitor(given, source, partial(last_words, engine))


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
