"""The laboratory's side of `tests.aws_lab.control`."""

import json
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.aws_lab.call import Answer, Call, answer
from tests.aws_lab.faults import Fault
from tests.aws_lab.tasks import Ending

if TYPE_CHECKING:
    from tests.aws_lab.laboratory import Laboratory

_PATH = "/_lab/"


class Verbs:
    """Takes the turn of what is not AWS's."""

    def __init__(self, lab: "Laboratory") -> None:
        self._lab = lab

    def __call__(self, call: Call) -> Answer | None:
        """Carry out a verb."""
        path = call.environ["PATH_INFO"]
        if not path.startswith(_PATH):
            return None
        known = self._beside_ecs() | self._of_ecs()
        verb = known.get(path.removeprefix(_PATH))
        if verb is None:
            return answer({"problem": f"the laboratory knows no {path}"}, 404)
        try:
            return answer(verb(**json.loads(call.body or b"{}")))
        except (LookupError, TypeError, ValueError) as error:
            return answer({"problem": " ".join(map(str, error.args))}, 400)

    def _beside_ecs(self) -> dict[str, Callable[..., Any]]:
        lab = self._lab
        deliveries = lab.topics.deliveries
        return {
            "calls": lab.ledger.counted,
            "forget": lab.ledger.forget,
            "fault": lambda **more: lab.ledger.faults.append(Fault(**more)),
            "fire": self._fire,
            "now": lambda: lab.clock.time.now().isoformat(),
            "clock": lambda **more: _change(lab.clock.manner, more),
            "attempts": deliveries.attempts,
            "messages": deliveries.messages,
            "again": deliveries.again,
            "deliveries": lambda **more: _change(deliveries.plan, more),
            "sign": lab.topics.signed,
            "failures": lambda: list(lab.targets.failures),
        }

    def _of_ecs(self) -> dict[str, Callable[..., Any]]:
        lab = self._lab
        return {
            "refuse_tasks": self._refuse_tasks,
            "break_tasks": self._break_tasks,
            "hide_tasks": lambda times: setattr(lab.ecs, "hidden", times),
            "lose": self._lose,
            "forget_task": lab.ecs.forget,
            "tasks": lambda **more: _change(lab.agent.manner, more),
            "events": lambda **more: _change(lab.news.manner, more),
            "release": lab.news.release,
            "told": lab.news.told,
            "send_event": lab.news.send,
        }

    def _fire(
        self, name: str, slot: str | None = None, copies: int = 1, delay: float = 0.0
    ) -> list[str]:
        at = datetime.fromisoformat(slot) if slot else None
        return self._lab.clock.fire(name, at, copies, delay)

    def _refuse_tasks(self, reason: str, times: int = 1, detail: str | None = None) -> None:
        failure = {"reason": reason} | ({"detail": detail} if detail else {})
        self._lab.ecs.refusals.extend([failure] * times)

    def _break_tasks(self, reason: str, times: int = 1, code: str = "TaskFailedToStart") -> None:
        self._lab.agent.mishaps.extend([Ending(code, reason)] * times)

    def _lose(self, task: str, code: str, reason: str, *, is_silent: bool = False) -> None:
        ending = Ending(code, reason, is_lost=True, is_silent=is_silent)
        self._lab.agent.stop(self._lab.ecs.task(task), ending)


def _change(settings: Any, values: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 -- any dataclass
    known = {item.name for item in fields(settings)}
    if not values.keys() <= known:
        raise LookupError(f"known are {', '.join(sorted(known))}")
    for name, value in values.items():
        setattr(settings, name, value)
    return asdict(settings)
