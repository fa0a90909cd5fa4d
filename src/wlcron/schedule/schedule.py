"""What every schedule offers, whatever expression it was written in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Schedule(ABC):
    """A set of instants, the slots, at which something is due. Immutable.

    Slots lie on whole seconds between 1970 and 2199.
    """

    __slots__ = ("_text", "_timezone")

    def __init__(self, text: str, timezone: str = "UTC") -> None:
        """Take the expression and the zone's name as they were given."""
        self._text = text
        self._timezone = timezone

    @property
    def timezone(self) -> str:
        """The IANA name of the zone in which the expression is read."""
        return self._timezone

    def next(self, after: datetime) -> datetime | None:
        """Return the first slot strictly after an aware datetime, in UTC; None if none is left.

        Raises ValueError for a datetime without a zone.
        """
        slot = self.next_epoch(seconds_since_epoch(after))
        return None if slot is None else EPOCH + timedelta(0, slot)

    def previous(self, before: datetime) -> datetime | None:
        """Return the last slot strictly before an aware datetime, in UTC; None if there is none.

        Raises ValueError for a datetime without a zone.
        """
        seconds = seconds_since_epoch(before)
        slot = self.previous_epoch(seconds + 1 if before.microsecond else seconds)
        return None if slot is None else EPOCH + timedelta(0, slot)

    def period(self, after: datetime) -> timedelta | None:
        """Return the distance between the next two slots after an aware datetime.

        None if fewer than two are left.
        """
        first = self.next_epoch(seconds_since_epoch(after))
        second = None if first is None else self.next_epoch(first)
        if first is None or second is None:
            return None
        return timedelta(0, second - first)

    @abstractmethod
    def next_epoch(self, after: int) -> int | None:
        """Return the first slot strictly after `after`, both in whole seconds since 1970 UTC."""

    @abstractmethod
    def previous_epoch(self, before: int) -> int | None:
        """Return the last slot strictly before `before`, both in whole seconds since 1970 UTC."""

    @abstractmethod
    def explain(self) -> str:
        """Return what the schedule means, as one plain English sentence."""

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<Schedule {self._text!r} in {self._timezone}>"


def seconds_since_epoch(moment: datetime) -> int:
    """Return the whole seconds since 1970 that have passed at an aware datetime."""
    try:
        since = moment - EPOCH
    except TypeError:
        raise ValueError(
            f"The datetime {moment} has no time zone: give it one, for example timezone.utc."
        ) from None
    return since.days * 86400 + since.seconds
