"""uvicorn as wanted here: signals are ours, requests come in time, connections are counted."""

import asyncio
import contextlib
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import h11
import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

# From the first byte of a request to its last; a connection that says nothing counts as well.
REQUEST = timedelta(seconds=30)
SHUTDOWN = timedelta(seconds=3)
MOST_CONNECTIONS = 1000
MOST_FILES = 65536  # jobs may inherit the limit, and some programs close all files up to it
# asyncio accepts as many connections at one go as may wait, before any of them can be refused.
ACCEPTED_AT_ONCE, WAITING = 64, 1024
TELL_EVERY = timedelta(minutes=1)
_log = structlog.get_logger("wlcron.api")


class WebServer(uvicorn.Server):
    """Serves until SIGTERM or SIGINT; the caller goes on from there."""

    def __init__(
        self,
        app: ASGIApp,
        on_stop: Callable[[], None],
        patience: timedelta = REQUEST,
        most: int = MOST_CONNECTIONS,
    ) -> None:
        self._door = _Door(most)
        super().__init__(
            uvicorn.Config(
                app,
                http=_protocol(patience, self._door),
                log_config=None,
                access_log=False,
                lifespan="off",
                backlog=ACCEPTED_AT_ONCE,
                timeout_graceful_shutdown=SHUTDOWN.seconds,
            )
        )
        self._on_stop = on_stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, with as many files as this process may have."""
        self._door.most = min(self._door.most, raise_file_limit() // 2)
        await super().startup(sockets)
        for listening in sockets or []:
            listening.listen(WAITING)

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


def raise_file_limit() -> int:
    """Let this process open as many files as it is allowed to ask for; return how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft == resource.RLIM_INFINITY or soft >= most:
        return most
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most


@dataclass(slots=True)
class _Door:
    """Lets in so many connections at a time, and now and then says that it turned some away."""

    most: int
    _silent_until: float = 0

    def is_full(self, inside: int, now: float) -> bool:
        """Whether one of those inside has to go; `now` in seconds of the event loop."""
        if inside <= self.most:
            return False
        if now >= self._silent_until:
            self._silent_until = now + TELL_EVERY.total_seconds()
            _log.warning("connections are refused: too many are open", most=self.most)
        return True


class _HurriedProtocol(H11Protocol):
    """A connection that is closed when a request takes too long to come."""

    patience: ClassVar[timedelta]
    door: ClassVar[_Door]
    _end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn narrows it alike
        super().connection_made(transport)
        if self.door.is_full(len(self.connections), self.loop.time()):
            transport.abort()
        else:
            self._hurry()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state in {h11.IDLE, h11.SEND_BODY}:
            self._hurry()
        else:  # the request is complete; for the next one, uvicorn waits for a while
            self._relax()

    def send_400_response(self, msg: str) -> None:
        if self.cycle is not None:
            # The rest of a request was garbage; whoever answers its beginning answers nobody.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            super().send_400_response(msg)
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._relax()
        super().connection_lost(exc)

    def _hurry(self) -> None:
        if self._end is None:
            seconds = self.patience.total_seconds()
            self._end = self.loop.call_later(seconds, self.transport.close)

    def _relax(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None


def _protocol(allowed: timedelta, entrance: _Door) -> type[H11Protocol]:
    class Protocol(_HurriedProtocol):
        patience = allowed
        door = entrance

    return Protocol
