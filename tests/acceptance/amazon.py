"""The real program over AWS, as the laboratory stands in for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from tests.acceptance.program import Server
from tests.acceptance.user import PATIENCE
from tests.aws_lab.account import prepare_account, subscribe
from tests.aws_lab.process import Lab
from tests.conftest import eventually


@asynccontextmanager
async def an_aws_server(home: Path, lab: Lab, trigger: str = "scheduler") -> AsyncIterator[Server]:
    """Yield a server that runs in an account of its own, and hears of slots by SNS."""
    instance = f"t{uuid4().hex[:8]}"
    variables = await asyncio.to_thread(prepare_account, lab, instance, trigger)
    made = Server(home / "data", home, engine="ecs", preload=variables)
    try:
        await made.start()
        await asyncio.to_thread(subscribe, lab, variables["WL_AWS_TOPIC"], made.url)
        await eventually(lambda: "subscription confirmed" in made.log, within=PATIENCE)
        yield made
    finally:
        await made.kill()
    assert "Traceback" not in made.log
