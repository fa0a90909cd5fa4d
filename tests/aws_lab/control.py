"""What tests may ask of a laboratory that runs: each call returns when it is done."""

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

_WITHIN = 30.0  # seconds


class ControlError(Exception):
    """The laboratory did not do what it was asked, and says why."""


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

    def failures(self) -> list[str]:
        """Return what EventBridge could not send to a target, and why."""
        return list(self._ask("failures"))

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
