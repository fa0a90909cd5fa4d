"""SNS as the API sees it: what announces the slot of a cron, signed with a key of its own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import httpx

from tests.api.conftest import Api
from tests.samples import MINUTE, NOON
from tests.sns.sender import FILE, TOPIC, confirmation, notification, serving, signed
from tests.sns.test_certificates import Place
from wlcron.api.build import build_api
from wlcron.api.sns import PATH, SnsEndpoint
from wlcron.core.execution import Execution, Status
from wlcron.core.planning import Plan
from wlcron.deliveries import Deliveries
from wlcron.errors import RefusedError, StoreError
from wlcron.sns import Certificates, Gate
from wlcron.store import Taker
from wlcron.stores.memory import MemoryStore
from wlcron.trigger import Delivery

DUE = NOON + 10 * MINUTE  # the first slot of a cron that was handed in at noon


class FickleStore(MemoryStore):
    """Commits when its gate is open, unless it is away."""

    def __init__(self) -> None:
        super().__init__()
        self.gate, self.came, self.is_away = asyncio.Event(), asyncio.Event(), False
        self.gate.set()

    async def commit(self, plans: Sequence[Plan], taker: Taker | None = None) -> list[Execution]:
        """Write what plans say."""
        self.came.set()
        await self.gate.wait()
        if self.is_away:
            raise StoreError("no such file: /srv/secret.db")
        return await super().commit(plans, taker)


@dataclass
class Sns:
    """SNS as it is seen from the API."""

    api: Api
    place: Place
    origin: str
    store: FickleStore
    confirmed: list[tuple[str, str]] = field(default_factory=list)
    refusal: Exception | None = None  # of SNS's own API
    endpoint: SnsEndpoint = field(init=False)

    def __post_init__(self) -> None:
        """Put the endpoint together."""
        gate = Gate(frozenset({TOPIC}), Certificates(self.origin, silence=0))
        deliveries = Deliveries(self.store)
        self.endpoint = SnsEndpoint(gate, read, deliveries, self._confirm)

    async def _confirm(self, topic: str, token: str) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.confirmed.append((topic, token))

    def message(self, **more: object) -> dict[str, Any]:
        """Return what announces the slot that is due, as SNS sends it now."""
        said = {"SigningCertURL": f"{self.origin}/{FILE}", "Message": "pi " + DUE.isoformat()}
        stamp = {"Timestamp": self.api.now.isoformat()}
        return notification(**(said | stamp | more))

    async def post(self, body: bytes, **headers: str) -> httpx.Response:
        """Post as SNS does: with headers of its own, and without a token."""
        own = {"Content-Type": "text/plain; charset=UTF-8", "Authorization": ""}
        own["x-amz-sns-message-type"] = "Notification"
        given = {key.replace("_", "-"): value for key, value in headers.items()}
        return await self.api.client.post(PATH, content=body, headers=own | given)

    async def send(self, by: str = "SNS", **more: object) -> httpx.Response:
        """Sign and post a notification."""
        return await self.post(signed(self.message(**more), by))

    def confirmation(self, kind: str = "Subscription", **more: object) -> dict[str, Any]:
        """Return what asks for a subscription's confirmation, or tells of its end."""
        return confirmation(**self.message(**more)) | {"Type": f"{kind}Confirmation"}

    async def rows(self) -> list[tuple[object, Status]]:
        """Return the slots that are on record."""
        cron = await self.store.cron("pi")
        rows = await self.store.executions([cron.id], 100) if cron else []
        return [(row.slot, row.status) for row in rows[::-1]]

    @property
    def counts(self) -> dict[str, int]:
        """Return what the metrics show."""
        return dict(self.endpoint.gate.counts)


def read(message: str) -> Delivery:
    """Read what the tests announce, as EventBridge's adapter reads its own."""
    cron, _, slot = message.partition(" ")
    if not slot:
        raise RefusedError("the message announces no slot")
    return Delivery("default", cron, datetime.fromisoformat(slot), is_exact=True, id="1")


@asynccontextmanager
async def announcing(api: Api) -> AsyncIterator[Sns]:
    """Yield SNS at the moment at which a cron is due."""
    place = Place()
    async with serving(place.answer) as origin:
        made = Sns(api, place, origin, FickleStore())
        context = replace(api.context, store=made.store, sns=made.endpoint)
        transport = httpx.ASGITransport(build_api(context), raise_app_exceptions=False)
        headers = dict(api.client.headers)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://wl", headers=headers
        ) as client:
            api.client = client
            assert (await api.put()).status_code == 201
            api.now = DUE
            yield made
        await made.endpoint.gate.certificates.close()


def refusal(answer: httpx.Response, status: int) -> str:
    """Return the sentence of a problem document."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == status
    assert "Traceback" not in said["detail"]
    return str(said["detail"])
