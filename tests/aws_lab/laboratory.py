"""The laboratory put together."""

import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from tests.aws_lab import inside
from tests.aws_lab.call import Answer, Call, answer
from tests.aws_lab.clock import AwsTime, Clock
from tests.aws_lab.faults import Fault, Ledger
from tests.aws_lab.front import Front, Moto
from tests.aws_lab.receiving import Receiving
from tests.aws_lab.signing import Signer
from tests.aws_lab.targets import Targets
from tests.aws_lab.topics import Topics
from tests.aws_lab.transactions import Transactions
from tests.aws_lab.validation import validate

CONTROL = "/_lab/"


@dataclass(frozen=True, slots=True)
class Options:
    """How a laboratory is started."""

    port: int = 0
    minute: float = 60.0  # real seconds that a minute of AWS's clock lasts


@dataclass
class Laboratory:
    """All parts, and the verbs by which tests command them."""

    options: Options
    moto: Moto = field(default_factory=Moto)
    ledger: Ledger = field(default_factory=Ledger)
    url: str = ""

    def __post_init__(self) -> None:
        self.receiving = Receiving(self.moto)
        self.targets = Targets(self.moto, self.receiving)
        self.topics = Topics(self.moto, Signer(), lambda: self.url, self.targets.to_queue)
        self.clock = Clock(self.targets, AwsTime(self.options.minute))
        inside.mend_rules(self.targets.to_rule_target)
        turns = (self.control, validate, self.topics, self.receiving, Transactions(self.moto))
        self.server = inside.make_http(self.options.port, Front(self.moto, self.ledger, turns))
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def serve(self) -> None:
        """Serve until this thread is interrupted."""
        threading.Thread(target=self.clock.run, daemon=True).start()
        try:
            self.server.serve_forever()
        finally:
            self.clock.stop()
            self.topics.deliveries.close()

    def control(self, call: Call) -> Answer | None:
        """Carry out a verb of `tests.aws_lab.control`."""
        path = call.environ["PATH_INFO"]
        if not path.startswith(CONTROL):
            return None
        verb = self._verbs().get(path.removeprefix(CONTROL))
        if verb is None:
            return answer({"problem": f"the laboratory knows no {path}"}, 404)
        try:
            return answer(verb(**json.loads(call.body or b"{}")))
        except (LookupError, TypeError, ValueError) as error:
            return answer({"problem": str(error)}, 400)

    def _verbs(self) -> dict[str, Callable[..., Any]]:
        deliveries = self.topics.deliveries
        return {
            "calls": self.ledger.counted,
            "forget": self.ledger.forget,
            "fault": lambda **more: self.ledger.faults.append(Fault(**more)),
            "fire": self._fire,
            "now": lambda: self.clock.time.now().isoformat(),
            "clock": lambda **more: _change(self.clock.manner, more),
            "attempts": deliveries.attempts,
            "messages": deliveries.messages,
            "again": deliveries.again,
            "deliveries": lambda **more: _change(deliveries.plan, more),
            "sign": self.topics.signed,
            "failures": lambda: list(self.targets.failures),
        }

    def _fire(
        self, name: str, slot: str | None = None, copies: int = 1, delay: float = 0.0
    ) -> list[str]:
        return self.clock.fire(name, datetime.fromisoformat(slot) if slot else None, copies, delay)


def _change(settings: Any, values: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 -- any dataclass
    known = {item.name for item in fields(settings)}
    if not values.keys() <= known:
        raise LookupError(f"known are {', '.join(sorted(known))}")
    for name, value in values.items():
        setattr(settings, name, value)
    return asdict(settings)
