"""uvicorn as it is wanted here: signals are ours, and requests have to come in time."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

# From the first byte of a request to its last; a connection that says nothing counts as well.
REQUEST = timedelta(seconds=30)
SHUTDOWN = timedelta(seconds=3)


class WebServer(uvicorn.Server):
    """Serves until SIGTERM or SIGINT; the caller goes on from there."""

    def __init__(
        self, app: ASGIApp, on_stop: Callable[[], None], patience: timedelta = REQUEST
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_hurried(patience),
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=SHUTDOWN.seconds,
            )
        )
        self._on_stop = on_stop

    def stop(self) -> None:
        """End `serve`: nobody new is heard, answers that are under way are finished."""
        self.should_exit = True
        self._on_stop()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take signals, but do not end the process by them afterwards, as uvicorn would."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        yield


def _hurried(patience: timedelta) -> type[H11Protocol]:
    """Return the protocol of connections that are closed when a request takes too long to come."""

    class HurriedProtocol(H11Protocol):
        _end: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._hurry()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.conn.their_state in {h11.IDLE, h11.SEND_BODY}:
                self._hurry()
            else:  # the request is complete; for the next one, uvicorn waits for a while
                self._relax()

        def connection_lost(self, exc: Exception | None) -> None:
            self._relax()
            super().connection_lost(exc)

        def _hurry(self) -> None:
            if self._end is None:
                self._end = self.loop.call_later(patience.total_seconds(), self.transport.close)

        def _relax(self) -> None:
            if self._end is not None:
                self._end.cancel()
                self._end = None

    return HurriedProtocol
