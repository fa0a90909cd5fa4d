"""Whether the service lives, gets on, and what it found on its machine."""

import asyncio

from fastapi import APIRouter, Response, status
from fastapi.responses import PlainTextResponse

from wlcron.api import alerts, aws
from wlcron.api.context import Context, Here
from wlcron.api.schemas import FindingOut, FindingsOut
from wlcron.errors import WlcronError

router = APIRouter(tags=["health"])
guarded = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@router.get(
    "/readyz",
    responses={
        status.HTTP_503_SERVICE_UNAVAILABLE: {
            "description": "Not ready",
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    },
)
async def readyz(here: Here, response: Response) -> dict[str, object]:
    """Say whether the store answers and every duty gets on, else which of them do not."""
    problems = await _problems(here)
    if problems:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    # Names only: whoever asks need not have the token, and the sentences may hold paths.
    return {"ready": not problems, "problems": list(problems)}


@guarded.get("/metrics", response_class=PlainTextResponse)
async def metrics(here: Here) -> Response:
    """Return the metrics in Prometheus' text format; docs/monitoring.md says what they mean."""
    text = await here.metrics(not await _problems(here))
    return Response(text, media_type="text/plain; version=0.0.4")


@guarded.get("/v1/doctor")
async def doctor(here: Here) -> FindingsOut:
    """Return what the engine can do here, and what is wrong."""
    findings = [
        FindingOut(good=finding.good, subject=finding.subject, says=finding.says)
        for finding in await here.engine.doctor()
    ]
    findings += await aws.findings(here)
    findings += alerts.findings(here)
    findings += [
        FindingOut(good=False, subject=name, says=problem)
        for name, problem in (await _problems(here)).items()
    ]
    return FindingsOut(findings=findings)


async def _problems(here: Context) -> dict[str, str]:
    problems = dict(here.problems())
    within = here.store_within.total_seconds()
    try:
        async with asyncio.timeout(within):
            await here.store.next_due()
    except WlcronError as error:
        problems["store"] = str(error)
    except TimeoutError:
        problems["store"] = f"the database did not answer within {within:g} s"
    return problems
