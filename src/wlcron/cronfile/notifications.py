"""`notifications`: which conditions call for help, and where."""

from datetime import timedelta

from wlcron.core.cron import AfterTime, InARow, Notifications, Severity
from wlcron.core.durations import duration_text
from wlcron.cronfile.nodes import Node
from wlcron.cronfile.place import Place, items, members, required, value
from wlcron.cronfile.problems import quoted
from wlcron.cronfile.readers import duration, line_of_text, one_of, whole_number

KEYS = (
    "failed",
    "ran-longer-than",
    "not-started-within",
    "skipped",
    "no-success-for",
    "channels",
)

_MOST_IN_A_ROW = 1000
_LONGEST_CHANNEL = 63
_SEVERITIES = [severity.value for severity in Severity]
_PLACEHOLDER = timedelta(0)  # never leaves this package: the missing value was refused


def read_notifications(place: Place | None, timeout: timedelta | None) -> Notifications:
    """Read what to alert about; what is wrong with it is noted, and its default stands in.

    `timeout` is when an execution is over in any case; None when that could not be read.
    """
    if place is None:
        return Notifications()
    below = members(place, KEYS)
    return Notifications(
        failed=_in_a_row(below.get("failed")),
        ran_longer_than=_after_time(below.get("ran-longer-than"), timeout),
        not_started_within=_after_time(below.get("not-started-within"), None),
        skipped=_in_a_row(below.get("skipped")),
        no_success_for=_after_time(below.get("no-success-for"), None),
        channels=_channels(below.get("channels")),
    )


def _in_a_row(place: Place | None) -> InARow | None:
    if place is None:
        return None
    below = members(place, ("severity", "after"))
    after = value(below.get("after"), whole_number(1, _MOST_IN_A_ROW), 1)
    return InARow(_severity(below, place), after)


def _after_time(place: Place | None, end: timedelta | None) -> AfterTime | None:
    if place is None:
        return None
    below = members(place, ("threshold", "severity"))
    given = required(below, "threshold", place, "give it a duration such as 15m")
    threshold = value(given, duration, _PLACEHOLDER)
    if given and end and threshold >= end:
        given.refuse(f"never comes: the timeout ends an execution after {duration_text(end)}")
    return AfterTime(_severity(below, place), threshold)


def _severity(below: dict[str, Place], parent: Place) -> Severity:
    place = required(below, "severity", parent, f"give it one of {', '.join(_SEVERITIES)}")
    return Severity(value(place, one_of(_SEVERITIES), _SEVERITIES[0]))


def _channels(place: Place | None) -> tuple[str, ...]:
    channels: list[str] = []
    for item in items(place):
        channel = value(item, _channel, "")
        if channel in channels:
            item.refuse(f"the channel {quoted(channel)} is given twice")
        channels.append(channel)
    return tuple(channels)


def _channel(node: Node) -> str:
    channel = line_of_text(_LONGEST_CHANNEL)(node)
    if not channel.strip():
        raise ValueError("must be the name of a channel in the server's configuration")
    return channel
