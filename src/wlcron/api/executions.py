"""/v1/crons/{name}/executions and /v1/executions: history, run now, stop, logs."""

import json
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Header, Query, Response, status
from fastapi.responses import StreamingResponse

from wlcron.api.alert_schemas import IncidentOut
from wlcron.api.context import Context, Here
from wlcron.api.crons import LONGEST_PAGE, find_cron, summaries
from wlcron.api.following import until
from wlcron.api.schemas import ExecutionOut, ExecutionsOut, RunIn, StopIn
from wlcron.api.waiting import log_of, wait_for
from wlcron.core.alerting import watched
from wlcron.core.cron import Cron
from wlcron.core.execution import Execution, Overrides
from wlcron.cronfile import parse_cron_file
from wlcron.errors import ConflictError, NotFoundError, RefusedError

router = APIRouter(tags=["executions"])
LONGEST_WAIT = 60


@router.post(
    "/v1/crons/{name}/executions",
    status_code=status.HTTP_201_CREATED,
    responses={status.HTTP_200_OK: {"model": ExecutionOut, "description": "The key is known"}},
)
async def run_now(
    here: Here,
    name: str,
    response: Response,
    asked: RunIn | None = None,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> ExecutionOut:
    """Start an execution now; the same key answers with the same execution again."""
    key = idempotency_key or str(uuid4())
    overrides = _overrides(asked or RunIn())
    execution, is_new = await here.desk.run(name, here.clock(), key, overrides)
    here.wake("launcher")
    if not is_new:
        response.status_code = status.HTTP_200_OK
    return ExecutionOut.of(execution)


@router.get("/v1/crons/{name}/executions")
async def history(
    here: Here,
    name: str,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = 10,
    before: str | None = None,
) -> ExecutionsOut:
    """Return a cron as it stands and its executions, newest slot first."""
    cursor = _cursor(before)
    cron = await find_cron(here, name)
    rows = await here.store.executions([cron.id], limit, cursor)
    (shown,) = await summaries(here, [cron], rows[:1] if cursor is None else None)
    return ExecutionsOut(
        cron=shown,
        executions=[ExecutionOut.of(row) for row in rows],
        incidents=await _incidents(here, cron) if cursor is None else [],
        next=rows[-1].slot.isoformat() if len(rows) == limit else None,
    )


@router.get("/v1/executions/{execution_id}")
async def get_execution(
    here: Here, execution_id: str, wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0
) -> ExecutionOut:
    """Return an execution by any unique beginning of its id, when it is over or waited for."""
    execution = await _find(here, execution_id)
    execution = await wait_for(here, execution, lambda row: row.is_final, wait)
    return ExecutionOut.of(execution)


@router.post("/v1/executions/{execution_id}/stop", status_code=status.HTTP_202_ACCEPTED)
async def stop(here: Here, execution_id: str, asked: StopIn | None = None) -> ExecutionOut:
    """Ask for the end of an execution."""
    execution = await _find(here, execution_id)
    reason = asked.reason if asked else ""
    stopped = await here.desk.stop(execution, here.clock(), reason)
    here.wake("observer")
    return ExecutionOut.of(stopped)


@router.get(
    "/v1/executions/{execution_id}/logs",
    response_class=StreamingResponse,
    responses={status.HTTP_200_OK: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def logs(here: Here, execution_id: str, *, follow: bool = False) -> StreamingResponse:
    """Return what it wrote, byte for byte; with `follow` until it is over."""
    execution = await _find(here, execution_id)
    if execution.holder not in {"", here.engine.home}:
        raise ConflictError(
            f"its log is with {execution.holder}, and this server has {here.engine.home}:"
            " ask the server that started it"
        )
    chunks = log_of(here, execution, follow=follow)
    return StreamingResponse(until(here.stopping, chunks), media_type="text/plain; charset=utf-8")


async def _incidents(here: Context, cron: Cron) -> list[IncidentOut]:
    """Return what is wrong with a cron, of what it wants to be told."""
    wanted = sorted(watched(cron.definition.notifications))
    found = [await here.store.incident(cron.id, condition) for condition in wanted]
    return [IncidentOut.of(each) for each in found if each is not None and each.is_open]


def _overrides(asked: RunIn) -> Overrides | None:
    if asked.arguments is None and not asked.env:
        return None
    # What is given for one execution goes by the rules of the cron file, so it is read as one.
    description: dict[str, object] = {"image": "any", "env": asked.env}
    if asked.arguments is not None:
        description["arguments"] = asked.arguments
    document = json.dumps({"schedule": "@daily", "description": description})
    (entry,) = parse_cron_file(document, "request")
    read = entry.definition.description
    return Overrides(
        arguments=None if asked.arguments is None else read.arguments, env=dict(read.env)
    )


async def _find(here: Context, prefix: str) -> Execution:
    found = await here.store.find(prefix.lower(), 2)
    if not found:
        raise NotFoundError(f"there is no execution whose id begins with {prefix}")
    if len(found) > 1:
        raise ConflictError(f"several executions begin with {prefix}: give more of the id")
    return found[0]


def _cursor(before: str | None) -> datetime | None:
    if before is None:
        return None
    try:
        cursor = datetime.fromisoformat(before)
    except ValueError as error:
        raise RefusedError('"before" takes what "next" of the page before it said') from error
    return cursor if cursor.tzinfo else cursor.replace(tzinfo=UTC)
