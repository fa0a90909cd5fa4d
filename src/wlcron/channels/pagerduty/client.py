"""One event, by PagerDuty's own client. Imported where a channel needs it alone."""

import ssl
from collections.abc import Iterator, Mapping

import httpx2
from pagerduty import Error, EventsApiV2Client

from wlcron.channels.library import LARGEST, unreachable

STEP = 5  # seconds for each of connecting, writing, reading


class Client(EventsApiV2Client):
    """Sends one event, once, and holds its thread for no longer than has to be.

    Of its own it would sleep and try again: without an end after 429, six times after 503, three
    times without a network. Whoever sends alerts repeats them; a thread that sleeps is taken from
    all others. So every answer but 202 is raised before it looks at it.
    """

    max_network_attempts = 0

    def __init__(self, routing_key: str, address: str, certificates: ssl.SSLContext) -> None:
        hooks = {"request": [self._watch], "response": [_shorten]}
        super().__init__(routing_key, event_hooks=hooks, verify=certificates)
        self.timeout = STEP
        self._address = address

    def normalize_url(self, url: str) -> str:
        """Return an address; the client's own refuses http also where this machine is meant."""
        return f"{self._address}/{url.lstrip('/')}"

    def postprocess(self, response: httpx2.Response) -> None:
        """Raise every answer but 202."""
        if response.status_code != httpx2.codes.ACCEPTED:
            raise _RefusedError(response)

    def _watch(self, request: httpx2.Request) -> None:
        request.extensions["trace"] = self._go_on

    def _go_on(self, _step: str, _about: Mapping[str, object]) -> None:
        # Nobody waits any more. What is sent now would come after what is sent next.
        if self.is_closed:
            raise httpx2.WriteTimeout("too late")


def send_event(client: Client, event: Mapping[str, object]) -> httpx2.Response:
    """Send an event, and return the answer, whatever it is; raises ChannelError without one.

    To be called in a thread. It ends within `STEP` seconds after the client is closed, unless
    the resolver of names holds it up, which has limits of its own.
    """
    try:
        return client.post("/v2/enqueue", json=dict(event))
    except _RefusedError as error:
        return error.response
    except Error as error:
        raise unreachable("PagerDuty", error.__cause__) from None
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError, RuntimeError) as error:
        raise unreachable("PagerDuty", error) from None


def certificates() -> ssl.SSLContext:
    """Return whom to trust, as the client has it; made once, for it takes a while."""
    return httpx2.create_ssl_context()


class _RefusedError(Exception):
    """There is another answer than 202."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__()
        self.response = response


class _Beginning(httpx2.SyncByteStream):
    """The first bytes of an answer."""

    def __init__(self, stream: httpx2.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        room = LARGEST
        for part in self._stream:
            yield part[:room]
            room -= len(part)
            if room <= 0:
                return

    def close(self) -> None:
        """Let go of the connection."""
        self._stream.close()


def _shorten(response: httpx2.Response) -> None:
    # Packed, few bytes become many; nothing of the kind was asked for.
    response.headers.pop("content-encoding", None)
    if isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = _Beginning(response.stream)
