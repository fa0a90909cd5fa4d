"""Asks ECS about tasks: few at a time are many calls, so a hundred at a time, within a budget."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wlcron.aws.clients import AwsClients
from wlcron.aws.faults import AwsError, Fault
from wlcron.engines.ecs.budget import Budget
from wlcron.engines.ecs.house import House
from wlcron.engines.ecs.task import Task, read_task
from wlcron.errors import EngineUnavailableError

AT_ONCE = 100  # DescribeTasks' most, and ListTasks'
_NO_SUCH_TASK = frozenset({"InvalidParameterException", "ClientException"})


class RunError(Exception):
    """RunTask was answered by an error; the fault says which."""

    def __init__(self, fault: Fault, resource_ids: Sequence[str]) -> None:
        super().__init__(fault.sentence)
        self.fault = fault
        self.resource_ids = resource_ids  # of a conflict: the tasks that the token has made


class Tasks:
    """The tasks of one cluster."""

    def __init__(self, clients: AwsClients, cluster: str, house: House, budget: Budget) -> None:
        self._clients = clients
        self._cluster = cluster
        self._house = house
        self._budget = budget

    async def run(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return RunTask's answer; raises RunError, where it was an error."""
        try:
            return await self._clients.ask("ecs", "run_task", **request)
        except AwsError as error:
            answer = error.answer
            ids = answer.get("resourceIds") or answer.get("Error", {}).get("resourceIds") or []
            raise RunError(error.fault, ids) from error

    async def describe(self, arns: Sequence[str]) -> list[Task]:
        """Return those of these tasks that ECS knows and that are ours."""
        tasks: list[Task] = []
        for first in range(0, len(arns), AT_ONCE):
            batch = list(arns[first : first + AT_ONCE])
            answer = await self._read("describe_tasks", tasks=batch)
            # Of a task that has gone, ECS may tell little more than its name.
            tasks += [read_task(one) for one in answer.get("tasks", []) if self._house.owns(one)]
        return tasks

    async def of_families(self, families: Iterable[str]) -> list[Task]:
        """Return the tasks of these families that run or have ended in the last hour."""
        arns: list[str] = []
        for family in families:
            for desired in ("RUNNING", "STOPPED"):
                arns += await self._list(family=family, desiredStatus=desired)
        return await self.describe(arns)

    async def running(self, execution_id: str) -> str:
        """Return the ARN of the task that runs for an execution; empty: none does."""
        # ECS takes no other filter beside this one, and so tells of no task that has stopped.
        return next(iter(await self._list(startedBy=execution_id)), "")

    async def stop(self, arn: str, reason: str) -> None:
        """Stop a task; one that is not there is stopped."""
        try:
            await self._clients.ask(
                "ecs", "stop_task", cluster=self._cluster, task=arn, reason=reason
            )
        except AwsError as error:
            if error.fault.code not in _NO_SUCH_TASK:
                raise EngineUnavailableError(str(error)) from error

    async def _list(self, **filters: str) -> list[str]:
        arns: list[str] = []
        token: dict[str, str] = {}
        while True:
            answer = await self._read("list_tasks", **filters, **token)
            arns += answer.get("taskArns", [])
            if not answer.get("nextToken"):
                return arns
            token = {"nextToken": answer["nextToken"]}

    async def _read(self, operation: str, **parameters: object) -> dict[str, Any]:
        self._budget.take()
        try:
            return await self._clients.ask("ecs", operation, cluster=self._cluster, **parameters)
        except AwsError as error:
            raise EngineUnavailableError(str(error)) from error
