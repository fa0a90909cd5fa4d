"""The queue is read as it comes: nothing is lost, nothing is acknowledged before its time."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import eventually
from tests.engines.ecs.executions import LONG, cron_of, execution_of, registered
from tests.engines.ecs.lab import EcsLab
from tests.engines.ecs.tasks import HOUSE, ours
from wlcron.core.execution import Execution, Kind, Observation
from wlcron.engines.ecs.house import house_of
from wlcron.engines.ecs.memory import Memory
from wlcron.engines.ecs.queue import Queue
from wlcron.engines.ecs.watcher import Watcher


async def started(lab: EcsLab, script: str = "exit 0") -> Execution:
    """Return an execution that was started."""
    cron = await registered(lab, cron_of(script))
    execution = execution_of(cron)
    await lab.engine.start(execution, cron)
    return execution


async def ended(lab: EcsLab, execution: Execution) -> None:
    """Return when ECS has told of the end of an execution."""

    def is_told() -> bool:
        told = lab.control.ecs.told(execution.id)
        return bool(told) and told[-1]["detail"]["lastStatus"] == "STOPPED"

    await eventually(is_told)


async def take(lab: EcsLab, number: int) -> list[Observation]:
    """Return so many observations, each recorded when the next one was asked for."""
    told: list[Observation] = []
    async with aclosing(lab.engine.watch()) as watching:
        async for seen in watching:
            told.append(seen)
            if len(told) == number:
                break
    return told


async def drained(lab: EcsLab, told: list[Observation]) -> None:
    """Record all that there is, until the queue is empty."""

    async def record() -> None:
        async for seen in lab.engine.watch():
            told.append(seen)  # noqa: PERF401 -- it never ends

    recording = asyncio.create_task(record())
    await eventually(lambda: lab.waiting() == 0)
    recording.cancel()


async def test_a_message_is_deleted_when_it_was_recorded(lab: EcsLab) -> None:
    """Whoever dies in between leaves it to the next one."""
    execution = await started(lab)
    await ended(lab, execution)
    await eventually(lambda: lab.waiting() == 2)
    watching = lab.engine.watch()
    await anext(watching)
    await asyncio.wait_for(anext(watching), 30)  # the second one is not recorded yet
    assert lab.waiting() == 2
    third = asyncio.ensure_future(anext(watching))
    await eventually(lambda: lab.waiting() == 0)
    third.cancel()


async def test_shuffled_and_repeated_events_leave_the_end(lab: EcsLab) -> None:
    """What is older than what was recorded of a task is passed over, and deleted."""
    lab.control.ecs.events(is_held=True)
    execution = await started(lab, "exit 3")
    await ended(lab, execution)
    lab.control.ecs.release("reversed", copies=3)
    told: list[Observation] = []
    await eventually(lambda: lab.waiting() == 6)
    await drained(lab, told)
    assert [(seen.kind, seen.exit_code) for seen in told if seen.kind is Kind.EXITED][:1] == [
        (Kind.EXITED, 3)
    ]
    assert told.count(told[0]) == 1
    assert len(told) + lab.engine.counts["stale"] == 6


async def test_foreign_messages_are_deleted_and_garbage_is_left(lab: EcsLab) -> None:
    """Garbage goes to the dead-letter queue by the redrive policy; all of it is counted."""
    lab.send(json.dumps(ours()))
    lab.send("not an event")
    told: list[Observation] = []
    watching = asyncio.create_task(take(lab, 1))
    await eventually(lambda: set(lab.engine.counts) >= {"foreign", "malformed"})
    await eventually(lambda: lab.waiting() == 1)
    watching.cancel()
    assert told == []
    assert dict(lab.engine.counts) == {"foreign": 1, "malformed": 1}


async def test_garbage_ends_in_the_dead_letter_queue(lab: EcsLab) -> None:
    """A message that nobody deletes is given up by SQS after a while."""
    lab.send("not an event")
    queue = Queue(lab.clients, lab.settings.queue, visibility=1)
    watcher = Watcher(queue, house_of(lab.settings), Memory(), lab.clock)
    watching = asyncio.create_task(_all(watcher.watch()))
    dead = lab.settings.queue.replace("-events", "-dead")
    await eventually(lambda: lab.waiting(dead) == 1)
    watching.cancel()
    assert lab.waiting() == 0


async def test_the_deadline_ends_it_and_the_guard_says_so(lab: EcsLab) -> None:
    """A real guard, whose end ends the job."""
    cron = await registered(lab, cron_of(LONG, timeout=timedelta(seconds=0.3)))
    execution = execution_of(cron)
    await lab.engine.start(execution, cron)
    [running, over] = await take(lab, 2)
    assert (running.kind, over.kind) == (Kind.STARTED, Kind.TIMED_OUT)
    assert over.deadline == running.deadline
    assert over.started_at == running.started_at


async def test_a_lost_host_is_a_failure(lab: EcsLab) -> None:
    """It ran, and its exit code is not known."""
    execution = await started(lab, LONG)
    watching = lab.engine.watch()
    assert (await anext(watching)).kind is Kind.STARTED
    lab.control.ecs.lose(execution.id)
    over = await anext(watching)
    assert (over.kind, over.exit_code) == (Kind.EXITED, None)
    assert over.reason.startswith("ended by ECS: Host EC2")


async def test_a_task_that_cannot_start_is_refused(lab: EcsLab) -> None:
    """In the words of ECS."""
    lab.control.ecs.fail("CannotPullContainerError: pull access denied")
    await started(lab)
    [seen] = await take(lab, 1)
    assert seen.kind is Kind.REFUSED
    assert seen.reason == "ECS could not start it: CannotPullContainerError: pull access denied"


async def test_ten_messages_are_two_requests(lab: EcsLab) -> None:
    """Received together, deleted together."""
    lab.control.ecs.events(is_held=True)
    executions = [await started(lab) for _ in range(5)]
    for execution in executions:
        await ended(lab, execution)
    lab.control.ecs.release()
    await eventually(lambda: lab.waiting() == 10)
    told: list[Observation] = []
    await drained(lab, told)
    assert len(told) == 10
    calls = lab.calls("sqs")
    assert calls["sqs:DeleteMessageBatch"] <= 2
    assert calls["sqs:ReceiveMessage"] <= 4  # the last of them waits


class SlowQueue(Queue):
    """A queue that answers at once and notes what it is asked."""

    def __init__(self, bodies: list[str], visibility: float, times: int = 1) -> None:
        self.asked: list[tuple[str, Any]] = []
        self._bodies = bodies
        self._visibility = visibility
        self._times = times

    async def _ask(self, operation: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 -- passed on
        self.asked.append((operation, parameters))
        if operation != "receive_message":
            return {}
        if not self._bodies:
            await asyncio.Event().wait()
        messages = [
            {
                "Body": body,
                "ReceiptHandle": f"receipt {number}",
                "Attributes": {"ApproximateReceiveCount": str(self._times)},
            }
            for number, body in enumerate(self._bodies)
        ]
        self._bodies = []
        return {"Messages": messages}


@pytest.fixture
def slow(lab: EcsLab) -> tuple[SlowQueue, Watcher]:
    """Return a queue with a message of ours, garbage, and how it is watched."""
    queue = SlowQueue([json.dumps(ours()), "garbage"], visibility=0.02)
    return queue, Watcher(queue, HOUSE, Memory(), lab.clock)


async def test_messages_are_held_while_they_are_recorded(
    slow: tuple[SlowQueue, Watcher],
) -> None:
    """A slow database must not have them told twice, or taken for garbage."""
    queue, watcher = slow
    watching = watcher.watch()
    await anext(watching)
    extended = ("change_message_visibility_batch", {"receipt 0", "receipt 1"})
    await eventually(lambda: extended in [(name, _receipts(asked)) for name, asked in queue.asked])
    more = asyncio.ensure_future(anext(watching))
    await eventually(lambda: queue.asked[-1][0] == "receive_message")
    assert ("delete_message_batch", {"receipt 0"}) in [
        (name, _receipts(asked)) for name, asked in queue.asked
    ]
    held = len(queue.asked)
    await asyncio.wait([more], timeout=0.1)
    assert len(queue.asked) == held
    more.cancel()


async def test_what_was_not_recorded_is_told_again(lab: EcsLab) -> None:
    """A version counts as heard of when it was recorded, not when it was told."""
    memory, body = Memory(), json.dumps(ours())
    first = Watcher(SlowQueue([body], 60), HOUSE, memory, lab.clock).watch()
    assert isinstance(await anext(first), Observation)
    await first.aclose()
    again = Watcher(SlowQueue([body, body], 60), HOUSE, memory, lab.clock)
    watching = again.watch()
    assert isinstance(await anext(watching), Observation)
    more = asyncio.ensure_future(anext(watching))
    await eventually(lambda: again.counts["stale"] == 1)
    more.cancel()


async def test_a_queue_that_does_not_answer_is_asked_again(lab: EcsLab) -> None:
    """Events wait in it; the stream does not break off."""
    await started(lab)
    lab.control.fault("sqs:ReceiveMessage", code="AccessDeniedException")
    assert (await take(lab, 1))[0].kind is Kind.STARTED


def _receipts(asked: dict[str, Any]) -> set[str]:
    return {entry["ReceiptHandle"] for entry in asked.get("Entries", [])}


async def _all(watching: AsyncIterator[Observation]) -> list[Observation]:
    return [seen async for seen in watching]


async def test_what_cannot_be_recorded_comes_again_soon_and_later_each_time(lab: EcsLab) -> None:
    """What was recorded before it is deleted; garbage keeps its time."""
    bodies = [json.dumps(ours()), "garbage", json.dumps(ours(version=9))]
    queue = SlowQueue(bodies, visibility=60, times=3)
    watching = Watcher(queue, HOUSE, Memory(), lab.clock).watch()
    await anext(watching)
    await anext(watching)
    await watching.aclose()
    (_, deleted), (operation, given_back) = queue.asked[-2:]
    assert _receipts(deleted) == {"receipt 0"}
    assert (operation, _receipts(given_back)) == (
        "change_message_visibility_batch",
        {"receipt 2"},
    )
    assert [entry["VisibilityTimeout"] for entry in given_back["Entries"]] == [8]


async def test_a_message_that_was_given_back_is_heard_again(lab: EcsLab) -> None:
    """By another server, or by this one when its database answers again."""
    await started(lab, LONG)
    watching = lab.engine.watch()
    first = await anext(watching)
    await watching.aclose()
    assert (await take(lab, 1)) == [first]
