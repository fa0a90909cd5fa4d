"""The log driver `awslogs`: what containers write goes to CloudWatch Logs."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from tests.aws_lab.box import Box
from tests.aws_lab.front import Moto, RefusedError
from tests.aws_lab.running import Running, StartError

_PAUSE = 0.2  # seconds between two writings
_AT_ONCE = 1000  # events


@dataclass
class LogStream:
    """The stream of one container."""

    moto: Moto
    group: str
    name: str
    _waiting: list[dict[str, Any]] = field(default_factory=list)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # one writes at a time

    async def copy(self, running: Running) -> None:
        """Write what a container writes, until it ends."""
        writing = asyncio.create_task(self._write_now_and_then())
        try:
            async for line in running.lines():
                if line:  # CloudWatch takes no empty message
                    self._waiting.append({"timestamp": int(time.time() * 1000), "message": line})
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            await self._write()

    async def _write_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(_PAUSE)
            await asyncio.shield(self._write())

    async def _write(self) -> None:
        async with self._turn:
            while self._waiting:
                part, self._waiting[:_AT_ONCE] = self._waiting[:_AT_ONCE], []
                given = {"logGroupName": self.group, "logStreamName": self.name, "logEvents": part}
                await asyncio.to_thread(self.moto.ask, "logs", "PutLogEvents", given)


async def open_stream(moto: Moto, box: Box) -> LogStream | None:
    """Make the stream that a container's definition asks for; raise StartError as ECS does."""
    configuration = box.definition.get("logConfiguration") or {}
    if configuration.get("logDriver") != "awslogs":
        return None
    options = configuration["options"]
    group = options["awslogs-group"]
    prefix = options.get("awslogs-stream-prefix")
    name = f"{prefix}/{box.name}/{box.task_id}" if prefix else box.key
    try:
        if options.get("awslogs-create-group") == "true":
            await _make_group(moto, group)
        given = {"logGroupName": group, "logStreamName": name}
        await asyncio.to_thread(moto.ask, "logs", "CreateLogStream", given)
    except RefusedError as error:
        raise StartError(
            "ResourceInitializationError: failed to validate logger args: create stream has been"
            f" retried 1 times: failed to create Cloudwatch log stream: {error}"
        ) from error
    return LogStream(moto, group, name)


async def _make_group(moto: Moto, group: str) -> None:
    try:
        await asyncio.to_thread(moto.ask, "logs", "CreateLogGroup", {"logGroupName": group})
    except RefusedError as error:
        if "ResourceAlreadyExistsException" not in str(error):
            raise
