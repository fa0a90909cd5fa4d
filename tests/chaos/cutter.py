"""Carries connections from a server to whom it talks with, until they are cut."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(slots=True)
class Cutter:
    """Goes between; what is under way is lost where it is cut."""

    reach: Callable[[], Awaitable[Ends]]
    is_closed: bool = False  # nobody gets through
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> int:
        """Break off all connections, in the middle of a word; return how many there were."""
        count = len(self._ends) // 2
        for end in self._ends:
            end.transport.abort()
        return count

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        there: Ends | None = None
        with suppress(OSError):  # nobody is there
            there = None if self.is_closed else await self.reach()
        if there is None:
            writer.transport.abort()
            return
        ends = {writer, there[1]}
        self._ends |= ends
        await asyncio.gather(_pump(reader, there[1]), _pump(there[0], writer))
        self._ends -= ends


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):  # it was cut
        while some := await reader.read(65536):
            writer.write(some)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def before_docker(docker_host: str) -> AsyncIterator[tuple[Cutter, str]]:
    """Yield what goes between a server and a daemon, and the address that the server is given."""
    address = urlsplit(docker_host)

    async def reach() -> Ends:
        if address.scheme == "unix":
            return await asyncio.open_unix_connection(address.path)
        return await asyncio.open_connection(address.hostname, address.port)

    cutter = Cutter(reach)
    server = await asyncio.start_server(cutter.carry, "127.0.0.1", 0)
    async with server:
        yield cutter, f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        cutter.cut()


@asynccontextmanager
async def before_guard(data: Path) -> AsyncIterator[Cutter]:
    """Yield what goes between the servers that come and the guard that is there already."""
    folder = os.open(data, os.O_PATH | os.O_DIRECTORY)
    place = f"/proc/self/fd/{folder}"  # an address has 107 bytes at most
    (data / "guard.sock").rename(data / "guard.real")
    cutter = Cutter(lambda: asyncio.open_unix_connection(f"{place}/guard.real"))
    server = await asyncio.start_unix_server(cutter.carry, f"{place}/guard.sock")
    async with server:
        yield cutter
        cutter.cut()
    os.close(folder)
