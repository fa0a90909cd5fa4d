"""The options for alerts: channels, monitors, maintenance, and the table `[alerts]` of wl.toml."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from wlcron.config.option import Option
from wlcron.config.values import number
from wlcron.core.cron import Severity
from wlcron.core.routing import Route, Routing
from wlcron.core.silence import Scope, Window
from wlcron.cronfile import parse_duration
from wlcron.given import Given
from wlcron.schedule import Schedule, ScheduleError, parse_schedule

KINDS = ("slack", "pagerduty", "email", "webhook", "apprise")
ROUTING_KEYS = ("type", "severity", "cron", "labels")  # of a channel; the rest is its adapter's
MONITORS = ("cronitor", "healthchecks")
MOST_BEFORE_FLOOD = 10_000
_LONGEST_NAME = 63
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_GAPS = 30  # between the times of a window that are looked at
_NAMED = re.compile(r"\{([^{}]*)\}")
_PLACE = re.compile(r"(?:at )?line \d+,? column \d+|at end of document")
Tables = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """One channel: what leads there, and what its adapter is given."""

    name: str
    kind: str
    route: Route
    given: Mapping[str, Any] = field(repr=False)  # of the adapter alone, secrets and all


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """Who is told of incidents, and how."""

    channels: tuple[ChannelSettings, ...] = ()
    monitors: Tables = field(default_factory=dict, repr=False)  # by kind, secrets and all
    windows: tuple[Window, ...] = ()
    remind_every: timedelta | None = timedelta(days=1)
    flood: int = 20  # incidents of a channel within a minute
    link: str = ""
    source: str = ""  # empty: the machine's name

    @property
    def routing(self) -> Routing:
        """Return which channels are told of what."""
        return Routing(tuple(channel.route for channel in self.channels))


def alert_settings(parsed: Mapping[str, Any]) -> AlertSettings:
    """Return the settings that parsed options, by Option.field, make.

    Raises ConfigurationError.
    """
    return AlertSettings(
        channels=tuple(_channel(name, table) for name, table in parsed["channels"].items()),
        monitors=_monitors(parsed["monitors"]),
        windows=tuple(_window(name, table) for name, table in parsed["maintenance"].items()),
        remind_every=parsed["alerts_remind_every"],
        flood=parsed["alerts_flood"],
        link=parsed["alerts_link"],
        source=parsed["alerts_source"],
    )


def _channel(name: str, table: Mapping[str, Any]) -> ChannelSettings:
    given = _given("channels", name, table)
    kind = given.text("type")
    if kind not in KINDS:
        raise given.problem("type", f"must be one of {', '.join(KINDS)}")
    severities = frozenset(given.texts("severity"))
    if not severities <= set(Severity) or ("severity" in table and not severities):
        raise given.problem("severity", f"must hold some of {', '.join(Severity)}")
    route = Route(
        channel=name,
        severities=frozenset(map(Severity, severities or Severity)),
        scope=_scope(given, table),
    )
    given_to_adapter = {key: value for key, value in table.items() if key not in ROUTING_KEYS}
    return ChannelSettings(name, kind, route, given_to_adapter)


def _monitors(tables: Tables) -> Tables:
    for name in tables:
        if name not in MONITORS:
            raise Given("monitors", {}).problem(name, f"is none of {', '.join(MONITORS)}")
    return tables


def _window(name: str, table: Mapping[str, Any]) -> Window:
    given = _given("maintenance", name, table)
    schedule = _schedule(given, given.text("timezone", "UTC"))
    try:
        duration = parse_duration(given.text("duration"))
    except ValueError as error:
        raise given.problem("duration", str(error)) from error
    if _never_ends(schedule, duration):
        raise given.problem("duration", "lasts until it begins again: nobody would ever be told")
    window = Window(name=name, scope=_scope(given, table), schedule=schedule, duration=duration)
    given.done()
    return window


def _never_ends(schedule: Schedule, duration: timedelta) -> bool:
    """Whether each of many times lasts until the next one; at(…) comes once."""
    begin, gaps = schedule.next(_ANY_TIME), list[timedelta]()
    while begin is not None and len(gaps) < _GAPS:
        following = schedule.next(begin)
        if following is not None:
            gaps.append(following - begin)
        begin = following
    return bool(gaps) and max(gaps) <= duration


def _schedule(given: Given, zone: str) -> Schedule:
    key, expression = "timezone", "@daily"
    try:
        parse_schedule(expression, timezone=zone)
        key, expression = "schedule", given.text("schedule")
        return parse_schedule(expression, timezone=zone)
    except ScheduleError as error:
        raise given.problem(key, f"is none: {error}") from error


def _given(of: str, name: str, table: Mapping[str, Any]) -> Given:
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        what = f"is no name: 1 to {_LONGEST_NAME} characters that can be seen"
        raise Given(of, {}).problem(f'"{name[:_LONGEST_NAME]}"', what)
    return Given(f"{of}.{name}", table)


def _scope(given: Given, table: Mapping[str, Any]) -> Scope:
    labels = table.get("labels", {})
    is_right = isinstance(labels, Mapping) and all(isinstance(v, str) for v in labels.values())
    if not is_right:
        raise given.problem("labels", 'must be a table of texts, such as {team = "payments"}')
    given.know("labels")
    return Scope(cron=given.text("cron", ""), labels=dict(labels))


def _tables(value: str) -> Tables:
    """Read tables, as TOML or JSON."""
    try:
        read = json.loads(value) if value.lstrip().startswith("{") else tomllib.loads(value)
    except (ValueError, RecursionError) as error:
        # Where the mistake is may be told; what stands there may be a secret.
        place = _PLACE.search(str(error))
        raise ValueError(f"is neither TOML nor JSON{f' ({place[0]})' if place else ''}") from None
    if not isinstance(read, dict) or not all(isinstance(each, dict) for each in read.values()):
        raise ValueError("must hold a table for each name")
    return read


def _link(value: str) -> str:
    if value and not value.startswith(("https://", "http://")):
        raise ValueError("is no address: it begins with https://")
    for named in _NAMED.findall(value):
        if named not in {"cron", "execution"}:
            raise ValueError(f"names {{{named}}}: it may name {{cron}} and {{execution}}")
    return value


def _reminder(value: str) -> timedelta | None:
    return None if value == "never" else parse_duration(value)


_OF_TABLES: dict[str, Any] = {"parse": _tables, "metavar": "TOML", "secret": True, "tables": True}
ALERTS = (
    Option("channels", "", "where alerts go: a table for each name, see alerts.md", **_OF_TABLES),
    Option(
        "monitors", "", "who watches from outside: a table for each, see alerts.md", **_OF_TABLES
    ),
    Option(
        "maintenance", "", "when nobody is told: a table for each name, see alerts.md", **_OF_TABLES
    ),
    Option(
        "alerts.remind-every",
        "1d",
        "an incident that stays open is told again after so long; never: it is not",
        _reminder,
        "DURATION|never",
    ),
    Option(
        "alerts.flood",
        "20",
        "more incidents than this within a minute are told to a channel as one",
        number(1, MOST_BEFORE_FLOOD),
        "NUMBER",
    ),
    Option(
        "alerts.link",
        "",
        "address of a page of yours, shown in alerts; {cron} and {execution} hold",
        _link,
        "URL",
    ),
    Option("alerts.source", "", "what alerts call this wlcron; empty: the machine's name"),
)
