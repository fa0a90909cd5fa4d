"""EcsEngine: executions as tasks of ECS, each with its guard as a second container."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from datetime import timedelta

from wlcron.aws.clients import AwsClients
from wlcron.aws.settings import AwsSettings
from wlcron.clock import Clock, system_clock
from wlcron.core.cron import Cron, Definition
from wlcron.core.execution import Execution, Observation
from wlcron.engine import Finding, Verdict
from wlcron.engines.ecs.budget import Budget
from wlcron.engines.ecs.definitions import Definitions
from wlcron.engines.ecs.diagnosis import Diagnosis
from wlcron.engines.ecs.house import house_of
from wlcron.engines.ecs.inspector import Inspector
from wlcron.engines.ecs.logs import Logs
from wlcron.engines.ecs.memory import Memory
from wlcron.engines.ecs.observation import stop_reason
from wlcron.engines.ecs.placement import cluster_name
from wlcron.engines.ecs.queue import Queue
from wlcron.engines.ecs.reader import Reader
from wlcron.engines.ecs.starter import Starter
from wlcron.engines.ecs.tasks import Tasks
from wlcron.engines.ecs.verdict import judge
from wlcron.engines.ecs.watcher import Watcher


class EcsEngine:
    """Runs executions in one cluster; to be made inside a running event loop.

    `definitions` is the registry of the task definitions that they need. The clients are closed by
    whoever made them. `budget.left` says how many reads of ECS's API are left, `counts` what came
    from the queue.
    """

    name = "ecs"
    starts_at_once = 32  # ECS takes 40 RunTask in a second, and answers in a good half of one
    starts_waiting = 0
    lease = timedelta(minutes=5)  # after which ECS tells everybody of a task
    is_shared = True
    is_near = False

    def __init__(
        self, clients: AwsClients, settings: AwsSettings, clock: Clock = system_clock
    ) -> None:
        self.home = f"ecs:{cluster_name(settings)}/{settings.instance}"
        self.budget = Budget(settings.ecs_reads_per_minute)
        self._settings = settings
        self._clock = clock
        house, memory = house_of(settings), Memory()
        self._tasks = Tasks(clients, settings.cluster, house, self.budget)
        self.definitions = Definitions(clients, settings)
        self._starter = Starter(settings, self.definitions, self._tasks, memory, clock)
        self._inspector = Inspector(self._tasks, memory, settings.instance, clock)
        queue, logs = Queue(clients, settings.queue), Logs(clients, settings.log_group)
        self._watcher = Watcher(queue, house, memory, clock)
        self.counts = self._watcher.counts
        self._reader = Reader(logs, self._tasks, memory, settings.instance)
        self._diagnosis = Diagnosis(clients, settings, queue, logs, self.budget)

    def check(self, definition: Definition) -> Verdict:
        """Say whether this definition can be run as a task; asks nobody."""
        return judge(definition, self._settings)

    async def start(self, execution: Execution, cron: Cron) -> Observation:
        """Ask for a task, or find what became of it: mostly ACCEPTED, the rest is told."""
        return await self._starter.start(execution, cron)

    async def stop(self, execution: Execution) -> None:
        """Have ECS stop the task: TERM, and KILL after the job's grace."""
        arn = self._inspector.handle(execution) or await self._tasks.running(execution.id)
        if arn:
            asked_at = execution.stop_asked_at or self._clock()
            await self._tasks.stop(arn, stop_reason(asked_at))

    async def inspect(self, executions: Sequence[Execution]) -> list[Observation]:
        """Say what is true of each now; ACCEPTED where it is on its way, or too new to be told."""
        return await self._inspector.inspect(executions)

    def watch(self) -> AsyncGenerator[Observation, None]:
        """Yield what the events say; ask for the next one when this one has been recorded."""
        return self._watcher.watch()

    def logs(self, execution: Execution, *, follow: bool = False) -> AsyncIterator[bytes]:
        """Yield what it wrote; with `follow` until it is over."""
        return self._reader.read(execution, follow=follow)

    async def forget(self, execution_ids: Sequence[str]) -> None:
        """Do nothing: ECS forgets tasks in an hour, and the log group keeps what it is told to."""

    async def doctor(self) -> list[Finding]:
        """Say what of AWS is there, and what is wrong with it."""
        return await self._diagnosis.findings()

    async def close(self) -> None:
        """Do nothing: the clients are closed by whoever made them."""
