"""What differs between the store and the world outside, and how it is mended."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from wlcron.core.cron import Cron, Registration
from wlcron.registry import Difference, Divergence, Registry, Surveyor
from wlcron.store import Store

PAGE = 1000
TRIES = 10


async def find_differences(
    store: Store, registries: Sequence[Registry], *, thorough: bool = True
) -> list[Difference]:
    """Return what is missing, changed or extra outside; changes nothing.

    Crons that leave are the registrar's: what is left of them is no difference. `thorough` looks
    into each part at a request or more for each. Raises what registries raise.
    """
    surveyors = [registry for registry in registries if isinstance(registry, Surveyor)]
    crons = {cron.name: cron for cron in await _all(store)} if surveyors else {}
    leaving = {name for name, cron in crons.items() if cron.is_leaving}
    staying = {name: cron for name, cron in crons.items() if name not in leaving}
    found = [
        difference
        for surveyor in surveyors
        for difference in await surveyor.survey(staying, thorough=thorough)
    ]
    return [difference for difference in found if difference.cron not in leaving]


async def mend(
    store: Store, registries: Sequence[Registry], differences: Iterable[Difference]
) -> None:
    """Have the registrar make what is missing or changed, and take away what is extra.

    Only what carries our tags is ever touched. Raises what registries raise.
    """
    for difference in differences:
        cron = await store.cron(difference.cron)
        if difference.what is not Divergence.EXTRA:
            await _unsettle(store, cron)
        elif cron is None:  # else it was made since, and the part is its own
            await _discard(registries, difference)


async def _discard(registries: Sequence[Registry], difference: Difference) -> None:
    for registry in registries:
        if isinstance(registry, Surveyor) and difference.registry == registry.name:
            await registry.discard(difference)


async def _unsettle(store: Store, cron: Cron | None) -> None:
    """Mark a cron for the registrar."""
    for _ in range(TRIES):
        if cron is None or cron.is_leaving:
            return
        parts = cron.registration.parts if cron.registration else {}
        if await store.put_cron(replace(cron, registration=Registration(parts=parts))):
            return
        cron = await store.cron(cron.name)


async def _all(store: Store) -> list[Cron]:
    crons: list[Cron] = []
    while page := await store.crons(crons[-1].name if crons else "", PAGE):
        crons += page
    return crons
