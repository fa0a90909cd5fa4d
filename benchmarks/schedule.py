"""Schedules: parse + next beside cronsim, croniter, croniter-rs, APScheduler and pyawscron.

Every contender reads an expression and finds one slot, aware datetime in and aware datetime
out. Each does so at the same eight instants of a fortnight, in turn with the others, and the
best of several rounds counts. A contender that has no such expression or zone, or answers
otherwise, is shown as "-".

wlcron is measured three times. *again*: the expression was read before and is remembered, as
`re` remembers patterns. *new*: it was not, but its fields were, as with one more cron among
many. *first*: no field was ever read. (What a zone's clock does is looked up once for each
half year, which is not measured.) The floors are for *again*.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import croniter_rs
from apscheduler.triggers.cron import CronTrigger
from croniter import croniter
from cronsim import CronSim
from pyawscron import AWSCron

from wlcron.schedule import aws, parse, parse_schedule, unix

ROUNDS = 9
ROUND_SECONDS = 0.004
SLOW_SECONDS = 0.05  # a contender that takes longer is measured once
CRONSIM_FLOOR, CRONITER_RS_FLOOR = 8.0, 1.0
INSTANTS = [
    datetime(2026, 3, 3, 0, 3, 11, tzinfo=UTC) + n * timedelta(days=1, hours=7, minutes=13)
    for n in range(8)
]


@dataclass(frozen=True, slots=True)
class Case:
    """An expression in the notations of the contenders, and a time zone."""

    name: str
    expression: str
    aws_expression: str | None
    zone: str
    has_croniter_rs_floor: bool = False


KINDS = (
    ("typical", "*/5 * * * *", "0/5 * * * ? *", True),
    ("business", "15 9 * * MON-FRI", "15 9 ? * MON-FRI *", True),
    ("sparse", "0 0 29 2 *", "0 0 29 2 ? *", False),
    ("rare", "0 0 * 2 MON#5", "0 0 ? 2 2#5 *", False),
    ("never", "0 0 */31 * MON#2", None, False),
)
CASES = [
    Case(name, expression, aws_expression, zone, has_floor)
    for name, expression, aws_expression, has_floor in KINDS
    for zone in ("UTC", "Europe/Berlin")
]

Contender = Callable[[Case, datetime], datetime | None]


def wlcron_again(case: Case, now: datetime) -> datetime | None:
    """Answer for wlcron.schedule, which remembers the expression."""
    return parse_schedule(case.expression, case.zone).next(now)


def wlcron_new(case: Case, now: datetime) -> datetime | None:
    """Answer for wlcron.schedule, which has seen the fields in other expressions."""
    parse._remembered.clear()  # noqa: SLF001 - there is no other way to measure this
    return parse_schedule(case.expression, case.zone).next(now)


def wlcron_first(case: Case, now: datetime) -> datetime | None:
    """Answer for wlcron.schedule, which has seen nothing."""
    for memory in (unix._TIMES, unix._DATES, aws._TIMES, aws._DATES):  # noqa: SLF001 - the same
        memory.clear()
    return wlcron_new(case, now)


def cronsim_next(case: Case, now: datetime) -> datetime | None:
    """Answer for cronsim, which reads the zone from the datetime."""
    return next(CronSim(case.expression, now), None)


def croniter_rs_next(case: Case, now: datetime) -> datetime | None:
    """Answer for croniter-rs, which computes on the wall clock and ignores zones."""
    found: datetime = croniter_rs.croniter(case.expression, now).get_next(datetime)
    return found if found.tzinfo else found.replace(tzinfo=now.tzinfo)


def croniter_next(case: Case, now: datetime) -> datetime | None:
    """Answer for croniter."""
    found: datetime = croniter(case.expression, now).get_next(datetime)
    return found


def apscheduler_next(case: Case, now: datetime) -> datetime | None:
    """Answer for APScheduler's trigger, which has another notation for the nth weekday."""
    if "#" in case.expression:
        raise NotImplementedError
    trigger = CronTrigger.from_crontab(case.expression, timezone=case.zone)
    found: datetime | None = trigger.get_next_fire_time(None, now)
    return found


def pyawscron_next(case: Case, now: datetime) -> datetime | None:
    """Answer for pyawscron, which knows AWS's notation and UTC alone."""
    if case.aws_expression is None or case.zone != "UTC":
        raise NotImplementedError
    found: datetime = AWSCron(case.aws_expression).occurrence(now).next()
    return found


CONTENDERS: dict[str, Contender] = {
    "wlcron again": wlcron_again,
    "wlcron new": wlcron_new,
    "wlcron first": wlcron_first,
    "cronsim": cronsim_next,
    "croniter-rs": croniter_rs_next,
    "croniter": croniter_next,
    "APScheduler": apscheduler_next,
    "pyawscron": pyawscron_next,
}


def answers(contender: Contender, case: Case, instants: list[datetime]) -> bool:
    """Tell whether a contender finds the slots, or none where there is none."""
    for now in instants:
        expected = parse_schedule(case.expression, case.zone).next(now)
        try:
            found = contender(case, now)
        except NotImplementedError:
            return False
        except Exception:  # noqa: BLE001 - peers raise what they like where nothing is left
            found = None
        if found != expected:
            return False
    return True


def sweep_seconds(contender: Contender, case: Case, instants: list[datetime], count: int) -> float:
    """Return how long a contender takes for one slot, over all instants, so many times."""
    start = time.perf_counter()
    for _ in range(count):
        for now in instants:
            try:  # noqa: SIM105 - suppress() would be measured, too
                contender(case, now)
            except Exception:  # noqa: BLE001, S110 - as above
                pass
    return (time.perf_counter() - start) / count / len(instants)


def measure(case: Case) -> dict[str, float]:
    """Return the seconds that each contender takes for one slot of a case."""
    zone = UTC if case.zone == "UTC" else ZoneInfo(case.zone)
    instants = [now.astimezone(zone) for now in INSTANTS]
    able = {name: run for name, run in CONTENDERS.items() if answers(run, case, instants)}
    best = {name: sweep_seconds(run, case, instants, 1) for name, run in able.items()}
    for _ in range(ROUNDS):
        for name, run in able.items():
            if best[name] < SLOW_SECONDS:
                count = max(1, int(ROUND_SECONDS / best[name] / len(instants)))
                best[name] = min(best[name], sweep_seconds(run, case, instants, count))
    return best


def missed_floors(case: Case, seconds: dict[str, float]) -> list[str]:
    """Return what a case should have been faster than."""
    floors = {"cronsim": CRONSIM_FLOOR}
    if case.has_croniter_rs_floor:
        floors["croniter-rs"] = CRONITER_RS_FLOOR
    return [
        f"{case.name} in {case.zone} is not {floor:.0f} times as fast as {peer}"
        for peer, floor in floors.items()
        if peer in seconds and seconds[peer] < floor * seconds["wlcron again"]
    ]


def row(case: Case, seconds: dict[str, float]) -> str:
    """Return a line of the table: microseconds, and for a peer how many times wlcron's."""
    cells = [case.name, f"`{case.expression}`", case.zone]
    for name in CONTENDERS:
        if name not in seconds:
            cells.append("-")
            continue
        shown = f"{seconds[name] * 1e6:,.1f}"
        ratio = seconds[name] / seconds["wlcron again"]
        cells.append(shown if name.startswith("wlcron") else f"{shown} ({ratio:,.1f})")
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """Print the table; return 1 where a floor was missed."""
    print("µs for parse + next; in brackets, how many times as long as wlcron *again*.\n")
    print(f"| kind | expression | zone | {' | '.join(CONTENDERS)} |")
    print("| --- | --- | --- |" + " ---: |" * len(CONTENDERS))
    missed = []
    for case in CASES:
        seconds = measure(case)
        print(row(case, seconds), flush=True)
        missed += missed_floors(case, seconds)
    print("\n" + ("\n".join(missed) or "All floors were kept: 8 times cronsim, and croniter-rs."))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
