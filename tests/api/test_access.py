"""Who may ask, and how errors look."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest

from tests.api.conftest import TOKEN, Api
from wlcron.api.build import build_api
from wlcron.stores.memory import MemoryStore

MOMENT = timedelta(milliseconds=10)


@pytest.mark.parametrize(
    "token",
    [b"", b"Bearer wrong", b"Bearer ", b"Basic c2VzYW1l", "Bearer é".encode(), b"Bearer \xff"],
)
@pytest.mark.parametrize(
    "path",
    [
        "/v1/crons",
        "/v1/executions/x",
        "/metrics",
        "/v1/doctor",
        "/openapi.json",
        "/healthz/",
        "/v2",
    ],
)
async def test_without_the_token_nothing_is_told(api: Api, token: bytes, path: str) -> None:
    """Every route but health wants it, and nothing else tells which routes there are."""
    answer = await api.client.get(path, headers=[(b"Authorization", token)])
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "WL_TOKEN" in answer.json()["detail"]


async def test_without_the_token_no_body_is_read(api: Api) -> None:
    """A stranger must not fill the memory of the server."""
    read = []

    async def body() -> AsyncIterator[bytes]:
        read.append("a part")
        yield b"x"

    answer = await api.client.put("/v1/crons/pi", content=body(), headers={"Authorization": ""})
    assert (answer.status_code, read) == (401, [])


async def test_health_needs_no_token(api: Api) -> None:
    """A load balancer has none."""
    for path in ("/healthz", "/readyz"):
        answer = await api.client.get(path, headers={"Authorization": ""})
        assert answer.status_code == 200


async def test_what_fails_is_named_to_everybody_and_told_to_who_has_the_token(api: Api) -> None:
    """A sentence about a failure may hold paths and addresses."""
    api.problems["observer"] = "observer failed: no such file: /srv/wl/key"
    answer = await api.client.get("/readyz", headers={"Authorization": ""})
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "problems": ["observer"]})
    told = (await api.client.get("/v1/doctor")).json()["findings"][-1]
    assert told == {"good": False, "subject": "observer", "says": api.problems["observer"]}


class Hanging(MemoryStore):
    """A store that never answers."""

    async def next_due(self) -> datetime | None:
        """Hang."""
        await asyncio.Event().wait()
        return None


async def test_a_store_that_does_not_answer_is_not_waited_for(api: Api) -> None:
    """Whoever asks is told within seconds that this is what is wrong, by every route alike."""
    context = replace(api.context, store=Hanging(), store_within=MOMENT)
    transport = httpx.ASGITransport(build_api(context))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://wl", headers=headers
    ) as client:
        ready, metrics = await client.get("/readyz"), await client.get("/metrics")
        doctor = await client.get("/v1/doctor")
    assert (ready.status_code, ready.json()["problems"]) == (503, ["store"])
    assert metrics.content == b"wlcron_ready 0\n"
    assert doctor.json()["findings"][-1]["says"] == "the database did not answer within 0.01 s"


async def test_metrics_and_doctor_answer(api: Api) -> None:
    """What the machine can do, and counters."""
    assert (await api.client.get("/metrics")).content == b"wlcron_ready 1\n"
    assert (await api.client.get("/v1/doctor")).json()["findings"][0]["good"]


async def test_an_unknown_path_is_a_problem_document(api: Api) -> None:
    """RFC 9457, everywhere."""
    answer = await api.client.get("/v2")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == ("there is nothing at /v2; /openapi.json lists what there is")
    wrong = await api.client.patch("/v1/crons")
    assert (wrong.status_code, wrong.json()["detail"]) == (
        405,
        "PATCH is not possible at /v1/crons",
    )
    assert wrong.headers["allow"] == "GET"  # RFC 9110, 15.5.6


async def test_the_interface_describes_itself(api: Api) -> None:
    """OpenAPI lists every route."""
    paths = (await api.client.get("/openapi.json")).json()["paths"]
    assert paths["/v1/crons/{name}/executions"]["get"]["security"] == [{"HTTPBearer": []}]
