"""Incidents, silences and channels over HTTP."""

from dataclasses import replace

import pytest

from tests.api.conftest import Api
from tests.samples import HOUR, MINUTE, NOON, make_incident
from tests.services.alerting.conftest import Listening
from wlcron.channel import ChannelError
from wlcron.core.incident import Condition, tell
from wlcron.core.routing import Route, Routing
from wlcron.outlet import Outlet

WATCHED = """
schedule: "cron(0 12 * * ? *)"
description: {image: perl}
notifications: {failed: {severity: error}, channels: [pager]}
"""


async def test_open_incidents_are_listed_page_by_page(api: Api) -> None:
    """What is closed is not."""
    for number in range(3):
        incident = make_incident(cron_id=f"id-{number}", tellings=tell(["slack"]))
        assert await api.store.put_incident(incident)
    over = make_incident(cron_id="over", closed_at=NOON, closed_by="it is well")
    assert await api.store.put_incident(over)
    first = (await api.client.get("/v1/incidents?limit=2")).json()
    second = (
        await api.client.get("/v1/incidents", params={"limit": 2, "after": first["next"]})
    ).json()
    assert [len(page["incidents"]) for page in (first, second)] == [2, 1]
    assert second["next"] is None
    assert first["incidents"][0]["channels"][0]["channel"] == "slack"


async def test_the_history_of_a_cron_says_what_is_wrong(api: Api) -> None:
    """Of what it wants to be told."""
    cron = (await api.put(text=WATCHED)).json()["cron"]
    assert "pager" in cron["remarks"][-1]
    stored = await api.store.cron("pi")
    assert stored is not None
    incident = make_incident(cron_id=stored.id, cron_name="pi", condition=Condition.FAILED)
    assert await api.store.put_incident(incident)
    history = (await api.client.get("/v1/crons/pi/executions")).json()
    assert [each["condition"] for each in history["incidents"]] == ["failed"]


async def test_a_channel_that_is_known_has_no_remark(api: Api) -> None:
    """Only those that nobody has configured."""
    context = replace(api.context, routing=Routing((Route(channel="pager"),)))
    await api.put(text=WATCHED)
    cron = await api.store.cron("pi")
    assert cron is not None
    assert context.desk.check(cron.definition).remarks == ()


async def test_a_silence_is_made_listed_and_ended(api: Api) -> None:
    """By the beginning of its id; one that is over is listed no more."""
    await api.put()
    made = await api.client.post("/v1/silences", json={"cron": "pi", "for": 3600, "reason": "x"})
    assert made.status_code == 201
    silence = made.json()
    assert (silence["cron"], silence["reason"]) == ("pi", "x")
    listed = (await api.client.get("/v1/silences")).json()["silences"]
    assert [each["id"] for each in listed] == [silence["id"]]
    answer = await api.client.delete(f"/v1/silences/{silence['id'][:8]}")
    assert answer.status_code == 200
    assert "teller" in api.woken
    assert (await api.client.get("/v1/silences")).json()["silences"] == []
    assert (await api.client.delete(f"/v1/silences/{silence['id']}")).status_code == 404
    await api.client.post("/v1/silences", json={"labels": {"team": "pay"}, "for": 60})
    api.now += 2 * MINUTE
    assert (await api.client.get("/v1/silences")).json()["silences"] == []


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"cron": "none", "for": 60}, 404),
        ({"for": 0}, 422),
        ({"for": 1e12}, 422),
        ({}, 422),
        ({"for": 60, "until": "tomorrow"}, 422),
    ],
)
async def test_a_silence_that_cannot_be_is_refused(
    api: Api, asked: dict[str, object], status: int
) -> None:
    """With a problem that says what is wrong."""
    answer = await api.client.post("/v1/silences", json=asked)
    assert answer.status_code == status
    assert answer.json()["detail"]


async def test_a_channel_is_tested_and_says_how_it_does(api: Api) -> None:
    """With the vendor's answer, or what was wrong; one that is not there is named."""
    slack = Listening()
    api.context.outlets["slack"] = Outlet(slack, lambda: api.now)  # type: ignore[index]  # a dictionary, which the routes only read
    answer = await api.client.post("/v1/channels/slack/test")
    assert answer.json() == {"channel": "slack", "answer": "ok"}
    assert slack.heard[0].is_test
    api.now += HOUR
    slack.refusal = ChannelError("403 invalid_token: make a new webhook", is_permanent=True)
    assert not await says_bad(api)
    refused = await api.client.post("/v1/channels/slack/test")
    assert "invalid_token" in (await says_bad(api))[0]
    assert refused.status_code == 422
    assert "invalid_token" in refused.json()["detail"]
    (shown,) = (await api.client.get("/v1/channels")).json()["channels"]
    assert (shown["name"], shown["answer"]) == ("slack", "ok")
    assert "invalid_token" in shown["problem"]
    assert (await api.client.post("/v1/channels/pager/test")).status_code == 404


async def says_bad(api: Api) -> list[str]:
    """Return what the doctor finds wrong with channels and monitors."""
    findings = (await api.client.get("/v1/doctor")).json()["findings"]
    of_alerts = ("channel ", "monitor ")
    return [
        each["says"]
        for each in findings
        if not each["good"] and each["subject"].startswith(of_alerts)
    ]


async def test_the_end_of_a_silence_frees_what_it_held(api: Api) -> None:
    """What is open, and an end that somebody waits for; however much else is to be told."""
    for number in range(1000):
        other = make_incident(cron_id=f"other-{number}", due_at=NOON + MINUTE)
        assert await api.store.put_incident(other)
    held = make_incident(cron_id="open", is_held=True, due_at=NOON + HOUR)
    waiting = make_incident(
        cron_id="closed", is_held=True, due_at=NOON + HOUR, closed_at=NOON, closed_by="well"
    )
    for incident in (held, waiting):
        assert await api.store.put_incident(incident)
    made = await api.client.post("/v1/silences", json={"for": 3600})
    assert await api.store.untold_incidents(NOON, 10) == []
    await api.client.delete(f"/v1/silences/{made.json()['id']}")
    assert len(await api.store.untold_incidents(NOON, 10)) == 2
