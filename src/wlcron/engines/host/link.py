"""The server's connection to the guard: many questions at once over one socket."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from wlcron.engines.host.connection import Connection
from wlcron.engines.host.launch import launch
from wlcron.engines.host.protocol import PROTOCOL, Answer, Question, Record, StartRequest
from wlcron.errors import EngineUnavailableError

_TRIES = 3  # to reach a guard: one may be ending while we call
_SILENT = "the guard of the host engine does not answer"


class Link:
    """Finds or starts the guard when there is something to ask.

    `told` is called with each end record that the guard sends unasked, `lost` when the
    connection has ended without our closing it. Every question raises EngineUnavailableError
    when there is no answer to be had.
    """

    def __init__(
        self,
        data: Path,
        idle: timedelta,
        told: Callable[[Record], None],
        lost: Callable[[], None],
    ) -> None:
        self._data = data
        self._idle = idle
        self._told = told
        self._lost = lost
        self._connecting = asyncio.Lock()
        self._connection: Connection | None = None

    async def hello(self) -> Answer:
        """Return what the guard says of itself."""
        return await self._ask({"ask": "hello", "protocol": PROTOCOL})

    async def start(self, request: StartRequest) -> Record:
        """Have an execution started, and return what is true of it then."""
        return (await self._ask({"ask": "start", "request": request}))["record"]

    async def stop(self, execution_id: str) -> None:
        """Have an execution ended, if it runs."""
        await self._ask({"ask": "stop", "ids": [execution_id]})

    async def running(self, execution_ids: list[str]) -> list[Record]:
        """Return the start records of those that run."""
        return (await self._ask({"ask": "inspect", "ids": execution_ids}))["records"]

    async def join(self) -> bool:
        """Connect if there is a guard; return whether there is one."""
        async with self._connecting:
            if self._connection is None:
                self._connection = await self._reach()
            return self._connection is not None

    async def close(self) -> None:
        """Let go of the guard."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _ask(self, question: Question) -> Answer:
        connection = self._connection or await self._connect()
        try:
            return await connection.ask(question)
        except EngineUnavailableError:
            if not connection.is_lost:
                raise
        # Its guard ended, perhaps long ago and unnoticed. Every question may be asked twice.
        connection = self._connection or await self._connect()
        return await connection.ask(question)

    async def _connect(self) -> Connection:
        async with self._connecting:
            for _ in range(_TRIES):
                self._connection = self._connection or await self._reach()
                if self._connection is not None:
                    return self._connection
                await launch(self._data, self._idle)
        raise EngineUnavailableError(_SILENT)

    async def _reach(self) -> Connection | None:
        """Connect to a guard that is there, and see that it speaks our protocol."""
        connection = await Connection.open(self._data, self._told, self._ended)
        if connection is None:
            return None
        try:
            answer = await connection.ask({"ask": "hello", "protocol": PROTOCOL})
        except BaseException:
            await connection.close()
            raise
        if answer["protocol"] != PROTOCOL:
            await connection.close()
            raise EngineUnavailableError(_other_version(answer))
        return connection

    def _ended(self, connection: Connection) -> None:
        if self._connection is connection:
            self._connection = None
            self._lost()


def _other_version(answer: Answer) -> str:
    return (
        f"the guard of another version of wlcron still has {answer.get('running', 0)} executions"
        " running; new ones start when these are over"
    )
