"""The servers that are connected to the guard."""

import socket
from collections.abc import Callable

from wlcron.engines.host.guard.loop import Loop
from wlcron.engines.host.protocol import (
    LONGEST_LINE,
    Answer,
    Question,
    Record,
    encode,
    read_question,
)

_READ = 262_144  # bytes at once


class Client:
    """One connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.is_greeted = False  # whether it speaks our protocol
        self.unread = bytearray()  # what came of a line that is not finished
        self.unsent = bytearray()
        self.is_waiting = False  # until more can be sent

    def take_lines(self) -> list[bytes]:
        """Return the lines that are finished."""
        *lines, self.unread = self.unread.split(b"\n")
        return list(map(bytes, lines))

    def answer(self, answer: Answer) -> None:
        """Send an answer, at the end of this turn."""
        self.unsent += encode(answer)


class Clients:
    """Listens, reads questions and sends answers, never waiting for anybody."""

    def __init__(
        self, loop: Loop, listener: socket.socket, ask: Callable[[Client, Question], None]
    ) -> None:
        self._loop = loop
        self._listener = listener
        self._ask = ask
        self._clients: dict[int, Client] = {}
        loop.watch(listener.fileno(), self._accept)

    @property
    def are_greeted(self) -> bool:
        """Whether a server that speaks our protocol is connected."""
        return any(client.is_greeted for client in self._clients.values())

    def tell(self, record: Record) -> None:
        """Tell every server that speaks our protocol."""
        for client in self._clients.values():
            if client.is_greeted:
                client.answer({"record": record})

    def flush(self) -> None:
        """Send what there is to send; a client that never reads is dropped."""
        for file, client in list(self._clients.items()):
            if client.unsent and not client.is_waiting:
                self._send(file, client)

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:  # it left, or there are no files left: the next turn tries again
            return
        connection.setblocking(False)  # noqa: FBT003 - the standard library's own signature
        file = connection.fileno()
        self._clients[file] = client = Client(connection)
        self._loop.watch(file, lambda: self._serve(file, client))

    def _serve(self, file: int, client: Client) -> None:
        try:
            data = client.connection.recv(_READ)
        except BlockingIOError:
            data = None
        except OSError:
            data = b""
        if data == b"":
            self._drop(file, client)
            return
        if data:
            self._read(file, client, data)
        if client.unsent and client.is_waiting:
            self._send(file, client)

    def _read(self, file: int, client: Client, data: bytes) -> None:
        client.unread += data
        # A long line comes in many pieces, and is not searched again with each of them.
        lines = client.take_lines() if b"\n" in data else []
        try:
            for line in lines:
                self._ask(client, read_question(line))
        except ValueError:  # not one of ours
            self._drop(file, client)
        if len(client.unread) > LONGEST_LINE:
            self._drop(file, client)

    def _send(self, file: int, client: Client) -> None:
        try:
            sent = client.connection.send(client.unsent)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._drop(file, client)
            return
        del client.unsent[:sent]
        if len(client.unsent) > LONGEST_LINE:
            self._drop(file, client)
        elif bool(client.unsent) != client.is_waiting:
            client.is_waiting = bool(client.unsent)
            self._loop.watch_writing(file, wanted=client.is_waiting)

    def _drop(self, file: int, client: Client) -> None:
        if self._clients.pop(file, None) is not None:
            self._loop.unwatch(file)
            client.connection.close()
