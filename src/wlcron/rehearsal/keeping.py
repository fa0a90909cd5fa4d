"""Puts the state of a stage down, and takes it up on another one."""

from collections.abc import Sequence
from dataclasses import replace

from wlcron.core.alerting import success_expected
from wlcron.core.cron import Cron
from wlcron.core.execution import Execution, Status
from wlcron.core.incident import Condition
from wlcron.core.planning import Plan
from wlcron.rehearsal.parts import Fate
from wlcron.rehearsal.stage import Stage
from wlcron.rehearsal.state import State, moved_by, moved_row, state_key, worth_keeping
from wlcron.service import Service
from wlcron.services.alerting.watcher import LOOK_EVERY

_MOST_ROWS = 1000  # in which the last success is looked for


async def put_down(stage: Stage, service: Service | None) -> State | None:
    """Return the state; None while something is on its way, or is down."""
    cron = await stage.store.cron(stage.part.cron.name)
    active = await stage.store.active()
    if cron is None or service is None or stage.is_away():
        return None
    if any(row.status is not Status.RUNNING for row in active):
        return None
    rows = await stage.store.executions([cron.id], _MOST_ROWS)
    if _is_soon_due(stage, cron, rows):
        return None
    incidents = [await stage.store.incident(cron.id, each) for each in Condition]
    state = State(
        at=stage.now,
        cron=cron,
        rows=worth_keeping(rows, stage.part),
        incidents=tuple(each for each in incidents if each is not None),
        played=stage.played % len(stage.part.fates),
        fate=stage.fates[active[0].id] if active else None,
        wakes_at=await stage.next_event(service),
        key=None,
    )
    return replace(state, key=state_key(state, stage.now, stage.part.horizon))


async def take_up(stage: Stage, state: State) -> None:
    """Make a new stage what the state says, seen from its own time."""
    by = stage.now - state.at
    cron = replace(moved_by(state.cron, by), revision=0)
    await stage.store.put_cron(cron)
    rows = [moved_row(row, cron, by) for row in state.rows]
    await _write(stage, rows[::-1])
    stage.played = state.played
    for row in rows:
        stage.witness.know(row)
        if row.status.is_active and state.fate is not None:
            await _run_on(stage, row, cron, state.fate)
    for incident in state.incidents:
        await stage.store.put_incident(replace(moved_by(incident, by), revision=0))


def _is_soon_due(stage: Stage, cron: Cron, rows: Sequence[Execution]) -> bool:
    """Whether a success is expected so soon that a server that starts now is late for it."""
    ends = (row.ended_at for row in rows if row.status is Status.SUCCESS)
    expected = success_expected(cron, next(ends, None))
    return expected is not None and stage.now < expected <= stage.now + LOOK_EVERY


async def _write(stage: Stage, rows: Sequence[Execution]) -> None:
    cron = await stage.store.cron(stage.part.cron.name)
    if cron is not None:
        await stage.store.commit([Plan(cron, tuple(rows), cron.next_due)])
    await stage.store.announced(await stage.store.unannounced(len(rows)))


async def _run_on(stage: Stage, row: Execution, cron: Cron, fate: Fate) -> None:
    """Have the engine run what it ran when the state was put down."""
    stage.fates[row.id] = fate
    now, stage.now = stage.now, row.started_at or stage.now
    await stage.engine.start(row, cron)
    stage.now = now
