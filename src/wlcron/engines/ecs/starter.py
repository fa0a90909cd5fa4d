"""Starts an execution: one call where nothing is in the way."""

from collections.abc import Mapping
from typing import Any

from wlcron.aws.settings import AwsSettings
from wlcron.bounded import Bounded
from wlcron.clock import Clock
from wlcron.core.cron import Cron
from wlcron.core.execution import Execution, Kind, Observation
from wlcron.engines.ecs.definitions import Definitions
from wlcron.engines.ecs.failures import Failure, failure_by, failure_in, lacks_definition
from wlcron.engines.ecs.memory import REMEMBERED, Memory
from wlcron.engines.ecs.observation import COMING, may_be_tried_again, observe
from wlcron.engines.ecs.request import problem_of, run_task
from wlcron.engines.ecs.tasks import RunError, Tasks
from wlcron.errors import EngineUnavailableError, RefusedError, RegistryUnavailableError

# How many tasks of one execution, each stopped for want of a place, are gone through at once.
_MOST_TASKS = 50
_CONFLICT = "ConflictException"


class Starter:
    """Asks for a task; ECS itself knows by the token what it was asked for before."""

    def __init__(
        self,
        settings: AwsSettings,
        definitions: Definitions,
        tasks: Tasks,
        memory: Memory,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._definitions = definitions
        self._tasks = tasks
        self._memory = memory
        self._clock = clock
        # The newest task of an execution that ECS found no place for.
        self._unplaced: Bounded[str, str] = Bounded(REMEMBERED)

    async def start(self, execution: Execution, cron: Cron) -> Observation:
        """Start it, or find what became of its start; raises EngineUnavailableError."""
        try:
            seen = await self._start(execution, cron)
        except RefusedError as error:
            seen = self._saw(execution, Kind.REFUSED, reason=str(error))
        except RegistryUnavailableError as error:
            raise EngineUnavailableError(str(error)) from error
        self._memory.note(seen)
        return seen

    async def _start(self, execution: Execution, cron: Cron) -> Observation:
        for _ in range(_MOST_TASKS):
            after = self._unplaced.get(execution.id) or ""
            answer = await self._run(execution, cron, after)
            if (failure := failure_in(answer)) is not None:
                raise _error_of(failure)
            [task, *_more] = answer["tasks"]
            if task.get("lastStatus") in COMING:
                return self._saw(execution, Kind.ACCEPTED, handle=task["taskArn"])
            seen = await self._truth(execution, task["taskArn"])
            if seen is not None:
                return seen
        raise EngineUnavailableError("ECS finds no place for it: its tasks are stopped at once")

    async def _run(self, execution: Execution, cron: Cron, after: str) -> Mapping[str, Any]:
        """Return RunTask's answer; where the definition has gone, make it and ask again."""
        definition = await self._definitions.arn(cron)
        try:
            return await self._ask(execution, cron, definition, after)
        except RunError as error:
            if not lacks_definition(error.fault):
                raise _error_of(failure_by(error.fault)) from error
        definition = await self._definitions.make(cron)
        try:
            return await self._ask(execution, cron, definition, after)
        except RunError as error:
            raise _error_of(failure_by(error.fault)) from error

    async def _ask(
        self, execution: Execution, cron: Cron, definition: str, after: str
    ) -> Mapping[str, Any]:
        request = run_task(execution, cron, definition, self._settings, after)
        if problem := problem_of(request):
            raise RefusedError(problem)
        self._memory.asks(execution.id, self._clock())
        try:
            return await self._tasks.run(request)
        except RunError as error:
            # The same execution was started with other parameters: after another edition of its
            # task definition was made, or under other settings.
            if error.fault.code == _CONFLICT and error.resource_ids:
                return {"tasks": [{"taskArn": error.resource_ids[0]}]}
            raise

    async def _truth(self, execution: Execution, arn: str) -> Observation | None:
        """Return what became of a task that was there already; None: another one is needed."""
        for task in await self._tasks.describe([arn]):
            if may_be_tried_again(task) and self._clock() <= execution.start_by:
                self._unplaced.put(execution.id, arn)
                return None
            return observe(task, self._clock())
        return self._saw(execution, Kind.ACCEPTED, handle=arn)

    def _saw(
        self, execution: Execution, kind: Kind, *, reason: str = "", handle: str = ""
    ) -> Observation:
        now = self._clock()
        return Observation(
            execution_id=execution.id, kind=kind, at=now, reason=reason, handle=handle
        )


def _error_of(failure: Failure) -> RefusedError | EngineUnavailableError:
    kind = RefusedError if failure.is_lasting else EngineUnavailableError
    return kind(failure.sentence)
