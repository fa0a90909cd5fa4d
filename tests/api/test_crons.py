"""/v1/crons."""

import pytest

from tests.api.conftest import PI, Api
from tests.samples import HOUR, MINUTE, NOON, make_cron


async def test_a_cron_file_becomes_a_cron_that_is_due_in_the_future(api: Api) -> None:
    """Promise 9: it begins strictly in the future."""
    answer = await api.put()
    assert answer.status_code == 201
    cron = answer.json()["cron"]
    assert answer.json()["outcome"] == "created"
    assert cron["next_due"] == "2026-11-23T12:10:00Z"
    assert cron["explanation"]
    assert cron["source"] == PI
    assert api.woken == ["scheduler", "launcher", "registrar"]


async def test_the_same_file_again_changes_nothing(api: Api) -> None:
    """Applying is idempotent."""
    await api.put()
    again = await api.put()
    assert (again.status_code, again.json()["outcome"]) == (200, "unchanged")
    assert again.json()["cron"]["version"] == 1


async def test_a_changed_file_makes_a_new_version_and_says_what_changed(api: Api) -> None:
    """A changed schedule begins strictly in the future."""
    await api.put()
    changed = await api.put(text=PI.replace("*/10", "0"))
    assert changed.json()["outcome"] == "updated"
    assert changed.json()["cron"]["version"] == 2
    assert changed.json()["cron"]["next_due"] == "2026-11-23T13:00:00Z"
    assert len(changed.json()["changes"]) == 1


async def test_an_edit_keeps_the_slot_that_was_already_due(api: Api) -> None:
    """No slot is lost to an edit that comes in before the scheduler does."""
    await api.put()
    api.now = NOON + 10 * MINUTE
    await api.put(text=PI.replace("*/10", "0"))
    history = await api.client.get("/v1/crons/pi/executions")
    assert [row["slot"] for row in history.json()["executions"]] == ["2026-11-23T12:10:00Z"]


async def test_create_only_refuses_a_name_that_exists(api: Api) -> None:
    """`create` never overwrites."""
    await api.put()
    answer = await api.put(if_none_match="*")
    assert answer.status_code == 412
    assert "exists already" in answer.json()["detail"]


async def test_a_dry_run_saves_nothing(api: Api) -> None:
    """It says what would be."""
    answer = await api.client.put("/v1/crons/pi?dry_run=true", content=PI)
    assert answer.json()["outcome"] == "created"
    assert (await api.client.get("/v1/crons/pi")).status_code == 404


@pytest.mark.parametrize(
    ("name", "text", "status", "says"),
    [
        ("pi", "schedule: [", 422, "cron.yaml:"),
        ("pi", "schedul: x\n", 422, "schedule"),
        ("pi", PI + "---" + PI, 409, "2 crons"),
        ("pi", "name: tau\n" + PI.lstrip(), 409, "named tau"),
        ("Pi", PI, 422, "cannot be a name"),
        ("a%2Fb", PI, 404, "nothing at"),
        ("%00", PI, 400, "holds a NUL character"),
        ("<script>", PI, 422, "cannot be a name"),
        ("pi", "x" * (1024 * 1024 + 1), 413, "1024 KiB"),
        ("pi", "\xff\x00", 422, "cron.yaml"),
    ],
)
async def test_what_cannot_be_taken_is_refused_in_one_sentence(
    api: Api, name: str, text: str, status: int, says: str
) -> None:
    """Nothing that is sent leads to a traceback."""
    answer = await api.client.put(
        f"/v1/crons/{name}", content=text.encode(), headers={"X-Wlcron-Origin": "cron.yaml"}
    )
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.json()["detail"]


async def test_crons_are_listed_by_name_in_pages(api: Api) -> None:
    """`next` leads to the following page."""
    for name in ("c", "a", "b"):
        await api.put(name)
    first = (await api.client.get("/v1/crons?limit=2")).json()
    second = (await api.client.get(f"/v1/crons?limit=2&after={first['next']}")).json()
    assert [cron["name"] for cron in first["crons"]] == ["a", "b"]
    assert [cron["name"] for cron in second["crons"]] == ["c"]
    assert second["next"] is None


async def test_a_pause_is_shown_while_it_holds(api: Api) -> None:
    """Pause, resume: the cron says where it stands."""
    await api.put()
    paused = await api.client.post("/v1/crons/pi/pause", json={"for": 60, "reason": "moving"})
    assert paused.json()["paused"] == {
        "since": "2026-11-23T12:00:00Z",
        "until": "2026-11-23T12:01:00Z",
        "reason": "moving",
    }
    api.woken.clear()
    resumed = await api.client.post("/v1/crons/pi/resume")
    assert resumed.json()["paused"] is None
    assert "scheduler" in api.woken


async def test_a_time_zone_that_left_the_machine_is_remarked_where_the_cron_is_shown(
    api: Api,
) -> None:
    """One cron that cannot be read hides neither itself nor the others."""
    await api.store.put_cron(make_cron("lost", timezone="Mars/Olympus"))
    await api.put()
    lost, pi = (await api.client.get("/v1/crons")).json()["crons"]
    assert (lost["name"], pi["name"]) == ("lost", "pi")
    assert "Mars/Olympus" in lost["explanation"]
    assert lost["remarks"] == [lost["explanation"]]
    assert (await api.client.get("/v1/crons/lost")).status_code == 200


async def test_a_bad_pause_is_refused(api: Api) -> None:
    """A negative time is nobody's pause."""
    await api.put()
    answer = await api.client.post("/v1/crons/pi/pause", json={"for": -1})
    assert answer.status_code == 422
    assert "for" in answer.json()["detail"]


async def test_a_deleted_cron_is_gone_and_what_runs_of_it_is_stopped(api: Api) -> None:
    """Nothing runs on for a cron that is no more."""
    await api.put()
    run = (await api.client.post("/v1/crons/pi/executions")).json()
    await api.pass_time()
    api.woken.clear()
    assert (await api.client.delete("/v1/crons/pi")).status_code == 200
    assert "observer" in api.woken
    assert (await api.client.get("/v1/crons/pi")).status_code == 404
    row = await api.store.execution(run["id"])
    assert row is not None
    assert (row.stop_asked_at, row.stop_reason) == (NOON, "its cron was deleted")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/crons/none"),
        ("DELETE", "/v1/crons/none"),
        ("POST", "/v1/crons/none/pause"),
        ("POST", "/v1/crons/none/executions"),
        ("GET", "/v1/crons/none/executions"),
    ],
)
async def test_a_name_that_does_not_exist_is_said(api: Api, method: str, path: str) -> None:
    """404 with the name and what shows the others."""
    answer = await api.client.request(method, path)
    assert answer.status_code == 404
    assert "no cron named none" in answer.json()["detail"]


async def test_a_body_that_is_no_json_is_told_what_it_has_to_be(api: Api) -> None:
    """As curl sends it by default, for example."""
    await api.put()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await api.client.post("/v1/crons/pi/pause", content='{"for": 60}', headers=form)
    assert answer.status_code == 422
    assert answer.json()["detail"] == (
        "the body has to be a JSON object, sent with Content-Type: application/json"
    )


async def test_a_pause_that_is_prolonged_covers_the_slots_of_the_first_one(api: Api) -> None:
    """Pausing again fires nothing."""
    await api.put()
    await api.client.post("/v1/crons/pi/pause", json={"for": 3600})
    api.now = NOON + 10 * MINUTE
    again = await api.client.post("/v1/crons/pi/pause", json={"for": 3600})
    assert again.json()["paused"]["since"] == "2026-11-23T12:00:00Z"
    history = (await api.client.get("/v1/crons/pi/executions")).json()["executions"]
    assert [row["status"] for row in history] == ["SKIPPED"]


async def test_a_name_is_free_again_when_nothing_of_it_runs(api: Api) -> None:
    """Promise 2 outlives the deletion of a cron."""
    await api.put()
    await api.client.post("/v1/crons/pi/executions")
    await api.pass_time()
    await api.client.delete("/v1/crons/pi")
    refused = await api.put()
    assert (refused.status_code, "still being ended" in refused.json()["detail"]) == (409, True)
    await api.pass_time(MINUTE)
    await api.pass_time(HOUR)
    assert (await api.put()).status_code == 201
