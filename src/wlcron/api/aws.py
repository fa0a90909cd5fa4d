"""/v1/aws: what the store says and what is there outside."""

from fastapi import APIRouter

from wlcron.api.context import Context, Here
from wlcron.api.schemas import DifferenceOut, FindingOut, ReconciledOut
from wlcron.errors import WlcronError
from wlcron.reconcile import find_differences, mend
from wlcron.registry import Difference

router = APIRouter(prefix="/v1/aws", tags=["aws"])
SHOWN = 10  # of the crons and parts that are not as they should be


@router.post("/reconcile")
async def reconcile(here: Here, *, dry_run: bool = False) -> ReconciledOut:
    """Find what differs outside from what the store says, and mend it."""
    found = await find_differences(here.store, here.registries)
    if not dry_run:
        await mend(here.store, here.registries, found)
        here.wake("registrar")
    return ReconciledOut(differences=[_difference(each) for each in found], mended=not dry_run)


async def findings(here: Context) -> list[FindingOut]:
    """Return what the doctor says of the world outside."""
    trigger = await here.trigger.doctor()
    return [
        *(FindingOut(good=each.good, subject=each.subject, says=each.says) for each in trigger),
        *await _unsettled(here),
        *await _differences(here),
    ]


async def _unsettled(here: Context) -> list[FindingOut]:
    crons = await here.store.unregistered(SHOWN) if here.registries else []
    return [
        FindingOut(good=False, subject=f"cron {cron.name}", says=cron.registration.problem)
        for cron in crons
        if cron.registration is not None and cron.registration.problem
    ]


async def _differences(here: Context) -> list[FindingOut]:
    if not here.registries:
        return []
    try:
        found = await find_differences(here.store, here.registries, thorough=False)
    except WlcronError as error:
        return [FindingOut(good=False, subject="registrations", says=str(error))]
    if not found:
        return [FindingOut(good=True, subject="registrations", says="all as the store says")]
    shown = "; ".join(f"{each.part} is {each.what}" for each in found[:SHOWN])
    more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    says = f"{shown}{more}: `wl aws reconcile` mends it"
    return [FindingOut(good=False, subject="registrations", says=says)]


def _difference(difference: Difference) -> DifferenceOut:
    return DifferenceOut(what=difference.what, cron=difference.cron, part=difference.part)
