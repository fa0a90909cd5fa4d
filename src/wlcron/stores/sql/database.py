"""The threads and connections of a database: many that read, one that writes."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import sqlalchemy as sa

from wlcron.errors import StoreError
from wlcron.stores.sql.faults import as_store_error
from wlcron.stores.sql.writer import Writer

T = TypeVar("T")
READERS = 4


class Database:
    """Runs functions of a connection in threads, and tells errors of the database in words."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._closed = False
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._writer = Writer(engine.execution_options(writes=True))

    async def read(self, work: Callable[[sa.Connection], T]) -> T:
        """Return what a function that only reads returns; it sees one state of the database."""
        self._check()
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Return what a function that writes returned, once that is committed durably."""
        self._check()
        return await self._writer.run(work)

    async def close(self) -> None:
        """Finish what was begun and let go of all connections."""
        if self._closed:
            return
        self._closed = True
        await self._writer.close()
        await asyncio.to_thread(self._readers.shutdown)
        self._engine.dispose()

    def _check(self) -> None:
        if self._closed:
            raise StoreError("the database was closed: start the server again")

    def _read(self, work: Callable[[sa.Connection], T]) -> T:
        try:
            with self._engine.connect() as connection:
                return work(connection)
        except Exception as error:
            raise as_store_error(error, self._engine.url) from error
