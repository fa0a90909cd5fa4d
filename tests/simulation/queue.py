"""The queue of observations: each is given out until somebody acknowledges it."""

from dataclasses import dataclass, field

from wlcron.core.execution import Observation

HIDDEN = 40.0  # seconds in which one that was given out is nobody else's


@dataclass(slots=True)
class Message:
    """One copy of an observation."""

    seen: Observation
    visible_at: float
    receipts: int = 0


@dataclass(slots=True)
class Queue:
    """Gives messages out, and again those that were not acknowledged."""

    messages: list[Message] = field(default_factory=list)

    def offer(self, seen: Observation, at: float) -> None:
        """Put one more copy in; nobody receives it before `at`."""
        self.messages.append(Message(seen, at))

    def receive(self, now: float) -> Message | None:
        """Return the message that waits for longest, and hide it; None: there is none."""
        waiting = [message for message in self.messages if message.visible_at <= now]
        if not waiting:
            return None
        first = min(waiting, key=lambda message: message.visible_at)
        first.visible_at = now + HIDDEN
        first.receipts += 1
        return first

    def settle(self, message: Message) -> None:
        """Delete one that was dealt with."""
        if message in self.messages:
            self.messages.remove(message)
