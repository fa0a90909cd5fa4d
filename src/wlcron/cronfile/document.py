"""From a definition back to the shape of a cron file, and what differs between two."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from wlcron.core.cron import AfterFailures, AfterTime, Container, Definition, Notifications
from wlcron.cronfile.problems import shown
from wlcron.cronfile.units import duration_text, size_text

_ENV = "description.env."
_LONGEST_VALUE = 120


def as_document(definition: Definition) -> dict[str, Any]:
    """Return the cron file that says the same, as JSON-able values, without what is not set.

    Reading it again gives the same definition, whatever the server's defaults are.
    """
    return _without_nothing(
        {
            "schedule": definition.schedule,
            "timezone": definition.timezone,
            "timeout": duration_text(definition.timeout),
            "start-within": _duration(definition.start_within),
            "overlap": definition.overlap,
            "description": _description(definition.description),
            "notifications": _notifications(definition.notifications),
            "labels": dict(definition.labels),
        }
    )


def differences(old: Definition, new: Definition) -> list[str]:
    """Return a line `key: old → new` for each key that differs, in the order of the cron file.

    Values of the environment are not shown: they may be secrets.
    """
    before, after = (dict(_leaves("", as_document(definition))) for definition in (old, new))
    return [
        f"{shown(key)}: {_change(key, before.get(key), after.get(key))}"
        for key in {**before, **after}
        if before.get(key) != after.get(key)
    ]


def _description(container: Container) -> dict[str, Any]:
    return _without_nothing(
        {
            "image": container.image,
            "arguments": list(container.arguments),
            "env": dict(container.env),
            "cpu": container.cpu,
            "memory": None if container.memory is None else size_text(container.memory),
            "user": container.user,
            "working-directory": container.working_directory,
            "stop-grace": duration_text(container.stop_grace),
        }
    )


def _notifications(notifications: Notifications) -> dict[str, Any]:
    return _without_nothing(
        {
            "failed": _after_failures(notifications.failed),
            "ran-longer-than": _after_time(notifications.ran_longer_than),
            "not-started-within": _after_time(notifications.not_started_within),
            "channels": list(notifications.channels),
        }
    )


def _after_failures(alert: AfterFailures | None) -> dict[str, Any] | None:
    if alert is None:
        return None
    return {"severity": alert.severity.value, "after": alert.after}


def _after_time(alert: AfterTime | None) -> dict[str, str] | None:
    if alert is None:
        return None
    return {"threshold": duration_text(alert.threshold), "severity": alert.severity.value}


def _duration(duration: timedelta | None) -> str | None:
    return None if duration is None else duration_text(duration)


def _without_nothing(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if value not in (None, [], {})}


def _leaves(key: str, value: object) -> Iterator[tuple[str, object]]:
    if not isinstance(value, dict):
        yield key, value
        return
    for name, below in value.items():
        yield from _leaves(f"{key}.{name}" if key else name, below)


def _change(key: str, old: object, new: object) -> str:
    if key.startswith(_ENV):
        return "added" if old is None else "removed" if new is None else "changed"
    before, after = _words(old), _words(new)
    if max(len(before), len(after)) > _LONGEST_VALUE:
        return "changed"
    return f"{before} → {after}"


def _words(value: object) -> str:
    if value is None:
        return "not set"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return shown(text, longest=_LONGEST_VALUE + 1)
