"""Every request counted, and the faults that tests ask for."""

import time
from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from threading import Lock

from tests.aws_lab.call import Answer, Call, refusal, xml_refusal

_XML = frozenset({"sns", "iam", "sts", "cloudformation", "ec2"})


@dataclass
class Fault:
    """What the next calls are answered."""

    call: str  # pattern of `service:Operation`, such as `dynamodb:*`
    times: int = 1
    code: str = "ThrottlingException"
    message: str = "Rate exceeded"
    status: int = 400
    delay: float = 0.0  # seconds before the answer
    is_done: bool = False  # the call is carried out, and its answer lost
    caller: str = "*"  # pattern of the access key


@dataclass
class Ledger:
    """Counts, by caller (its access key) and call; keeps faults."""

    calls: dict[str, Counter[str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def count(self, call: Call) -> Fault | None:
        """Count a call; return the fault that meets it."""
        with self._lock:
            self.calls.setdefault(call.caller, Counter())[call.name] += 1
            for fault in self.faults:
                is_meant = fnmatchcase(call.name, fault.call)
                if is_meant and fnmatchcase(call.caller, fault.caller):
                    fault.times -= 1
                    if fault.times <= 0:
                        self.faults.remove(fault)
                    return fault
        return None

    def counted(self, caller: str | None = None) -> dict[str, int]:
        """Return how often each call was made, by one caller or by all."""
        with self._lock:
            total: Counter[str] = Counter()
            for name, counter in self.calls.items():
                if caller in {None, name}:
                    total.update(counter)
        return dict(total)

    def forget(self) -> None:
        """Begin counting anew, without faults."""
        with self._lock:
            self.calls.clear()
            self.faults.clear()


def answer_of(fault: Fault, call: Call) -> Answer:
    """Return a fault as an answer of the call's service."""
    time.sleep(fault.delay)
    kind = xml_refusal if call.service in _XML else refusal
    return kind(fault.code, fault.message, fault.status)
