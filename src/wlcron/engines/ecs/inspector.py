"""Finds out what is true of executions by asking ECS."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from wlcron.aws.names import resource_name
from wlcron.clock import Clock
from wlcron.core.execution import Execution, Kind, Observation
from wlcron.engines.ecs.memory import Memory
from wlcron.engines.ecs.observation import may_be_tried_again, observe
from wlcron.engines.ecs.task import Task
from wlcron.engines.ecs.tasks import Tasks

# A task that was just made may not be known everywhere: "eventual consistency", RunTask.
_KNOWN_WITHIN = timedelta(minutes=5)


class Inspector:
    """Asks by ARN where it is known, else by the cron's family."""

    def __init__(self, tasks: Tasks, memory: Memory, instance: str, clock: Clock) -> None:
        self.clock = clock
        self._tasks = tasks
        self._memory = memory
        self._instance = instance

    async def inspect(self, executions: Sequence[Execution]) -> list[Observation]:
        """Say what is true of each."""
        found = await self._find(executions)
        return [self._truth(execution, found.get(execution.id)) for execution in executions]

    async def task(self, execution: Execution) -> Task | None:
        """Return the task of one execution, the newest of several, or None."""
        return (await self._find([execution])).get(execution.id)

    def handle(self, execution: Execution) -> str:
        """Return the ARN of an execution's task, as far as it is known here."""
        return execution.handle or self._memory.handle(execution.id)

    async def _find(self, executions: Sequence[Execution]) -> dict[str, Task]:
        handles = [handle for one in executions if (handle := self.handle(one))]
        found = _by_execution(await self._tasks.describe(handles))
        lost = [one for one in executions if one.id not in found and not self.handle(one)]
        families = sorted({resource_name(self._instance, one.cron_name) for one in lost})
        return found | _by_execution(await self._tasks.of_families(families))

    def _truth(self, execution: Execution, task: Task | None) -> Observation:
        now = self.clock()
        if task is not None:
            seen = observe(task, now)
        else:
            kind = Kind.ACCEPTED if self._may_be_coming(execution, now) else Kind.GONE
            seen = Observation(execution_id=execution.id, kind=kind, at=now)
        self._memory.note(seen)
        return seen

    def _may_be_coming(self, execution: Execution, now: datetime) -> bool:
        """Whether its start may have been asked for so lately that ECS does not tell of it yet.

        Nobody starts it after `start_by`, and before that nobody gives it up; but another server
        may have asked shortly before.
        """
        asked_at = self._memory.asked_at(execution.id)
        if asked_at is not None and now < asked_at + _KNOWN_WITHIN:
            return True
        was_tried = execution.attempt > 1
        return was_tried and execution.start_by <= now < execution.start_by + _KNOWN_WITHIN


def _by_execution(tasks: Iterable[Task]) -> dict[str, Task]:
    """Return tasks by execution; of several, one after a lack of capacity, that which is left."""
    found: dict[str, Task] = {}
    for task in tasks:
        known = found.get(task.execution_id)
        if known is None or may_be_tried_again(known):
            found[task.execution_id] = task
    return found
