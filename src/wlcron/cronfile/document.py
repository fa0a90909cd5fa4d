"""From a definition back to the shape of a cron file, and what differs between two."""

import json
from collections.abc import Iterator
from typing import Any

from wlcron.core.cron import AfterTime, Container, Definition, InARow, Notifications
from wlcron.core.durations import duration_text
from wlcron.cronfile.problems import shown
from wlcron.cronfile.units import size_text

_ENV = "description.env."
_LONGEST_VALUE = 120


def as_document(definition: Definition) -> dict[str, Any]:
    """Return the cron file that says the same, as JSON-able values, without what is not set.

    Reading it again gives the same definition, whatever the server's defaults are.
    """
    document: dict[str, Any] = _without_unset(_document(definition))
    return document


def differences(old: Definition, new: Definition) -> list[str]:
    """Return a line `key: old → new` for each key that differs, in the order of the cron file.

    Values of the environment are not shown: they may be secrets.
    """
    return list(_changes("", _document(old), _document(new)))


def _document(definition: Definition) -> dict[str, Any]:
    return {
        "schedule": definition.schedule,
        "timezone": definition.timezone,
        "timeout": duration_text(definition.timeout),
        "start-within": definition.start_within and duration_text(definition.start_within),
        "overlap": definition.overlap,
        "description": _description(definition.description),
        "notifications": _notifications(definition.notifications),
        "labels": dict(definition.labels),
    }


def _description(container: Container) -> dict[str, Any]:
    return {
        "image": container.image,
        "arguments": list(container.arguments),
        "env": dict(container.env),
        "cpu": container.cpu,
        "memory": container.memory and size_text(container.memory),
        "user": container.user,
        "working-directory": container.working_directory,
        "stop-grace": duration_text(container.stop_grace),
    }


def _notifications(notifications: Notifications) -> dict[str, Any]:
    return {
        "failed": _in_a_row(notifications.failed),
        "ran-longer-than": _after_time(notifications.ran_longer_than),
        "not-started-within": _after_time(notifications.not_started_within),
        "skipped": _in_a_row(notifications.skipped),
        "no-success-for": _after_time(notifications.no_success_for),
        "channels": list(notifications.channels),
    }


def _in_a_row(alert: InARow | None) -> dict[str, Any] | None:
    if alert is None:
        return None
    return {"severity": alert.severity.value, "after": alert.after}


def _after_time(alert: AfterTime | None) -> dict[str, str] | None:
    if alert is None:
        return None
    return {"threshold": duration_text(alert.threshold), "severity": alert.severity.value}


def _without_unset(value: Any) -> Any:  # noqa: ANN401 any JSON value
    if not isinstance(value, dict):
        return value
    filled = {key: _without_unset(below) for key, below in value.items()}
    return {key: below for key, below in filled.items() if below not in (None, [], {})}


def _changes(key: str, old: Any, new: Any) -> Iterator[str]:  # noqa: ANN401 any JSON values
    if isinstance(old, dict) or isinstance(new, dict):
        before, after = old or {}, new or {}
        for name in {**before, **after}:
            path = f"{key}.{name}" if key else name
            yield from _changes(path, before.get(name), after.get(name))
    elif old != new:
        yield f"{shown(key)}: {_change(key, old, new)}"


def _change(key: str, old: Any, new: Any) -> str:  # noqa: ANN401 any JSON values
    if key.startswith(_ENV):
        return "added" if old is None else "removed" if new is None else "changed"
    before, after = _words(old), _words(new)
    if max(len(before), len(after)) > _LONGEST_VALUE:
        return "changed"
    return f"{before} → {after}"


def _words(value: Any) -> str:  # noqa: ANN401 any JSON value
    if value in (None, []):
        return "not set"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return shown(text, longest=_LONGEST_VALUE + 1)
