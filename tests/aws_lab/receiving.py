"""ReceiveMessage waits outside of the lock: a long poll must not stop everybody else."""

import json
import select
import socket
import time
from http import HTTPStatus
from threading import Condition
from typing import Any

from tests.aws_lab.call import Answer, Call
from tests.aws_lab.front import Moto, RefusedError

_PAUSE = 0.5  # seconds; visibility that runs out says nothing


class Receiving:
    """Takes ReceiveMessage's turn."""

    def __init__(self, moto: Moto) -> None:
        self._moto = moto
        self._sent = Condition()

    def __call__(self, call: Call) -> Answer | None:
        """Answer ReceiveMessage as soon as there is a message; hear of what may bring one."""
        if call.service != "sqs":
            return None
        if call.operation == "ReceiveMessage":
            return self._receive(call)
        result = self._moto(call)
        self.wake()
        return result

    def wake(self) -> None:
        """Let those who wait look again."""
        with self._sent:
            self._sent.notify_all()

    def _receive(self, call: Call) -> Answer:
        wait = call.parameters.get("WaitTimeSeconds")
        if wait is None:
            wait = self._usual_wait(call)
        body = json.dumps(call.parameters | {"WaitTimeSeconds": 0}).encode()
        end = time.monotonic() + wait
        while True:
            result = self._moto(call, body)
            left = end - time.monotonic()
            if result.json.get("Messages") or result.status != HTTPStatus.OK or left <= 0:
                return result
            with self._sent:
                self._sent.wait(min(_PAUSE, left))
            if _is_gone(call.environ.get("werkzeug.socket")):
                # It would take a message that nobody reads.
                return result

    def _usual_wait(self, call: Call) -> int:
        name = "ReceiveMessageWaitTimeSeconds"
        given = {"QueueUrl": call.parameters.get("QueueUrl"), "AttributeNames": [name]}
        try:
            found = self._moto.ask("sqs", "GetQueueAttributes", given)
        except RefusedError:
            return 0  # there is no such queue, as moto will say
        return int(found["Attributes"][name])


def _is_gone(connection: Any) -> bool:  # noqa: ANN401 -- werkzeug is untyped
    if connection is None:
        return False
    readable, _, _ = select.select([connection], [], [], 0)
    try:
        return bool(readable) and not connection.recv(1, socket.MSG_PEEK)
    except OSError:
        return True
