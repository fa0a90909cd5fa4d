"""What time it is: handed to whoever asks, so that tests and rehearsals have a clock of theirs."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]  # zone-aware, in UTC


def system_clock() -> datetime:
    """Return the instant that the machine's clock shows."""
    return datetime.now(UTC)
