"""POST /v1/aws/sns: what SNS delivers. It has no token; its signature says who it is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus

import structlog
from starlette.requests import Request
from starlette.responses import Response

from wlcron.api.problems import problem
from wlcron.deliveries import Delivered, Deliveries
from wlcron.errors import RefusedError, WlcronError
from wlcron.sns import CertificateUnavailableError, Flaw, Gate, SnsError, SnsMessage, Type
from wlcron.trigger import Delivery

PATH = "/v1/aws/sns"
TELL_EVERY = timedelta(minutes=1)
_REFUSED = {
    Flaw.MALFORMED: HTTPStatus.BAD_REQUEST,
    Flaw.RAW: HTTPStatus.BAD_REQUEST,
    Flaw.OVERSIZED: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
_log = structlog.get_logger("wlcron.sns")


@dataclass(frozen=True, slots=True)
class SnsEndpoint:
    """What the route works with."""

    gate: Gate
    read: Callable[[str], Delivery]  # a notification's text; raises RefusedError
    deliveries: Deliveries
    confirm: Callable[[str, str], Awaitable[None]]  # (topic, token), through the API
    _silent_until: dict[str, datetime] = field(init=False, default_factory=dict)

    def tell(self, what: str, now: datetime, **more: object) -> None:
        """Log something, once in a while: anybody may send anything as often as they like."""
        if now >= self._silent_until.get(what, now):
            self._silent_until[what] = now + TELL_EVERY
            _log.warning(what, **more)


async def receive(request: Request) -> Response:
    """Answer 2xx when a delivery is on record, 5xx to have it again, 4xx never to have it again."""
    here = request.app.state.context
    endpoint: SnsEndpoint | None = here.sns
    if endpoint is None:
        return problem(HTTPStatus.NOT_FOUND, "no trigger in AWS is configured: set aws.trigger")
    now = here.clock()
    is_raw = request.headers.get("x-amz-sns-rawdelivery", "").lower() == "true"
    try:
        message = await endpoint.gate.admit(await request.body(), now, is_raw=is_raw)
    except SnsError as error:
        endpoint.tell(f"not taken for SNS's: {error.flaw}", now, problem=str(error))
        return problem(_REFUSED.get(error.flaw, HTTPStatus.FORBIDDEN), str(error))
    except CertificateUnavailableError as error:
        endpoint.gate.counts["unchecked"] += 1
        endpoint.tell("a message cannot be checked", now, problem=str(error))
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
    if message.type is Type.NOTIFICATION:
        return await _notified(endpoint, message, here.clock)
    return await _confirmed(endpoint, message, now)


async def _notified(
    endpoint: SnsEndpoint, message: SnsMessage, clock: Callable[[], datetime]
) -> Response:
    now = clock()
    try:
        delivery = endpoint.read(message.message)
    except RefusedError as error:
        # Signed by our topic, but not by us: to send it again would change nothing.
        endpoint.gate.counts["foreign"] += 1
        endpoint.tell(
            "a message announces no slot", now, problem=str(error), message=message.message_id
        )
        return Response(status_code=HTTPStatus.NO_CONTENT)
    try:
        outcome = await endpoint.deliveries.deliver(delivery, now)
    except WlcronError as error:
        endpoint.gate.counts["store-unavailable"] += 1
        endpoint.tell("a slot cannot be recorded", now, problem=str(error))
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, "the store does not answer: send it again")
    endpoint.gate.counts[outcome.value] += 1
    if outcome in {Delivered.UNKNOWN, Delivered.FOREIGN}:
        endpoint.tell("a slot of no cron of ours", now, cron=delivery.cron, of=delivery.instance)
    if outcome not in {Delivered.EARLY, Delivered.BUSY}:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    endpoint.tell(f"a slot is not recorded yet: {outcome.value}", now, cron=delivery.cron)
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, f"the slot cannot be recorded: {outcome.value}")


async def _confirmed(endpoint: SnsEndpoint, message: SnsMessage, now: datetime) -> Response:
    endpoint.gate.counts[message.type.value] += 1
    if message.type is Type.UNSUBSCRIBE:
        endpoint.tell("the subscription was ended: slots come no more", now, topic=message.topic)
        return Response(status_code=HTTPStatus.NO_CONTENT)
    try:
        await endpoint.confirm(message.topic, message.token or "")
    except RefusedError as error:
        endpoint.tell("the subscription was not confirmed", now, problem=str(error))
        return problem(HTTPStatus.FORBIDDEN, str(error))
    except WlcronError as error:
        endpoint.tell("the subscription cannot be confirmed", now, problem=str(error))
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
    _log.info("subscription confirmed", topic=message.topic)
    return Response(status_code=HTTPStatus.NO_CONTENT)
