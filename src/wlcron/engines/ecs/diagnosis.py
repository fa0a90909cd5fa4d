"""`wl doctor` for ECS: cluster, network, queue, log group, and the reads that are left."""

import json
from collections.abc import AsyncIterator, Mapping

from wlcron.aws.clients import AwsClients
from wlcron.aws.faults import AwsError
from wlcron.aws.settings import AwsSettings
from wlcron.engine import Finding
from wlcron.engines.ecs.budget import Budget
from wlcron.engines.ecs.logs import Logs
from wlcron.engines.ecs.placement import is_fargate
from wlcron.engines.ecs.queue import Queue
from wlcron.errors import EngineUnavailableError


class Diagnosis:
    """Asks each of the parts once, and says what that means for executions."""

    def __init__(
        self, clients: AwsClients, settings: AwsSettings, queue: Queue, logs: Logs, budget: Budget
    ) -> None:
        self._clients = clients
        self._settings = settings
        self._queue = queue
        self._logs = logs
        self._budget = budget

    async def findings(self) -> list[Finding]:
        """Return what was found, one after the other."""
        found = [await self._cluster(), *_settings(self._settings)]
        found += [one async for one in self._events()]
        found.append(await self._log_group())
        says = f"{self._budget.left} of {self._budget.per_minute} in this minute are left"
        return [*found, Finding(good=True, subject="reads of ECS's API", says=says)]

    async def _cluster(self) -> Finding:
        name = self._settings.cluster
        try:
            answer = await self._clients.ask("ecs", "describe_clusters", clusters=[name])
        except AwsError as error:
            return _bad("ecs", str(error))
        for cluster in answer.get("clusters", []):
            running, pending = cluster.get("runningTasksCount"), cluster.get("pendingTasksCount")
            says = f"cluster {name} is {cluster['status']}: {running} tasks run, {pending} wait"
            return Finding(good=cluster["status"] == "ACTIVE", subject="ecs", says=says)
        return _bad("ecs", f"there is no cluster {name}: make it, or correct aws.cluster")

    async def _events(self) -> AsyncIterator[Finding]:
        if not self._queue.url:
            yield _bad("events", "no queue is set, so nothing is heard: set aws.queue")
            return
        try:
            attributes = await self._queue.attributes()
        except EngineUnavailableError as error:
            yield _bad("events", str(error))
            return
        waiting = attributes.get("ApproximateNumberOfMessages", "?")
        yield Finding(good=True, subject="events", says=f"{waiting} wait in {self._queue.url}")
        yield _redrive(attributes)

    async def _log_group(self) -> Finding:
        group = self._settings.log_group
        try:
            is_there = await self._logs.exists()
        except EngineUnavailableError as error:
            return _bad("logs", str(error))
        if not is_there:
            return _bad("logs", f"there is no log group {group}: no task would start; make it")
        return Finding(good=True, subject="logs", says=f"are kept in log group {group}")


def _settings(settings: AwsSettings) -> list[Finding]:
    found = []
    if is_fargate(settings) and not settings.subnets:
        found.append(_bad("network", "Fargate's tasks need a network: set aws.subnets"))
    if is_fargate(settings) and not settings.execution_role:
        found.append(_bad("role", "Fargate writes logs by a role: set aws.execution-role"))
    return found


def _redrive(attributes: Mapping[str, str]) -> Finding:
    policy = attributes.get("RedrivePolicy")
    if not policy:
        says = "the queue has none, so garbage stays in it: give it a redrive policy"
        return _bad("dead-letter queue", says)
    target = json.loads(policy).get("deadLetterTargetArn", "?")
    return Finding(good=True, subject="dead-letter queue", says=f"garbage goes to {target}")


def _bad(subject: str, says: str) -> Finding:
    return Finding(good=False, subject=subject, says=says)
