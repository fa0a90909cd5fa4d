"""What tests may ask of a laboratory that runs: each call returns when it is done."""

import http.client
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

_WITHIN = 30.0  # seconds


class ControlError(Exception):
    """The laboratory did not do what it was asked, and says why."""


@dataclass(frozen=True, slots=True)
class SnsControl:
    """Commands the laboratory's SNS."""

    _ask: Callable[..., Any]

    def attempts(self, message_id: str | None = None) -> list[dict[str, Any]]:
        """Return each POST to an endpoint: message_id, type, endpoint, number, status, answer."""
        found = self._ask("attempts")
        return [each for each in found if message_id in {None, each["message_id"]}]

    def messages(self) -> list[dict[str, Any]]:
        """Return all messages to endpoints, as they were signed."""
        return list(self._ask("messages"))

    def again(self, message_id: str, copies: int = 1) -> int:
        """Deliver a message to its endpoints again, with the same id; return to how many."""
        return int(self._ask("again", message_id=message_id, copies=copies))

    def deliveries(
        self,
        *,
        copies: int | None = None,
        delay: float | None = None,
        waits: Sequence[float] | None = None,
    ) -> dict[str, Any]:
        """Change how messages are delivered: copies, delay, and the waits between attempts."""
        given = {"copies": copies, "delay": delay, "waits": waits and list(waits)}
        return dict(self._ask("deliveries", **{k: v for k, v in given.items() if v is not None}))

    def sign(self, message: Mapping[str, str], version: str | None = None) -> dict[str, str]:
        """Return a message of SNS, signed: Type, TopicArn and Message must be given."""
        return dict(self._ask("sign", message=dict(message), version=version))


@dataclass(frozen=True, slots=True)
class EcsControl:
    """Commands the laboratory's ECS. A task is named by its ARN, its id or its startedBy."""

    _ask: Callable[..., Any]

    def refuse(self, reason: str, *, times: int = 1, detail: str | None = None) -> None:
        """Answer the next RunTasks with a failure, such as `RESOURCE:MEMORY` or `AGENT`."""
        self._ask("refuse_tasks", reason=reason, times=times, detail=detail)

    def fail(self, reason: str, *, times: int = 1, code: str = "TaskFailedToStart") -> None:
        """Let the next tasks end before they run: CannotPullContainerError: …, and the like."""
        self._ask("break_tasks", reason=reason, times=times, code=code)

    def lose(
        self,
        task: str,
        *,
        code: str = "InfrastructureHealth",
        reason: str = "Host EC2 (instance i-0123456789abcdef0) terminated.",
        is_silent: bool = False,
    ) -> None:
        """Take a task's host away: no exit codes; silently, without an event."""
        self._ask("lose", task=task, code=code, reason=reason, is_silent=is_silent)

    def hide(self, times: int = 1) -> None:
        """Answer the next DescribeTasks with MISSING, as may happen right after RunTask."""
        self._ask("hide_tasks", times=times)

    def forget(self, task: str) -> None:
        """Let a task be MISSING from now on, as one that stopped long ago."""
        self._ask("forget_task", name=task)

    def tasks(self, **manner: object) -> dict[str, Any]:
        """Change how tasks live: pause in seconds between states (0), skips_running (False)."""
        return dict(self._ask("tasks", **manner))

    def events(self, **manner: object) -> dict[str, Any]:
        """Change how events are sent: copies (1), delay, shuffle in seconds, is_held, is_lost."""
        return dict(self._ask("events", **manner))

    def release(self, order: str = "told", copies: int = 1) -> int:
        """Send what was held, in the order `told`, `reversed` or `shuffled`; return how many."""
        return int(self._ask("release", order=order, copies=copies))

    def told(self, task: str | None = None) -> list[dict[str, Any]]:
        """Return all events, sent or not, of one task or of all."""
        found = self._ask("told")
        names = ("taskArn", "startedBy")
        return [
            one for one in found if task in {None, *(one["detail"].get(name) for name in names)}
        ]

    def send(self, event: Mapping[str, Any]) -> None:
        """Send an event of a test's own making to EventBridge."""
        self._ask("send_event", event=dict(event))


@dataclass(frozen=True, slots=True)
class Control:
    """Commands the laboratory at an address."""

    url: str

    def calls(self, caller: str | None = None) -> dict[str, int]:
        """Return how often each `service:Operation` was called, by all or by one access key."""
        return dict(self._ask("calls", caller=caller))

    def forget(self) -> None:
        """Count calls anew, and take back faults."""
        self._ask("forget")

    def fault(self, call: str, *, times: int = 1, **more: object) -> None:
        """Answer the next calls that match `service:Operation` (`dynamodb:*`) with a fault.

        More: code ("ThrottlingException"), message, status (400), delay in seconds, is_done (the
        call is carried out and its answer lost), caller (pattern of the access key).
        """
        self._ask("fault", call=call, times=times, **more)

    def fire(
        self, name: str, slot: datetime | None = None, *, copies: int = 1, delay: float = 0.0
    ) -> list[str]:
        """Deliver a slot of a rule or schedule, by name or ARN, whatever its state; now if None.

        Returns the messages' ids (copies have their own), or nothing yet if it is delayed.
        """
        given = slot.isoformat() if slot else None
        return list(self._ask("fire", name=name, slot=given, copies=copies, delay=delay))

    def now(self) -> datetime:
        """Return what time it is by the laboratory's clock."""
        return datetime.fromisoformat(self._ask("now"))

    def clock(self, **manner: object) -> dict[str, Any]:
        """Change how the clock delivers: copies (1), delay in seconds (0), is_running (True)."""
        return dict(self._ask("clock", **manner))

    def failures(self) -> list[str]:
        """Return what EventBridge could not send to a target, and why."""
        return list(self._ask("failures"))

    @property
    def sns(self) -> SnsControl:
        """Return the commands of SNS."""
        return SnsControl(self._ask)

    @property
    def ecs(self) -> EcsControl:
        """Return the commands of ECS."""
        return EcsControl(self._ask)

    def _ask(self, verb: str, **given: object) -> Any:  # noqa: ANN401 -- JSON
        where = urlsplit(self.url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=_WITHIN)
        try:
            connection.request("POST", f"/_lab/{verb}", json.dumps(given))
            response = connection.getresponse()
            value = json.loads(response.read())
        finally:
            connection.close()
        if response.status != http.client.OK:
            raise ControlError(value["problem"])
        return value
