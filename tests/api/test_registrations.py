"""What is made for crons outside: marked with every write, waited for a moment, told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from tests.api.conftest import PI, TOKEN, Api
from tests.conftest import eventually
from tests.test_reconcile import Surveyed
from wlcron.api.build import build_api
from wlcron.core.cron import Definition, Registration
from wlcron.engine import Finding, Verdict
from wlcron.errors import RefusedError, RegistryUnavailableError
from wlcron.services.registrar import Registrar
from wlcron.triggers.clock import Clock

PARTS = {"listed": "arn:listed:pi"}
SETTLED = {"settled": True, "leaving": False, "parts": PARTS, "problem": ""}


class NotWeekly(Clock):
    """A trigger that cannot say everything."""

    def check(self, definition: Definition) -> Verdict:
        """Refuse one schedule, and remark on the others."""
        if definition.schedule == "@weekly":
            return Verdict(refusals=("no week is known here: use days",))
        return Verdict(remarks=("the trigger is slow",))

    async def doctor(self) -> list[Finding]:
        """Say something."""
        return [Finding(good=True, subject="trigger", says="is slow")]


@pytest.fixture
def registry() -> Surveyed:
    """Return where something is made for each cron."""
    return Surveyed()


@pytest.fixture
async def outside(api: Api, registry: Surveyed) -> AsyncIterator[Api]:
    """Return an API with a registry; its registrar works as soon as it is woken."""
    registrar, one_by_one = Registrar(api.store, [registry]), asyncio.Lock()
    ticks: list[asyncio.Task[None]] = []

    async def tick() -> None:
        async with one_by_one:  # as the runner calls it
            await registrar.tick(api.now)

    def wake(*names: str) -> None:
        if "registrar" in names:
            ticks.append(asyncio.create_task(tick()))

    context = replace(api.context, registries=[registry], trigger=NotWeekly(), wake=wake)
    transport = httpx.ASGITransport(build_api(context), raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://wl", headers=headers
    ) as client:
        api.client, api.context = client, context
        yield api
    await asyncio.gather(*ticks)


async def stored(api: Api, name: str = "pi") -> Registration:
    """Return a cron's registration as it is stored."""
    cron = await api.store.cron(name)
    assert cron is not None
    assert cron.registration is not None
    return cron.registration


async def test_what_was_made_is_in_the_answer(outside: Api, registry: Surveyed) -> None:
    """The request waits a moment for it."""
    answer = await outside.put()
    assert answer.json()["cron"]["registration"] == SETTLED
    assert list(registry.made) == ["pi"]
    assert (await outside.client.get("/v1/crons/pi")).json()["registration"] == SETTLED


async def test_what_could_not_be_made_is_said_with_the_reason(
    outside: Api, registry: Surveyed
) -> None:
    """The cron is there nevertheless, and its slots are planned without it."""
    registry.fails["pi"] = RegistryUnavailableError("AWS does not answer")
    answer = await outside.put()
    assert answer.status_code == 201
    cron = answer.json()["cron"]
    assert cron["registration"]["settled"] is False
    assert "what it needs outside is not made yet: AWS does not answer" in cron["remarks"]
    assert cron["next_due"] is not None


async def test_every_write_is_followed(outside: Api, registry: Surveyed) -> None:
    """An edit, a pause, a resumption: what was made is known all the while."""
    await outside.put()
    await outside.put(text=PI.replace("*/10", "0"))
    assert registry.made["pi"].version == 2
    await outside.client.post("/v1/crons/pi/pause")
    assert (await stored(outside)).parts == PARTS
    await eventually(lambda: registry.made["pi"].pause is not None)
    await outside.client.post("/v1/crons/pi/resume")
    assert (await stored(outside)).parts == PARTS


async def test_a_dry_run_and_the_same_file_again_make_nothing(
    outside: Api, registry: Surveyed
) -> None:
    """Nothing was written."""
    await outside.client.put("/v1/crons/pi?dry_run=true", content=PI)
    assert registry.asked == []
    await outside.put()
    await outside.put()
    assert registry.asked == ["+listed pi"]


async def test_what_the_trigger_cannot_say_is_refused(outside: Api) -> None:
    """With its reason and remedy; what it remarks on is remarked."""
    refused = await outside.put(text=PI.replace("cron(*/10 * * * ? *)", "@weekly"))
    assert refused.status_code == 422
    assert refused.json()["detail"] == "pi cannot run here: no week is known here: use days"
    assert "the trigger is slow" in (await outside.put()).json()["cron"]["remarks"]


async def test_a_deleted_cron_goes_with_what_was_made_for_it(
    outside: Api, registry: Surveyed
) -> None:
    """The request waits a moment for that, too."""
    await outside.put()
    answer = await outside.client.delete("/v1/crons/pi")
    assert (answer.status_code, answer.json()["cron"]["registration"]) == (200, None)
    assert registry.made == {}
    assert (await outside.client.get("/v1/crons/pi")).status_code == 404


async def test_a_cron_that_leaves_is_there_until_it_is_gone(
    outside: Api, registry: Surveyed
) -> None:
    """Never due again, neither run nor edited; deleting it again is no error."""
    await outside.put()
    registry.fails["pi"] = RegistryUnavailableError("AWS does not answer")
    leaving = (await outside.client.delete("/v1/crons/pi")).json()["cron"]
    assert leaving["next_due"] is None
    assert "it is being deleted: AWS does not answer" in leaving["remarks"]
    assert leaving["registration"]["parts"] == PARTS
    for method, path in (
        ("PUT", ""),
        ("POST", "/pause"),
        ("POST", "/resume"),
        ("POST", "/executions"),
    ):
        answer = await outside.client.request(
            method, f"/v1/crons/pi{path}", content=PI * (not path)
        )
        assert (answer.status_code, "is being deleted" in answer.text) == (409, True), path
    assert (await outside.client.get("/v1/crons/pi")).status_code == 200
    assert (await outside.client.delete("/v1/crons/pi")).status_code == 200
    assert (await stored(outside)).leaving


async def test_a_cron_from_before_there_were_registries_is_deleted_at_once(
    api: Api, outside: Api, registry: Surveyed
) -> None:
    """Nothing was ever made for it."""
    del outside
    plain = replace(api.context, registries=[])
    transport = httpx.ASGITransport(build_api(plain), raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://wl", headers=headers) as old:
        await old.put("/v1/crons/pi", content=PI.replace("*/10", "0"))
    await api.client.delete("/v1/crons/pi")
    assert await api.store.cron("pi") is None
    assert registry.asked == []


async def test_what_differs_is_shown_and_mended(outside: Api, registry: Surveyed) -> None:
    """A dry run only shows it."""
    await outside.put()
    registry.made.clear()
    missing = {"what": "missing", "cron": "pi", "part": "listed pi"}
    answer = await outside.client.post("/v1/aws/reconcile?dry_run=true")
    assert answer.json() == {"differences": [missing], "mended": False}
    assert registry.made == {}
    answer = await outside.client.post("/v1/aws/reconcile")
    assert answer.json() == {"differences": [missing], "mended": True}
    await eventually(lambda: list(registry.made) == ["pi"])


async def test_a_survey_that_fails_is_said(outside: Api, registry: Surveyed) -> None:
    """503, with AWS's own words."""
    registry.unseen = RegistryUnavailableError("AWS does not answer")
    answer = await outside.client.post("/v1/aws/reconcile")
    assert (answer.status_code, answer.json()["detail"]) == (503, "AWS does not answer")
    doctor = (await outside.client.get("/v1/doctor")).json()["findings"]
    finding = {"good": False, "subject": "registrations", "says": "AWS does not answer"}
    assert finding in doctor


async def test_the_doctor_tells_of_trigger_crons_and_differences(
    outside: Api, registry: Surveyed
) -> None:
    """What is wrong, and what mends it."""
    good = {"good": True, "subject": "registrations", "says": "all as the store says"}
    assert good in (await outside.client.get("/v1/doctor")).json()["findings"]
    registry.fails["pi"] = RefusedError("AWS does not allow it")
    await outside.put()
    findings = (await outside.client.get("/v1/doctor")).json()["findings"]
    assert {"good": True, "subject": "trigger", "says": "is slow"} in findings
    assert {"good": False, "subject": "cron pi", "says": "AWS does not allow it"} in findings
    assert findings[-1]["says"] == "listed pi is missing: `wl aws reconcile` mends it"


async def test_many_differences_are_counted(outside: Api, registry: Surveyed) -> None:
    """Nobody reads a hundred thousand lines."""
    await outside.put()
    for number in range(14):
        registry.made[f"extra-{number}"] = registry.made["pi"]
    findings = (await outside.client.get("/v1/doctor")).json()["findings"]
    assert "; and 4 more:" in findings[-1]["says"]
