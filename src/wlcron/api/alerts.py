"""/v1/incidents, /v1/silences, /v1/channels: what is wrong, and who is told."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Query, status

from wlcron.api.alert_schemas import (
    ChannelOut,
    ChannelsOut,
    IncidentOut,
    IncidentsOut,
    SilenceIn,
    SilenceOut,
    SilencesOut,
    TestedOut,
)
from wlcron.api.context import Context, Here
from wlcron.api.crons import LONGEST_PAGE, PAGE, find_cron
from wlcron.api.schemas import FindingOut
from wlcron.channel import ChannelError
from wlcron.core.silence import Scope, Silence
from wlcron.errors import NotFoundError, RefusedError
from wlcron.outlet import trial

router = APIRouter(tags=["alerts"])
_LONGEST = timedelta(days=366)  # of a silence
_MOST_HELD = 100_000  # incidents are looked at when one ends


@router.get("/v1/incidents")
async def list_incidents(
    here: Here, after: str = "", limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = PAGE
) -> IncidentsOut:
    """Return incidents that are open."""
    found = await here.store.open_incidents(after, limit)
    return IncidentsOut(
        incidents=[IncidentOut.of(each) for each in found],
        next=found[-1].row_key if len(found) == limit else None,
    )


@router.get("/v1/silences")
async def list_silences(here: Here) -> SilencesOut:
    """Return silences that are not over, by their end."""
    now = here.clock()
    silences = [each for each in await here.store.silences() if each.until > now]
    return SilencesOut(silences=[SilenceOut.of(each) for each in silences])


@router.post("/v1/silences", status_code=status.HTTP_201_CREATED)
async def put_silence(here: Here, asked: SilenceIn) -> SilenceOut:
    """Have nobody told of some crons for a time; what is still open then is told then."""
    if asked.cron:
        await find_cron(here, asked.cron)
    now = here.clock()
    silence = Silence(
        id=str(uuid4()),
        scope=Scope(cron=asked.cron, labels=asked.labels),
        since=now,
        until=now + timedelta(seconds=asked.seconds),
        reason=asked.reason,
    )
    await here.store.put_silence(silence)
    return SilenceOut.of(silence)


@router.delete("/v1/silences/{silence_id}")
async def delete_silence(here: Here, silence_id: str) -> SilenceOut:
    """End a silence, given by its id or the beginning of it."""
    found = [each for each in await here.store.silences() if each.id.startswith(silence_id)]
    if len(found) != 1:
        what = "there is no silence" if not found else "several silences begin"
        raise NotFoundError(f"{what} with the id {silence_id}: `wl silence list` shows them")
    await here.store.delete_silence(found[0].id)
    await _look_again(here)
    return SilenceOut.of(found[0])


def findings(here: Context) -> list[FindingOut]:
    """Return what the doctor says of channels and monitors."""
    found = [
        FindingOut(good=False, subject=f"monitor {name}", says=problem)
        for name, problem in here.away().items()
    ]
    for name, outlet in here.outlets.items():
        record = outlet.record
        is_failing = record.is_failing
        says = record.problem if is_failing else f"takes alerts, by {outlet.channel.kind}"
        if record.taken_at is None and not is_failing:
            says = f"nothing was sent yet: `wl channel test {name}` tries it"
        found.append(FindingOut(good=not is_failing, subject=f"channel {name}", says=says))
    return found


async def _look_again(here: Context) -> None:
    """Have everything judged anew that a silence holds back; it may be under another one, too."""
    now = here.clock()
    for incident in await here.store.untold_incidents(now + _LONGEST, _MOST_HELD):
        if incident.is_held:  # should it be written meanwhile, it was judged anew
            await here.store.put_incident(replace(incident, due_at=now))
    here.wake("teller")


@router.get("/v1/channels")
async def list_channels(here: Here) -> ChannelsOut:
    """Return the channels, and how each does."""
    return ChannelsOut(channels=[ChannelOut.of(each) for each in here.outlets.values()])


@router.post("/v1/channels/{name}/test")
async def test_channel(here: Here, name: str) -> TestedOut:
    """Send a message that says that it is a test; return the vendor's answer."""
    outlet = here.outlets.get(name)
    if outlet is None:
        raise NotFoundError(f"there is no channel named {name}: `wl channel list` shows them")
    try:
        answer = await outlet.prove(trial(name, here.source, here.clock()))
    except ChannelError as error:
        raise RefusedError(f"{name} did not take the test: {error}") from error
    return TestedOut(channel=name, answer=answer)
