"""The API over a store in memory and an engine that runs nothing."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import pytest

from tests.samples import HOUR, NOON
from wlcron.api.build import build_api
from wlcron.api.context import Context
from wlcron.engines.fake import FakeEngine, Script
from wlcron.service import Service, build_service
from wlcron.stores.memory import MemoryStore
from wlcron.triggers.clock import Clock

TOKEN = "sesame"  # noqa: S105 -- the tests' own
PI = """
schedule: "cron(*/10 * * * ? *)"
description:
  image: perl
  arguments: [perl, -e, "print 3"]
"""
LONG = Script(run_for=HOUR, says=b"hello\n")


@dataclass
class Api:
    """A client of the API, and the world behind it."""

    client: httpx.AsyncClient
    store: MemoryStore
    engine: FakeEngine
    service: Service
    woken: list[str]
    context: Context
    problems: dict[str, str]  # of duties
    now: datetime = NOON
    script: Script = LONG

    async def put(self, name: str = "pi", text: str = PI, **headers: str) -> httpx.Response:
        """Hand in a cron file."""
        headers = {key.replace("_", "-"): value for key, value in headers.items()}
        return await self.client.put(f"/v1/crons/{name}", content=text, headers=headers)

    async def pass_time(self, duration: timedelta = timedelta(0)) -> None:
        """Move the clock, and let the duties follow."""
        self.now += duration
        await self.service.launcher.tick(self.now)
        await self.service.launcher.drain()
        await self.service.observer.tick(self.now)


async def metrics(is_ready: bool) -> bytes:  # noqa: FBT001 -- as the context has it
    """Return what says only whether it is ready."""
    return b"wlcron_ready %d\n" % is_ready


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """Return a client that has the token."""
    store, woken, problems = MemoryStore(), list[str](), dict[str, str]()
    engine = FakeEngine(lambda _: made.script, lambda: made.now)
    service = build_service(store, engine, lambda: made.now)
    context = Context(
        store=store,
        engine=engine,
        trigger=Clock(),
        clock=lambda: made.now,
        wake=lambda *names: woken.extend(names),
        problems=lambda: problems,
        metrics=metrics,
        token=TOKEN,
        default_timeout=HOUR,
    )
    made = Api(httpx.AsyncClient(), store, engine, service, woken, context, problems)
    transport = httpx.ASGITransport(build_api(context), raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://wl", headers=headers
    ) as client:
        made.client = client
        yield made
