"""/v1/executions and the executions of a cron."""

import asyncio
import json

import pytest

from tests.api.conftest import Api
from tests.samples import HOUR, MINUTE, NOON
from wlcron.core.execution import Overrides
from wlcron.engines.fake import Script


async def run(api: Api, **headers: str) -> dict[str, object]:
    """Ask for an execution now."""
    answer = await api.client.post("/v1/crons/pi/executions", headers=headers)
    row: dict[str, object] = answer.json()
    return row


async def test_run_now_makes_a_manual_slot(api: Api) -> None:
    """It is on record before it is answered."""
    await api.put()
    row = await run(api)
    assert (row["status"], row["manual"]) == ("PENDING", True)
    assert "launcher" in api.woken


async def test_the_same_key_runs_once(api: Api) -> None:
    """A client that sends again after a broken connection starts nothing twice."""
    await api.put()
    first = await run(api, **{"Idempotency-Key": "k"})
    again = await api.client.post("/v1/crons/pi/executions", headers={"Idempotency-Key": "k"})
    assert (again.status_code, again.json()["id"]) == (200, first["id"])


async def test_a_second_run_while_one_is_active_is_skipped_and_says_so(api: Api) -> None:
    """Promise 2 holds for people, too."""
    await api.put()
    first = await run(api)
    api.now += MINUTE
    second = await run(api)
    assert second["status"] == "SKIPPED"
    assert str(first["id"])[:8] in str(second["reason"])
    cron = (await api.client.get("/v1/crons/pi")).json()
    assert (cron["status"], cron["active"]["id"]) == ("PENDING", first["id"])


async def test_history_comes_newest_first_in_pages(api: Api) -> None:
    """`next` leads to older ones, and none is left out."""
    await api.put()
    api.script = Script()
    for _ in range(5):
        await run(api)
        await api.pass_time(MINUTE)
        await api.pass_time(MINUTE)
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await api.client.get(f"/v1/crons/pi/executions?limit=2{cursor}")).json()
        seen += [row["slot"] for row in page["executions"]]
        if page["next"] is None:
            break
        cursor = f"&before={page['next'].replace('+', '%2B')}"
    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)


async def test_history_says_how_its_cron_stands(api: Api) -> None:
    """So one request is all that `wl cron status` needs."""
    await api.put()
    row = await run(api)
    page = (await api.client.get("/v1/crons/pi/executions")).json()
    (listed,) = (await api.client.get("/v1/crons")).json()["crons"]
    assert page["cron"] == listed
    assert (page["cron"]["status"], page["cron"]["active"]["id"]) == ("PENDING", row["id"])


async def test_an_execution_is_found_by_a_unique_beginning_of_its_id(api: Api) -> None:
    """Nobody types 36 characters."""
    await api.put()
    row = await run(api)
    answer = await api.client.get(f"/v1/executions/{str(row['id'])[:8]}")
    assert answer.json()["id"] == row["id"]
    assert (await api.client.get("/v1/executions/zzz")).status_code == 404


async def test_waiting_answers_when_it_is_over(api: Api) -> None:
    """The long poll ends with the execution."""
    await api.put()
    api.script = Script()
    row = await run(api)
    await api.pass_time()
    await api.pass_time(MINUTE)
    answer = await api.client.get(f"/v1/executions/{row['id']}?wait=1")
    assert answer.json()["status"] == "SUCCESS"


async def test_stop_is_asked_for_once_it_is_over_it_is_refused(api: Api) -> None:
    """A stop is written down at once; an end cannot be stopped."""
    await api.put()
    row = await run(api)
    await api.pass_time()
    asked = await api.client.post(f"/v1/executions/{row['id']}/stop", json={"reason": "enough"})
    assert (asked.status_code, asked.json()["stop_asked_at"] is not None) == (202, True)
    assert "observer" in api.woken
    await api.pass_time(HOUR)
    again = await api.client.post(f"/v1/executions/{row['id']}/stop")
    assert again.status_code == 409


async def test_logs_come_as_they_were_written(api: Api) -> None:
    """Byte for byte."""
    await api.put()
    row = await run(api)
    await api.pass_time()
    answer = await api.client.get(f"/v1/executions/{row['id']}/logs")
    assert answer.content == b"hello\n"


async def test_a_log_that_another_server_has_is_not_shown_as_empty(api: Api) -> None:
    """Several servers on one database have a data directory each; the answer says whose it is."""
    await api.put()
    row = await run(api)
    await api.store.claim(NOON, MINUTE, 1, "host:elsewhere")
    answer = await api.client.get(f"/v1/executions/{row['id']}/logs")
    assert answer.status_code == 409
    assert "host:elsewhere" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/crons/pi/executions?limit=0",
        "/v1/crons/pi/executions?limit=x",
        "/v1/crons/pi/executions?before=yesterday",
        "/v1/executions/x?wait=61",
    ],
)
async def test_bad_parameters_are_refused_with_their_name(api: Api, path: str) -> None:
    """What was wrong is said in one sentence."""
    await api.put()
    answer = await api.client.get(path)
    assert answer.status_code == 422
    assert answer.json()["detail"]


async def test_a_slot_is_given_back_with_microseconds_in_utc(api: Api) -> None:
    """Instants are UTC wherever they go."""
    await api.put()
    row = await run(api)
    assert row["slot"] == f"{NOON:%Y-%m-%dT%H:%M:%S}Z"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"env": {"A": "\udcff"}}, "env"),
        ({"env": {"A": "\0"}}, "env"),
        ({"env": {"WL_SLOT": "x"}}, "set by the service"),
        ({"env": {"": "x"}}, "env"),
        ({"arguments": ["\0"]}, "arguments"),
        ({"arguments": []}, "arguments"),
        ({"argument": ["x"]}, "argument"),
    ],
)
async def test_what_one_execution_is_given_goes_by_the_rules_of_the_cron_file(
    api: Api, body: dict[str, object], says: str
) -> None:
    """What could not stand in a file cannot come in by a request."""
    await api.put()
    answer = await api.client.post(
        "/v1/crons/pi/executions",
        content=json.dumps(body),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422
    assert says in answer.json()["detail"]


async def test_overrides_reach_the_execution(api: Api) -> None:
    """They are kept with it."""
    await api.put()
    body = {"arguments": ["echo", "1"], "env": {"A": "b"}}
    row = (await api.client.post("/v1/crons/pi/executions", json=body)).json()
    execution = await api.store.execution(row["id"])
    assert execution is not None
    assert execution.overrides == Overrides(arguments=("echo", "1"), env={"A": "b"})


async def test_requests_that_come_at_once_are_all_answered(api: Api) -> None:
    """One runs, the others are SKIPPED; nobody is told to try again."""
    await api.put()
    requests = [api.client.post("/v1/crons/pi/executions") for _ in range(9)]
    answers = await asyncio.gather(*requests)
    assert [answer.status_code for answer in answers] == [201] * 9
    statuses = sorted(answer.json()["status"] for answer in answers)
    assert statuses == ["PENDING", *["SKIPPED"] * 8]
