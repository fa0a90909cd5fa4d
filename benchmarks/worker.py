"""Worker: ECS's events through queue, translation and record, with nobody to wait for.

The real engine and the real observer run in this process; a queue and a store that answer at once
stand in for SQS and DynamoDB, so that what is counted is ours alone. Each execution has two events
of the size that Fargate's have: RUNNING and STOPPED. The floor is `json.loads` of the same bodies.
"""

import asyncio
import contextlib
import json
import logging
import os
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from measuring import Row, above, median, progress, rate
from wlcron.app import calm_garbage_collection
from wlcron.aws.settings import AwsSettings
from wlcron.core.execution import Change, Execution, Status
from wlcron.engines.ecs import EcsEngine
from wlcron.services.observer import Observer

EXECUTIONS = 10_000
ROUNDS = 3
SLOWEST = rate(5000, "events")
_BATCH = 10
_ACCOUNT = "123456789012"
_ARN = f"arn:aws:ecs:us-east-1:{_ACCOUNT}"
_RECORDED = Path(__file__).resolve().parent.parent / "tests/data/ecs"
_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class _Sqs:
    """A queue that answers at once, and knows when all of it was deleted."""

    def __init__(self, bodies: list[str]) -> None:
        self.is_empty = asyncio.Event()
        self.requests = 0
        self._left = [
            {"Body": body, "ReceiptHandle": str(number)} for number, body in enumerate(bodies)
        ][::-1]

    async def receive_message(self, **_: object) -> dict[str, Any]:
        self.requests += 1
        batch = [self._left.pop() for _ in range(min(_BATCH, len(self._left)))]
        if not batch:
            self.is_empty.set()
            await asyncio.Event().wait()
        return {"Messages": batch}

    async def delete_message_batch(self, **_: object) -> dict[str, Any]:
        self.requests += 1
        return {}


class _Clients:
    """Hands out the queue."""

    def __init__(self, sqs: _Sqs) -> None:
        self.calls: Counter[str] = Counter()
        self._sqs = sqs

    async def ask(self, _service: str, operation: str, **given: object) -> dict[str, Any]:
        return dict(await getattr(self._sqs, operation)(**given))


class _Store:
    """Rows in a dictionary."""

    def __init__(self, executions: list[Execution]) -> None:
        self.rows = {execution.id: execution for execution in executions}

    async def execution(self, execution_id: str) -> Execution | None:
        return self.rows.get(execution_id)

    async def apply(self, change: Change) -> bool:
        self.rows[change.execution.id] = change.execution
        return True


async def measure() -> list[Row]:
    """Let all events come a few times; the medians are handed in."""
    calm_garbage_collection()
    executions = [_execution() for _ in range(EXECUTIONS)]
    bodies = [
        json.dumps(event)
        for first in range(0, EXECUTIONS, _BATCH)
        for event in _events(executions[first : first + _BATCH])
    ]
    ours, floor, requests = [], [], 0
    for number in range(ROUNDS):
        progress(f"worker: {len(bodies):,} events: round {number + 1} of {ROUNDS}")
        begin = time.perf_counter()
        for body in bodies:
            json.loads(body)
        floor.append(time.perf_counter() - begin)
        with quiet_log():
            seconds, requests = await _work(executions, bodies)
        ours.append(seconds)
    note = f"{requests / EXECUTIONS:.1f} SQS requests for each execution"
    figure = rate(len(bodies) / median(ours), "events", note)
    parsing = rate(len(bodies) / median(floor), "events", "json.loads")
    return [above("worker: ECS's events recorded, one at a time", figure, SLOWEST, parsing)]


async def _work(executions: list[Execution], bodies: list[str]) -> tuple[float, int]:
    sqs, store = _Sqs(bodies), _Store(executions)
    settings = AwsSettings(cluster="bench", queue=f"https://sqs.test/{_ACCOUNT}/events")
    engine = EcsEngine(_Clients(sqs), settings)  # type: ignore[arg-type]  # what is used of it
    observer = Observer(store, engine)  # type: ignore[arg-type]  # what is used of it
    begin = time.perf_counter()
    listening = asyncio.create_task(observer.listen())
    await sqs.is_empty.wait()
    seconds = time.perf_counter() - begin
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    if any(row.status is not Status.SUCCESS for row in store.rows.values()):
        raise RuntimeError("not every execution has ended as it did")
    return seconds, sqs.requests


def _execution() -> Execution:
    return Execution(
        id=str(uuid.uuid4()),
        cron_id="bench",
        cron_name="bench",
        cron_version=1,
        slot=_NOW,
        status=Status.STARTING,
        reason="being started",
        created_at=_NOW,
        start_by=_NOW + timedelta(minutes=5),
    )


def _events(executions: list[Execution]) -> Iterator[dict[str, Any]]:
    """Yield what ECS tells of executions: first that all of them run, then that they ended."""
    event = json.loads((_RECORDED / "doc_task_running_fargate_2025.json").read_text())
    for number, status in enumerate(("RUNNING", "STOPPED")):
        for execution in executions:
            yield event | {"detail": event["detail"] | _detail(execution, status, number)}


def _detail(execution: Execution, status: str, number: int) -> dict[str, Any]:
    variables = [{"name": "WL_EXECUTION", "value": execution.id}]
    guard = [{"name": "WL_TIMEOUT", "value": "3600"}]
    overrides = [
        {"name": "job", "environment": variables},
        {"name": "guard", "environment": guard},
    ]
    container = {"lastStatus": status, "cpu": "0", "image": "bench", "networkInterfaces": []}
    ends = {"stopCode": "EssentialContainerExited", "executionStoppedAt": "2026-11-23T12:05:00Z"}
    code = {"exitCode": 0} if status == "STOPPED" else {}
    return {
        "clusterArn": f"{_ARN}:cluster/bench",
        "taskArn": f"{_ARN}:task/bench/{execution.id}",
        "taskDefinitionArn": f"{_ARN}:task-definition/wl-default-bench:1",
        "startedBy": execution.id,
        "lastStatus": status,
        "version": 3 + 3 * number,
        "startedAt": "2026-11-23T12:00:40.5Z",
        "overrides": {"containerOverrides": overrides},
        "containers": [container | code | {"name": name} for name in ("job", "guard")],
    } | (ends if status == "STOPPED" else {})


@contextlib.contextmanager
def quiet_log() -> Iterator[None]:
    """Have the log written as a server writes it, to where nobody reads it."""
    with Path(os.devnull).open("w") as nowhere:
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
            logger_factory=structlog.PrintLoggerFactory(nowhere),
        )
        yield
    structlog.reset_defaults()
