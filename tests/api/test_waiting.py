"""Waiting for an execution to get on."""

import asyncio
from dataclasses import replace
from itertools import accumulate, takewhile

import pytest

from tests.api.conftest import Api
from wlcron.api.waiting import log_of, pauses, wait_for
from wlcron.core.execution import Execution
from wlcron.errors import NotFoundError


async def begun(api: Api) -> Execution:
    """Return an execution that waits for its start."""
    await api.put()
    row = (await api.client.post("/v1/crons/pi/executions")).json()
    execution = await api.store.execution(row["id"])
    assert execution is not None
    return execution


def test_many_who_wait_for_long_cost_little() -> None:
    """The first look comes soon, and in a minute there are hardly more than sixty."""
    assert next(pauses()) <= 0.05
    assert len(list(takewhile(lambda seconds: seconds < 60, accumulate(pauses())))) < 70


async def test_the_log_of_what_is_not_started_yet_is_waited_for(api: Api) -> None:
    """`wl cron logs -f` right after `wl cron run` shows all of it."""
    execution = await begun(api)
    chunks = log_of(api.context, execution, follow=True)
    first = asyncio.create_task(anext(chunks, b"nothing"))
    await asyncio.sleep(0)  # it looks for the first time, before the start
    await api.pass_time()
    async with asyncio.timeout(30):
        assert await first == b"hello\n"


async def test_what_never_ran_wrote_nothing(api: Api) -> None:
    """It was stopped before its start, so its log ends without a word."""
    execution = await begun(api)
    path = f"/v1/executions/{execution.id}"
    logs = asyncio.create_task(api.client.get(f"{path}/logs?follow=true"))
    await api.client.post(f"{path}/stop")
    await api.pass_time()
    async with asyncio.timeout(30):
        answer = await logs
    assert (answer.status_code, answer.content) == (200, b"")


async def test_nobody_waits_for_a_row_that_is_gone(api: Api) -> None:
    """It may be deleted with its cron."""
    gone = replace(await begun(api), id="0" * 36)
    with pytest.raises(NotFoundError, match="forgotten"):
        await wait_for(api.context, gone, lambda row: row.is_final)


async def test_a_server_that_stops_waits_no_longer(api: Api) -> None:
    """Whoever waits is answered with the row as it is."""
    execution = await begun(api)
    waiting = asyncio.create_task(wait_for(api.context, execution, lambda row: row.is_final))
    await asyncio.sleep(0)
    api.context.stopping.set()
    async with asyncio.timeout(30):
        assert await waiting == execution
