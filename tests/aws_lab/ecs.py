"""The operations of ECS's API that are about tasks; the rest is moto's."""

import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import RLock

from tests.aws_lab.agent import Agent
from tests.aws_lab.call import Answer, Call, answer, refusal
from tests.aws_lab.front import Moto, RefusedError
from tests.aws_lab.place import Json, cluster_arn, task_arn
from tests.aws_lab.run_task import problem_of, token_of
from tests.aws_lab.tasks import Ending, Task

_MOST_DESCRIBED = 100
_PAGE = 100
_ALONE = frozenset({"family", "serviceName", "desiredStatus", "launchType", "containerInstance"})


@dataclass
class Ecs:
    """Takes the turns of RunTask, StopTask, DescribeTasks and ListTasks."""

    moto: Moto
    agent: Agent
    refusals: deque[Json] = field(default_factory=deque)  # failures of the next RunTasks
    hidden: int = 0  # so many next DescribeTasks answer MISSING
    _tasks: dict[str, Task] = field(default_factory=dict)  # by id, oldest first
    _tokens: dict[tuple[str, str], tuple[str, list[Task]]] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    def __call__(self, call: Call) -> Answer | None:
        """Answer what is about tasks."""
        turn = {
            "RunTask": self._run,
            "StopTask": self._stop,
            "DescribeTasks": self._describe,
            "ListTasks": self._list,
        }.get(call.operation)
        if turn is None or call.service != "ecs":
            return None
        cluster = call.parameters.get("cluster", "default").rpartition("/")[2]
        found = self.moto.ask("ecs", "DescribeClusters", {"clusters": [cluster]})["clusters"]
        if not found:
            return refusal("ClusterNotFoundException", "Cluster not found.")
        with self._lock:
            return turn(cluster, call.parameters)

    def task(self, name: str) -> Task:
        """Return a task by its id, ARN or startedBy (the newest); raise LookupError."""
        for task in reversed(self._tasks.values()):
            if name in {task.id, task.arn, task.started_by}:
                return task
        raise LookupError(f"there is no task {name!r}")

    def forget(self, name: str) -> None:
        """Let a task be MISSING, as one that stopped long ago."""
        with self._lock:
            del self._tasks[self.task(name).id]

    def _run(self, cluster: str, given: Json) -> Answer:
        asked, token = token_of(given)
        known = self._tokens.get((cluster, token)) if token else None
        if known is not None and known[0] != asked:
            return _conflict(known[1])
        if known is not None:
            return answer({"tasks": [_repeated(task) for task in known[1]], "failures": []})
        try:
            wanted = {"taskDefinition": given.get("taskDefinition", "")}
            definition = self.moto.ask("ecs", "DescribeTaskDefinition", wanted)["taskDefinition"]
        except RefusedError:
            return refusal("ClientException", "TaskDefinition not found.")
        code, problem = problem_of(given, definition)
        if problem:
            return refusal(code, problem)
        if self.refusals:
            failure = {"arn": cluster_arn(cluster)} | self.refusals.popleft()
            return answer({"tasks": [], "failures": [failure]})
        tasks = [Task(cluster, definition, given) for _ in range(given.get("count", 1))]
        self._tasks |= {task.id: task for task in tasks}
        if token:
            self._tokens[cluster, token] = (asked, tasks)
        told = [task.told(with_tags=True) for task in tasks]  # before they move on
        for task in tasks:
            self.agent.begin(task)
        return answer({"tasks": told, "failures": []})

    def _stop(self, cluster: str, given: Json) -> Answer:
        task = self._tasks.get(given.get("task", "").rpartition("/")[2])
        if task is None or task.cluster != cluster:
            return refusal("InvalidParameterException", "The referenced task was not found.")
        reason = given.get("reason") or "Task stopped by user"
        self.agent.stop(task, Ending("UserInitiated", reason))
        return answer({"task": task.told()})

    def _describe(self, cluster: str, given: Json) -> Answer:
        names = given.get("tasks") or []
        if not names:
            return refusal("InvalidParameterException", "Tasks cannot be empty.")
        if len(names) > _MOST_DESCRIBED:
            return refusal("InvalidParameterException", "Tasks cannot have more than 100 elements")
        ids = [name.rpartition("/")[2] for name in names]
        self.hidden, is_hidden = max(self.hidden - 1, 0), self.hidden > 0
        found = [] if is_hidden else self._of(cluster, ids)
        missing = [one for one in ids if one not in {task.id for task in found}]
        with_tags = "TAGS" in (given.get("include") or ())
        return answer(
            {
                "tasks": [task.told(with_tags=with_tags) for task in found],
                "failures": [
                    {"arn": task_arn(cluster, one), "reason": "MISSING"} for one in missing
                ],
            }
        )

    def _of(self, cluster: str, ids: Iterable[str]) -> list[Task]:
        tasks = [self._tasks[one] for one in dict.fromkeys(ids) if one in self._tasks]
        return [task for task in tasks if task.cluster == cluster]

    def _list(self, cluster: str, given: Json) -> Answer:
        started_by = given.get("startedBy")
        if started_by and _ALONE & given.keys():
            problem = "startedBy must be the only filter."
            return refusal("InvalidParameterException", problem)
        wanted = given.get("desiredStatus", "RUNNING")
        family = given.get("family")
        arns = [
            task.arn
            for task in self._tasks.values()
            if task.cluster == cluster
            and task.desired_status == wanted
            and started_by in {None, task.started_by}
            and family in {None, task.definition["family"]}
        ]
        begin = int(given.get("nextToken") or 0)
        end = begin + min(given.get("maxResults") or _PAGE, _PAGE)
        more = {"nextToken": str(end)} if end < len(arns) else {}
        return answer({"taskArns": arns[begin:end]} | more)


def _repeated(task: Task) -> Json:
    """Return what a repeated RunTask tells: of a task that is over only that it is."""
    told = task.told(with_tags=True)
    if not task.is_over:
        return told
    return {key: told[key] for key in ("taskArn", "lastStatus", "desiredStatus")}


def _conflict(tasks: list[Task]) -> Answer:
    said = "The request's parameters are not those of the first one with this clientToken."
    refused = refusal("ConflictException", said)
    body = refused.json | {"resourceIds": [task.arn for task in tasks]}
    return Answer(refused.status, json.dumps(body).encode(), refused.headers)
