"""What every schedule offers, whatever expression it was written in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from wlcron.schedule.oddities import Oddity
    from wlcron.schedule.zone import Zone

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_datetime_at = datetime.fromtimestamp


class Slots(ABC):
    """What each kind of schedule knows of its slots, in whole seconds."""

    __slots__ = ()

    @abstractmethod
    def next_epoch(self, after: int) -> int | None:
        """Return the first slot strictly after `after`, both in whole seconds since 1970 UTC."""

    @abstractmethod
    def previous_epoch(self, before: int) -> int | None:
        """Return the last slot strictly before `before`, both in whole seconds since 1970 UTC."""

    @abstractmethod
    def phase(self, start: int, end: int) -> Hashable | None:
        """Return what the slots from `start` until before `end` come from, in seconds since 1970.

        Stretches of equal length and equal phase have the same slots, counted from their starts.
        None: that is not known without looking for each, as near a change of the clock.
        """

    def oddities(self, start: int, end: int) -> Iterator[Oddity]:  # noqa: ARG002 - there are none
        """Yield the wall times that changes of the clock from `start` until before `end` make odd.

        Only of schedules that keep to certain hours of the day: others miss nothing by a change.
        """
        return iter(())


class Schedule(Slots):
    """A set of instants, the slots, at which something is due. Immutable.

    Slots lie on whole seconds between 1970 and 2199.
    """

    __slots__ = ("_text", "_zone")

    def __init__(self, text: str, zone: Zone) -> None:
        """Take the expression as it was given, and its zone."""
        self._text = text
        self._zone = zone

    @property
    def timezone(self) -> str:
        """The IANA name of the zone in which the expression is read."""
        return self._zone.name

    def next(self, after: datetime) -> datetime | None:
        """Return the first slot strictly after an aware datetime, in UTC; None if none is left.

        Raises ValueError for a datetime without a zone.
        """
        try:
            since = after - _EPOCH
        except TypeError:
            raise _naive(after) from None
        slot = self.next_epoch(since.days * 86400 + since.seconds)
        return None if slot is None else _datetime_at(slot, UTC)

    def previous(self, before: datetime) -> datetime | None:
        """Return the last slot strictly before an aware datetime, in UTC; None if there is none.

        Raises ValueError for a datetime without a zone.
        """
        seconds = epoch_seconds(before)
        slot = self.previous_epoch(seconds + 1 if before.microsecond else seconds)
        return None if slot is None else _datetime_at(slot, UTC)

    def period(self, after: datetime) -> timedelta | None:
        """Return the distance between the next two slots after an aware datetime.

        None if fewer than two are left. Raises ValueError for a datetime without a zone.
        """
        first = self.next_epoch(epoch_seconds(after))
        second = None if first is None else self.next_epoch(first)
        if first is None or second is None:
            return None
        return timedelta(0, second - first)

    @abstractmethod
    def explain(self) -> str:
        """Return what the schedule means, as one plain English sentence."""

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<Schedule {self._text!r} in {self.timezone}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schedule) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))


def epoch_seconds(moment: datetime) -> int:
    """Return the whole seconds since 1970 that have passed at an aware datetime."""
    try:
        since = moment - _EPOCH
    except TypeError:
        raise _naive(moment) from None
    return since.days * 86400 + since.seconds


def _naive(moment: datetime) -> ValueError:
    return ValueError(
        f"The datetime {moment} has no time zone: give it one, for example timezone.utc."
    )
