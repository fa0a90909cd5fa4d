"""The floors of the schedule benchmark as rows: parse + next, beside cronsim and croniter-rs.

`python benchmarks/schedule.py` shows all peers, also those without a floor.
"""

from measuring import Figure, Row, progress
from schedule import CASES, CRONITER_RS_FLOOR, CRONSIM_FLOOR, Case
from schedule import measure as measure_case


async def measure() -> list[Row]:
    """Measure each kind of expression in both time zones."""
    rows = []
    for case in CASES:
        progress(f"schedules: {case.name} in {case.zone}")
        seconds = measure_case(case)
        rows.append(_row(case, seconds, "cronsim", CRONSIM_FLOOR))
        if case.has_croniter_rs_floor and "croniter-rs" in seconds:
            rows.append(_row(case, seconds, "croniter-rs", CRONITER_RS_FLOOR))
    return rows


def _row(case: Case, seconds: dict[str, float], peer: str, floor: float) -> Row:
    ours, theirs = _microseconds(seconds["wlcron again"]), _microseconds(seconds[peer])
    times = theirs.value / ours.value
    return Row(
        f"schedule: parse + next, {case.name} `{case.expression}` in {case.zone}",
        ours.text,
        f"{theirs.text} ({peer})",
        times,
        f"≥ {floor:.0f} times as fast",
        times >= floor,
    )


def _microseconds(seconds: float) -> Figure:
    return Figure(seconds, f"{seconds * 1e6:,.1f} µs")
