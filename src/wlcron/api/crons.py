"""/v1/crons: definitions, and what is asked of them."""

from datetime import timedelta
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Header, Query, Request, Response, status

from wlcron.api.context import Context, Here
from wlcron.api.schemas import (
    CronOut,
    CronsOut,
    DefinedOut,
    DeletedOut,
    ExecutionOut,
    Latest,
    PauseIn,
    WholeCronOut,
    summary,
    whole,
)
from wlcron.api.waiting import wait_settled
from wlcron.commands import Outcome
from wlcron.core.alerting import remarks
from wlcron.core.cron import Cron
from wlcron.core.execution import Execution
from wlcron.cronfile import Entry, check_name, parse_cron_file
from wlcron.errors import ConflictError, DefinitionError, NotFoundError
from wlcron.schedule import ScheduleError

router = APIRouter(prefix="/v1/crons", tags=["crons"])
PAGE = 100
LONGEST_PAGE = 1000
_EXAMPLE = {"schedule": "rate(5 minutes)", "description": {"arguments": ["true"]}}
_CRON_FILE = {
    "required": True,
    "content": {
        "application/json": {"schema": {"type": "object"}, "example": _EXAMPLE},
        "application/yaml": {"schema": {"type": "object"}, "example": _EXAMPLE},
    },
}


@router.get("")
async def list_crons(
    here: Here,
    after: str = "",
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = PAGE,
) -> CronsOut:
    """Return crons by name."""
    crons = await here.store.crons(after, limit)
    return CronsOut(
        crons=await summaries(here, crons),
        next=crons[-1].name if len(crons) == limit else None,
    )


@router.put(
    "/{name}",
    responses={status.HTTP_201_CREATED: {"model": DefinedOut, "description": "It is new"}},
    openapi_extra={"requestBody": _CRON_FILE},
)
async def put_cron(  # noqa: PLR0913 -- each header and query parameter is an argument
    here: Here,
    name: str,
    request: Request,
    response: Response,
    if_none_match: Annotated[str | None, Header()] = None,
    x_wlcron_origin: Annotated[str | None, Header()] = None,
    *,
    dry_run: bool = False,
) -> DefinedOut:
    """Create or update a cron from a cron file, YAML or JSON."""
    origin = unquote(x_wlcron_origin) if x_wlcron_origin else "request"
    entry = _one_entry(name, await request.body(), origin, here.default_timeout)
    defined = await here.desk.define(
        name, entry, here.clock(), create_only=if_none_match == "*", dry_run=dry_run
    )
    here.wake("scheduler", "launcher", "registrar")
    if defined.outcome is Outcome.CREATED:
        response.status_code = status.HTTP_201_CREATED
    is_saved = not dry_run and defined.outcome is not Outcome.UNCHANGED
    cron = await wait_settled(here, defined.cron) if is_saved else defined.cron
    return DefinedOut(
        cron=await _whole(here, cron), outcome=defined.outcome, changes=defined.changes
    )


@router.get("/{name}")
async def get_cron(here: Here, name: str) -> WholeCronOut:
    """Return one cron."""
    return await _whole(here, await find_cron(here, name))


@router.delete("/{name}")
async def delete_cron(here: Here, name: str) -> DeletedOut:
    """Forget a cron; what runs of it is stopped."""
    cron = await here.desk.delete(name, here.clock())
    here.wake("observer", "registrar")
    cron = await wait_settled(here, cron)
    return DeletedOut(cron=await _whole(here, cron))


@router.post("/{name}/pause")
async def pause_cron(here: Here, name: str, asked: PauseIn | None = None) -> WholeCronOut:
    """Skip slots for a time, or until it is resumed."""
    asked = asked or PauseIn.model_validate({})
    length = None if asked.seconds is None else timedelta(seconds=asked.seconds)
    cron = await here.desk.pause(name, here.clock(), length, asked.reason)
    here.wake("launcher", "registrar")
    return await _whole(here, cron)


@router.post("/{name}/resume")
async def resume_cron(here: Here, name: str) -> WholeCronOut:
    """Start slots again, from the next one on."""
    cron = await here.desk.resume(name, here.clock())
    here.wake("scheduler", "launcher", "registrar")
    return await _whole(here, cron)


async def find_cron(here: Context, name: str) -> Cron:
    """Return the cron of that name, or say that there is none."""
    cron = await here.store.cron(name)
    if cron is None:
        raise NotFoundError(f"there is no cron named {name}: `wl cron list` shows them")
    return cron


async def summaries(
    here: Context, crons: list[Cron], newest: list[Execution] | None = None
) -> list[CronOut]:
    """Return crons as they stand; `newest` are their newest executions, where they are known."""
    latest = await _latest(here, crons, newest)
    now = here.clock()
    return [CronOut(**summary(cron, latest[cron.id], _remarks(here, cron), now)) for cron in crons]


def _one_entry(name: str, body: bytes, origin: str, default_timeout: timedelta) -> Entry:
    if (problem := check_name(name)) is not None:
        raise DefinitionError([problem])
    entries = parse_cron_file(body, origin, default_timeout=default_timeout)
    if len(entries) > 1:
        raise ConflictError(f"{origin} holds {len(entries)} crons: send them one by one")
    if entries[0].name not in (None, name):
        raise ConflictError(
            f"{origin} is named {entries[0].name}, not {name}: change one of the two"
        )
    return entries[0]


async def _whole(here: Context, cron: Cron) -> WholeCronOut:
    latest = await _latest(here, [cron])
    return whole(cron, latest[cron.id], _remarks(here, cron), here.clock())


def _remarks(here: Context, cron: Cron) -> tuple[str, ...]:
    verdict = here.desk.check(cron.definition)
    return (*verdict.refusals, *verdict.remarks, *_thresholds(here, cron))


def _thresholds(here: Context, cron: Cron) -> tuple[str, ...]:
    try:
        return tuple(remarks(cron.definition, cron.schedule(), here.clock()))
    except ScheduleError:  # its time zone may have left the machine since; the summary says so
        return ()


async def _latest(
    here: Context, crons: list[Cron], newest: list[Execution] | None = None
) -> dict[str, Latest]:
    ids = [cron.id for cron in crons]
    latest = {cron_id: Latest() for cron_id in ids}
    for execution in await here.store.executions(ids, 1) if newest is None else newest:
        latest[execution.cron_id].last = ExecutionOut.of(execution)
    for execution in await here.store.active(cron_ids=ids):
        latest[execution.cron_id].active = ExecutionOut.of(execution)
    return latest
