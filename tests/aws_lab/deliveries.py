"""Deliveries over HTTP: beside the publisher, repeated as SNS repeats, each attempt on record."""

import http.client
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from threading import Lock, Timer
from typing import Any
from urllib.parse import urlsplit

_ANSWERS_WITHIN = 15  # seconds, as SNS says
_AT_ONCE = 16
_KEPT = 400  # characters of an endpoint's answer


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message on its way to one endpoint."""

    endpoint: str
    message: dict[str, Any]  # as signed
    subscription: str | None = None  # ARN; none with a confirmation
    is_raw: bool = False

    @property
    def body(self) -> bytes:
        """Return what is posted."""
        text = self.message["Message"] if self.is_raw else json.dumps(self.message, indent=2)
        return str(text).encode()

    def headers(self) -> dict[str, str]:
        """Return the headers that SNS sends."""
        headers = {
            "x-amz-sns-message-type": self.message["Type"],
            "x-amz-sns-message-id": self.message["MessageId"],
            "x-amz-sns-topic-arn": self.message["TopicArn"],
            "Content-Type": "text/plain; charset=UTF-8",
            "User-Agent": "Amazon Simple Notification Service Agent",
        }
        if self.subscription is not None:
            headers["x-amz-sns-subscription-arn"] = self.subscription
        if self.is_raw:
            headers["x-amz-sns-rawdelivery"] = "true"
        return headers


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request to an endpoint, and what came of it."""

    message_id: str
    topic: str
    endpoint: str
    type: str
    number: int  # 1 is the first
    status: int  # 0: no answer
    answer: str
    at: str


@dataclass
class Plan:
    """How deliveries are made; tests change it."""

    copies: int = 1
    delay: float = 0.0  # seconds before the first attempt
    waits: Sequence[float] = (0.2, 0.5, 1, 2, 5, 10, 20)  # seconds; SNS's own are 20, three times


@dataclass
class Deliveries:
    """Posts parcels; a 5xx or no answer is tried again, a 4xx is not."""

    give_up: Callable[[Parcel], object]
    plan: Plan = field(default_factory=Plan)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_AT_ONCE))
    _lock: Lock = field(default_factory=Lock)
    _attempts: list[Attempt] = field(default_factory=list)
    _sent: dict[str, list[Parcel]] = field(default_factory=dict)

    def send(self, parcel: Parcel) -> None:
        """Deliver beside the caller."""
        with self._lock:
            self._sent.setdefault(parcel.message["MessageId"], []).append(parcel)
        for _ in range(self.plan.copies):
            self._later(self.plan.delay, parcel, 1)

    def again(self, message_id: str, copies: int = 1) -> int:
        """Deliver a message once more as it was, with its id; return to how many endpoints."""
        with self._lock:
            parcels = list(self._sent.get(message_id, ()))
        for parcel in parcels:
            for _ in range(copies):
                self._later(0, parcel, 1)
        return len(parcels)

    def attempts(self) -> list[dict[str, Any]]:
        """Return all attempts, oldest first."""
        with self._lock:
            return [asdict(attempt) for attempt in self._attempts]

    def messages(self) -> list[dict[str, Any]]:
        """Return all messages as they were signed, oldest first."""
        with self._lock:
            return [parcels[0].message for parcels in self._sent.values()]

    def close(self) -> None:
        """Begin nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _later(self, wait: float, parcel: Parcel, number: int) -> None:
        if wait <= 0:
            self._pool.submit(self._try, parcel, number)
            return
        timer = Timer(wait, self._later, (0, parcel, number))
        timer.daemon = True
        timer.start()

    def _try(self, parcel: Parcel, number: int) -> None:
        status, text = post(parcel)
        said = parcel.message
        names = (said["MessageId"], said["TopicArn"], parcel.endpoint, said["Type"])
        now = datetime.now(UTC).isoformat()
        with self._lock:
            self._attempts.append(Attempt(*names, number, status, text[:_KEPT], now))
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return
        is_refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        if is_refused or number > len(self.plan.waits):
            self.give_up(parcel)
        else:
            self._later(self.plan.waits[number - 1], parcel, number + 1)


def post(parcel: Parcel) -> tuple[int, str]:
    """Post a parcel; return the answer's status (0: none) and text."""
    where = urlsplit(parcel.endpoint)
    kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    connection = kind(where.hostname or "", where.port, timeout=_ANSWERS_WITHIN)
    path = (where.path or "/") + (f"?{where.query}" if where.query else "")
    try:
        connection.request("POST", path, parcel.body, parcel.headers())
        response = connection.getresponse()
        return response.status, response.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        return 0, f"{type(error).__name__}: {error}"
    finally:
        connection.close()
