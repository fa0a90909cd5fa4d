"""What the instruments counted, as the tables of docs/reliability.md."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Count = Mapping[str, Any]


@dataclass(frozen=True)
class Instrument:
    """A target of the Makefile, and how what it counted is shown."""

    says: str  # what it does, as the table's title
    show: Callable[[Sequence[Count]], Iterator[str]]
    arguments: tuple[str, ...] = ()  # for make, so that it ends


def _promises(counts: Sequence[Count]) -> Iterator[str]:
    yield from _table(
        ("promise", "broken in so many ways", "seen by its tests"),
        (
            (number, each["broken"], each["seen"])
            for by_promise in counts
            for number, each in by_promise.items()
        ),
    )


def _chaos(counts: Sequence[Count]) -> Iterator[str]:
    yield from _table(
        (
            *("what", "engine", "faults", "slots", "executions", "starts per slot, at most"),
            *("overlaps", "beyond the deadline", "slots without a row", "slots with more rows"),
            *("rows that say otherwise than the jobs", "alerts lost"),
        ),
        (
            (
                *(each["test"], each["engine"], _faults(each["faults"]), each["slots"]),
                *(each["executions"], each["starts_per_slot_max"], each["overlaps"]),
                *(each["beyond_deadline"], each["slots_without_row"]),
                *(each["slots_with_more_rows"], each["untrue_rows"], each["alerts_lost"]),
            )
            for each in sorted(counts, key=lambda each: (each["test"], each["engine"]))
        ),
    )


def _fuzz(counts: Sequence[Count]) -> Iterator[str]:
    targets = sorted((each for each in counts if "target" in each), key=lambda each: each["target"])
    yield from _table(
        ("what is read", "inputs tried", "seconds", "findings"),
        (
            (each["target"], f"{each['executions']:,}", each["seconds"], each["findings"])
            for each in targets
        ),
    )
    found = [each for each in counts if "operations" in each]
    yield ""
    yield "The API, by schemathesis against the real server: " + (
        f"{found[0]['operations']} operations, {found[0]['cases']:,} requests,"
        f" {found[0]['server_errors']} answers of 5xx."
        if found
        else "**not counted**."
    )


def _simulation(counts: Sequence[Count]) -> Iterator[str]:
    yield from _table(
        ("seeds", "steps", "virtual hours", "faults", "slots", "promises broken"),
        (
            (
                *(f"{each['seeds']:,}", f"{each['steps']:,}", f"{each['virtual_hours']:,.0f}"),
                *(_faults(each["faults"]), f"{each['slots']:,}", each["broken"]),
            )
            for each in counts
        ),
    )


def _mutants(counts: Sequence[Count]) -> Iterator[str]:
    yield from _table(
        ("planted", "found by", "after seeds", "after seconds"),
        (
            (each["mutant"], each["invariant"] or "**nothing**", each["seeds"], each["seconds"])
            for each in sorted(counts, key=lambda each: each["mutant"])
        ),
    )


INSTRUMENTS = {
    "promises": Instrument("Each promise is broken on purpose", _promises),
    "simulate": Instrument("Whole systems on a virtual clock", _simulation, ("SECONDS=300",)),
    "mutants": Instrument("Bugs that the simulator has to find", _mutants),
    "chaos": Instrument("The real program, broken, as its jobs saw it", _chaos),
    "fuzz": Instrument("What may be sent", _fuzz, ("SECONDS=20",)),
}


def tables(folder: Path) -> str:
    """Return all that was counted; an instrument that did not run says so."""
    return "\n".join(line for name in INSTRUMENTS for line in _section(name, folder / name))


def _section(name: str, folder: Path) -> Iterator[str]:
    instrument = INSTRUMENTS[name]
    yield f"### {instrument.says} (`make {name}`)\n"
    if not (folder / "run.json").exists():
        yield "Not counted yet.\n"
        return
    run = json.loads((folder / "run.json").read_text())
    counts = [json.loads(each.read_text()) for each in sorted(folder.glob("*.json"))]
    yield from instrument.show([each for each in counts if "exit_code" not in each])
    ended = "" if run["exit_code"] == 0 else " **It failed.**"
    yield f"\n{run['date']}, in {run['seconds']} s, {run['versions']}.{ended}\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |"


def _faults(faults: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in faults.items())
