"""One connection to a guard, and the task that reads from it."""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Self

from wlcron.engines.host.protocol import (
    LONGEST_LINE,
    Answer,
    Question,
    Record,
    encode,
    open_directory,
    read_answer,
    socket_address,
)
from wlcron.errors import EngineUnavailableError

_PATIENCE = 30.0  # seconds for an answer
_SILENT = "the guard of the host engine does not answer"
_LOST = "the connection to the guard of the host engine was lost"


class Connection:
    """Asks questions without waiting for the answers to earlier ones.

    `told` is called with what the guard says unasked, `ended` when the connection has ended.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        told: Callable[[Record], None],
        ended: Callable[["Connection"], None],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._told = told
        self._ended = ended
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[Answer]] = {}
        self.is_lost = False
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def open(
        cls, data: Path, told: Callable[[Record], None], ended: Callable[["Connection"], None]
    ) -> Self | None:
        """Connect to the guard of a data directory; None: there is none."""
        try:
            reader, writer = await _open(data)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except OSError as error:
            raise EngineUnavailableError(f"{_SILENT}: {error.strerror}") from error
        return cls(reader, writer, told, ended)

    async def ask(self, question: Question) -> Answer:
        """Return the guard's answer; raises EngineUnavailableError where it can give none."""
        if self.is_lost:
            raise EngineUnavailableError(_LOST)
        number = next(self._numbers)
        future = asyncio.get_running_loop().create_future()
        self._answers[number] = future
        try:
            self._writer.write(encode({**question, "n": number}))
            async with asyncio.timeout(_PATIENCE):
                answer: Answer = await future
        except TimeoutError as error:
            raise EngineUnavailableError(_SILENT) from error
        finally:
            del self._answers[number]
        if "unavailable" in answer:
            raise EngineUnavailableError(answer["unavailable"])
        return answer

    async def close(self) -> None:
        """Close the connection and wait until nothing reads from it."""
        self._reading.cancel()
        with suppress(asyncio.CancelledError):
            await self._reading

    async def _read(self) -> None:
        try:
            async for line in self._reader:
                self._take(read_answer(line))
        except (OSError, ValueError):  # torn off, or nothing that a guard says
            pass
        finally:
            self.is_lost = True
            self._fail_all()
            self._ended(self)
            self._writer.close()
            with suppress(OSError):
                await self._writer.wait_closed()

    def _take(self, answer: Answer) -> None:
        if "n" not in answer:
            self._told(answer["record"])
        elif (future := self._answers.get(answer["n"])) is not None and not future.done():
            future.set_result(answer)

    def _fail_all(self) -> None:
        for future in self._answers.values():
            if not future.done():
                future.set_exception(EngineUnavailableError(_LOST))


async def _open(data: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    directory = open_directory(data)
    try:
        address = socket_address(directory)
        return await asyncio.open_unix_connection(address, limit=LONGEST_LINE)
    finally:
        os.close(directory)
