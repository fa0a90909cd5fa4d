"""What jobs told, beside what the API says: counted, not assumed.

Pure. A job tells a line when it begins, every tenth of a second, and when it ends by itself; the
time in it is the machine's uptime, which nobody sets. The figures go to docs/reliability.md.
"""

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, Self

from tests.acceptance.crons import ACTIVE, Row, instant
from wlcron.schedule import parse_schedule

BEGIN, BEAT, END = "begin", "beat", "end"
FAILS_WITH = 5  # the exit code of a job that is to fail
# Of who was killed after its last word, before its exit; and 255 is what Docker says of whoever
# ended while Docker itself was dead.
KILLED = {137, 143, 255}
BAD = {"FAILED", "TIMEOUT", "ERROR", "LOST"}
# A guard looks every tenth of a second at most. The rest is for a machine on which everything
# that may run at a time runs at once; without a guard a job would go on for half a minute.
MARGIN = 2.0  # seconds


class Line(NamedTuple):
    """One line that a job told."""

    cron: str
    execution: str
    slot: str  # WL_SLOT, in whole seconds
    what: str
    uptime: float  # seconds


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long executions of a cron may last, in seconds."""

    timeout: float
    grace: float


@dataclass(frozen=True, slots=True)
class History:
    """All of one cron: the slots that it had, the rows that they ended in, what it was told of."""

    bounds: Bounds
    due: Sequence[datetime]  # of its schedule, from its creation to the end of the run
    rows: Sequence[Row]
    conditions: frozenset[str] = frozenset({"failed"})  # which it wants to be told of


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The figures. All that should be zero is a list of what was found, for whoever has to look."""

    slots: int
    executions: int  # rows that were started, as the jobs told
    statuses: Mapping[str, int]
    starts_per_slot_max: int
    overlaps: Sequence[str] = ()
    beyond_deadline: Sequence[str] = ()
    slots_without_row: Sequence[str] = ()
    slots_with_more_rows: Sequence[str] = ()
    untrue_rows: Sequence[str] = ()  # which say otherwise than the jobs do
    alerts_lost: Sequence[str] = ()
    latest_end: float = field(default=0.0)  # seconds from deadline + grace; negative: before it

    def broken(self) -> dict[str, object]:
        """Return the promises that were broken, with what was found; empty: none."""
        names = [
            *("overlaps", "beyond_deadline", "slots_without_row", "slots_with_more_rows"),
            *("untrue_rows", "alerts_lost"),
        ]
        found: dict[str, object] = {name: getattr(self, name) for name in names}
        found["starts_per_slot_max"] = max(0, self.starts_per_slot_max - 1)
        return {name: each for name, each in found.items() if each}

    def over(self, other: Self) -> Self:
        """Return both together."""
        return replace(
            self,
            slots=self.slots + other.slots,
            executions=self.executions + other.executions,
            statuses=dict(Counter(self.statuses) + Counter(other.statuses)),
            starts_per_slot_max=max(self.starts_per_slot_max, other.starts_per_slot_max),
            overlaps=[*self.overlaps, *other.overlaps],
            beyond_deadline=[*self.beyond_deadline, *other.beyond_deadline],
            slots_without_row=[*self.slots_without_row, *other.slots_without_row],
            slots_with_more_rows=[*self.slots_with_more_rows, *other.slots_with_more_rows],
            untrue_rows=[*self.untrue_rows, *other.untrue_rows],
            alerts_lost=[*self.alerts_lost, *other.alerts_lost],
            latest_end=max(self.latest_end, other.latest_end),
        )


def read_lines(text: str) -> Iterator[Line]:
    """Yield the lines that jobs told; what a job that was killed did not finish does not count."""
    for told in text.splitlines():
        words = told.split()
        if len(words) == len(Line._fields) and words[3] in {BEGIN, BEAT, END}:
            cron, execution, slot, what, uptime = words
            yield Line(cron, execution, slot, what, float(uptime))


def due_slots(schedule: str, first: datetime, until: datetime) -> list[datetime]:
    """Return the slots of a schedule from its first one on; `rate(…)` counts from there."""
    parsed, slots = parse_schedule(schedule, anchor=first), [first]
    while (following := parsed.next(slots[-1])) is not None and following <= until:
        slots.append(following)
    return slots if first <= until else []


def count(
    histories: Mapping[str, History],
    lines: Iterable[Line],
    messages: Iterable[Mapping[str, Any]],
) -> Counted:
    """Return the figures of a run: crons by name, what jobs told, and what a webhook was told."""
    told: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        told[line.cron].append(line)
    heard = {(each["cron"], each["condition"]) for each in messages if each["step"] == "opened"}
    counted = Counted(slots=0, executions=0, statuses={}, starts_per_slot_max=0, latest_end=-1e9)
    for name, history in histories.items():
        counted = counted.over(_count_cron(name, history, told.pop(name, []), heard))
    return replace(counted, untrue_rows=[*counted.untrue_rows, *told])  # lines of no cron


def is_settled(history: History) -> bool:
    """Whether every slot of a cron has a row, and none of these rows is of something active."""
    slots = {instant(row["slot"]) for row in history.rows if not row["manual"]}
    active = any(row["status"] in ACTIVE for row in history.rows)
    return slots.issuperset(history.due) and not active


def write_counted(
    counted: Counted, test: str, engine: str, seed: int, faults: Mapping[str, int], seconds: float
) -> None:
    """Write the figures into the folder that WL_COUNTS names, if it names one."""
    folder = os.environ.get("WL_COUNTS")
    if not folder:
        return
    figures = {
        "test": test,
        "engine": engine,
        "seed": seed,
        "faults": dict(faults),
        "slots": counted.slots,
        "executions": counted.executions,
        "statuses": dict(counted.statuses),
        "starts_per_slot_max": counted.starts_per_slot_max,
        "overlaps": len(counted.overlaps),
        "beyond_deadline": len(counted.beyond_deadline),
        "latest_end": round(counted.latest_end, 2),
        "margin": MARGIN,
        "slots_without_row": len(counted.slots_without_row),
        "slots_with_more_rows": len(counted.slots_with_more_rows),
        "untrue_rows": len(counted.untrue_rows),
        "alerts_lost": len(counted.alerts_lost),
        "seconds": round(seconds),
    }
    path = Path(folder) / f"{test.replace(' ', '-')}-{engine}.json"
    path.write_text(json.dumps(figures, indent=1) + "\n")


def _count_cron(
    name: str, history: History, lines: Sequence[Line], heard: set[tuple[str, str]]
) -> Counted:
    lives = _lives(lines)
    ends = {one: _beyond(life, history.bounds) for one, life in lives.items()}
    rows_of = Counter(instant(row["slot"]) for row in history.rows if not row["manual"])
    return Counted(
        slots=len(history.due) + sum(row["manual"] for row in history.rows),
        executions=len(lives),
        statuses=Counter(row["status"] for row in history.rows),
        starts_per_slot_max=max(_starts(lines, history.rows).values(), default=0),
        overlaps=list(_overlaps(lives)),
        beyond_deadline=[f"{one}: {late:.2f} s" for one, late in ends.items() if late > MARGIN],
        slots_without_row=[f"{name} {slot}" for slot in history.due if slot not in rows_of],
        slots_with_more_rows=[f"{name} {slot}" for slot, rows in rows_of.items() if rows > 1],
        untrue_rows=list(_untrue(history.rows, lives)),
        alerts_lost=[
            f"{name} {condition}" for condition in _owed(history) if (name, condition) not in heard
        ],
        latest_end=max(ends.values(), default=-1e9),
    )


def _lives(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Return what each execution told, in the order of its time."""
    lives: defaultdict[str, list[Line]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: line.uptime):
        lives[line.execution].append(line)
    return dict(lives)


def _starts(lines: Iterable[Line], rows: Iterable[Row]) -> Counter[str]:
    """Count what began for each slot; manual slots of one second are told apart by their ids."""
    manual = {row["id"] for row in rows if row["manual"]}
    begun = (line for line in lines if line.what == BEGIN)
    return Counter(line.execution if line.execution in manual else line.slot for line in begun)


def _overlaps(lives: Mapping[str, Sequence[Line]]) -> Iterator[str]:
    """Yield who began while another one of the same cron was still alive."""
    in_turn = sorted(lives.values(), key=lambda life: life[0].uptime)
    for earlier, later in pairwise(in_turn):
        if later[0].uptime < earlier[-1].uptime:
            yield f"{later[0].execution} in {earlier[0].execution}"


def _beyond(life: Sequence[Line], bounds: Bounds) -> float:
    """Return how long after deadline and grace a job was heard; its time began before it did."""
    return life[-1].uptime - life[0].uptime - bounds.timeout - bounds.grace


def _untrue(rows: Sequence[Row], lives: Mapping[str, Sequence[Line]]) -> Iterator[str]:
    """Yield the rows that say otherwise than the jobs, and the jobs that have no row."""
    for row in rows:
        told = {line.what for line in lives.get(row["id"], ())}
        ended_by_itself = row["status"] == "SUCCESS" or row["exit_code"] == FAILS_WITH
        if row["status"] in {"ERROR", "STOPPED"}:
            yield f"{row['id']} is {row['status']}, with which nothing is wrong: {row['reason']}"
        elif row["status"] in {"SKIPPED", "MISSED"} and told:
            yield f"{row['id']} is {row['status']} and ran"
        elif ended_by_itself and END not in told:
            yield f"{row['id']} is {row['status']}, its job told {sorted(told)}"
        elif END in told and not ended_by_itself and row["exit_code"] not in KILLED:
            yield f"{row['id']} is {row['status']}, its job told its end"
        elif not row["reason"]:
            yield f"{row['id']} is {row['status']} without a reason"
    for execution in lives.keys() - {row["id"] for row in rows}:
        yield f"{execution} ran and has no row"


def _owed(history: History) -> Iterator[str]:
    """Yield the conditions of which somebody has to have been told."""
    statuses = {row["status"] for row in history.rows}
    if statuses & BAD and "failed" in history.conditions:
        yield "failed"
    if "MISSED" in statuses and "not-started-within" in history.conditions:
        yield "not-started-within"
