"""Bodies end where they would begin to hurt, and half of one is none."""

from starlette.types import Message, Receive, Scope, Send

from wlcron.api.limits import LimitBody

PUT: Scope = {"type": "http", "method": "PUT", "path": "/v1/crons/pi", "headers": []}


async def outcome(*parts: Message) -> tuple[list[bytes], list[int]]:
    """Return the bodies that reached the application, and the statuses that were answered."""
    sent, reached, statuses = list(parts), list[bytes](), list[int]()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, send
        reached.append((await receive())["body"])

    async def receive() -> Message:
        return sent.pop(0)

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await LimitBody(app, limit=10)(PUT, receive, send)
    return reached, statuses


def part(body: bytes, *, more: bool = False) -> Message:
    """Return a part of a body."""
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_body_within_the_limit_reaches_the_application_whole() -> None:
    """However it was cut on its way."""
    assert await outcome(part(b"abcde", more=True), part(b"fghij")) == ([b"abcdefghij"], [])


async def test_a_body_beyond_the_limit_is_refused_before_it_is_read_to_its_end() -> None:
    """Its length is counted, not believed."""
    assert await outcome(part(b"abcdefgh", more=True), part(b"ijk", more=True)) == ([], [413])


async def test_half_a_body_reaches_nobody() -> None:
    """A client that left in the middle has asked for nothing, though it may read as a whole."""
    assert await outcome(part(b"abc", more=True), {"type": "http.disconnect"}) == ([], [])
