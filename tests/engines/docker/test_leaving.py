"""A daemon that is about to end, or to come back: starts are put off, and nobody is blamed."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from aiohttp import web

from tests.engines.docker.fake_daemon import Answer, fake_daemon
from tests.engines.docker.lab import cron_with, execution_of
from wlcron.engines.docker import DockerEngine
from wlcron.errors import EngineUnavailableError

GONE = "transport is closing: unavailable"
NETWORK = "failed to update store for object type *libnetwork.endpoint: open : no such file"


def a_daemon(refusals: Mapping[str, tuple[int, str]]) -> Answer:
    """Return what makes and starts containers, but for some: by the last words of the path.

    Guards have ended, as by somebody's wish.
    """
    state = {"Status": "created", "Running": False, "ExitCode": 0}
    asked_to_end = {"Status": "exited", "Running": False, "ExitCode": 143}

    async def answer(request: web.Request) -> web.Response:
        is_guard = "guard" in request.path + request.query.get("name", "")
        what = ("guard " if is_guard else "job ") + request.path.rsplit("/", 1)[-1]
        if what in refusals:
            status, message = refusals[what]
            return web.json_response({"message": message}, status=status)
        if request.method == "GET":
            told = asked_to_end if is_guard else state
            return web.json_response({"State": told, "Config": {"Labels": {}}})
        return web.json_response({"Id": "some"}, status=201)

    return answer


@pytest.mark.parametrize(
    ("refusals", "words"),
    [
        ({"guard start": (500, NETWORK)}, "see that its daemon runs"),
        ({"guard start": (500, GONE)}, "see that its daemon runs"),
        ({"job create": (500, GONE)}, "see that its daemon runs"),
        ({"job start": (500, GONE)}, "see that its daemon runs"),
        ({"job start": (409, "cannot join PID of a non running container")}, "begun anew"),
    ],
)
async def test_a_start_is_put_off(
    tmp_path: Path, refusals: Mapping[str, tuple[int, str]], words: str
) -> None:
    """It is no fault of the cron's, and nobody has asked for the end of its guard."""
    cron = cron_with("true", image="busybox")
    async with fake_daemon(tmp_path, a_daemon(refusals)) as url:
        engine = DockerEngine(url, tmp_path, "test", "busybox")
        with pytest.raises(EngineUnavailableError, match=words):
            await engine.start(execution_of(cron), cron)
        await engine.close()
