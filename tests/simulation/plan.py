"""The plan of one simulation: everything that is to go wrong, and to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tests.simulation.chance import Chance


class Effect(StrEnum):
    """What strikes one request of a server."""

    KILL_BEFORE = "kill before"  # the server dies before it has sent it
    KILL_DURING = "kill during"  # it dies while the request is on its way, which is carried out
    KILL_AFTER = "kill after"  # it dies with the answer in its hands
    FAIL_BEFORE = "fail before"  # the request is not carried out
    FAIL_AFTER = "fail after"  # it is carried out, and the answer is lost
    HANG = "hang"  # it takes long


class Deed(StrEnum):
    """What happens at a time."""

    KILL = "kill"
    STOP = "stop"  # as on SIGTERM
    FREEZE = "freeze"
    SET_CLOCK = "set clock"
    STORE_AWAY = "store away"
    ENGINE_AWAY = "engine away"
    BREAK_STREAM = "break stream"
    CHANNEL_AWAY = "channel away"
    MONITOR_AWAY = "monitor away"
    PAUSE = "pause"
    RESUME = "resume"
    EDIT = "edit"
    DELETE = "delete"
    DEFINE = "define"
    RUN = "run"
    RUN_TWICE = "run twice"  # two who do not know of one another, at the same instant
    STOP_RUN = "stop run"


# What is counted together; what people want is not among it.
KIND: Mapping[str, str] = {
    Effect.KILL_BEFORE: "kills",
    Effect.KILL_DURING: "kills",
    Effect.KILL_AFTER: "kills",
    Effect.FAIL_BEFORE: "failed_requests",
    Effect.FAIL_AFTER: "lost_answers",
    Effect.HANG: "hangs",
    Deed.KILL: "kills",
    Deed.STOP: "stops",
    Deed.FREEZE: "freezes",
    Deed.SET_CLOCK: "clocks_set",
    Deed.STORE_AWAY: "outages",
    Deed.ENGINE_AWAY: "outages",
    Deed.BREAK_STREAM: "outages",
    Deed.CHANNEL_AWAY: "outages",
    Deed.MONITOR_AWAY: "outages",
}


class Habit(StrEnum):
    """What is wrong again and again, in some share of cases."""

    REFUSES = "engine refuses"
    ABSENT = "engine does not answer"
    DENIES = "engine starts but says it did not"
    DAWDLES = "engine takes long to start"
    FORGETS = "engine forgets"
    JOBS_FAIL = "jobs fail"
    JOBS_HANG = "jobs hang"
    LOSES = "queue loses"
    REPEATS = "queue repeats"
    REORDERS = "queue reorders"
    TRIGGER_REPEATS = "trigger repeats"
    TRIGGER_LATE = "trigger is late"
    TRIGGER_LOSES = "trigger loses"
    CHANNEL_FAILS = "channel fails"
    MONITOR_FAILS = "monitor fails"


@dataclass(frozen=True, slots=True)
class Job:
    """A cron of the simulation."""

    name: str
    schedule: str
    timeout: int  # seconds
    run_for: int  # seconds at most, where nothing is wrong with it


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault of one request: the so many-th of this verb that a server makes."""

    server: int
    verb: str
    nth: int
    effect: Effect
    seconds: float


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens at a time."""

    at: float  # seconds since the beginning
    deed: Deed
    target: int  # a server, or a job where it is somebody's wish
    seconds: float


@dataclass(frozen=True, slots=True)
class Shape:
    """What kind of system it is."""

    servers: int
    is_shared: bool  # one engine for all, as ECS is; else each has its own, as Docker is
    is_triggered: bool  # slots are announced from outside
    tell_every: int  # seconds
    keep: int  # executions of a cron
    drift: float  # seconds in an hour, at most, between two clocks


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole simulation; the same plan always goes the same way."""

    seed: int
    shape: Shape
    jobs: tuple[Job, ...]
    strikes: tuple[Strike, ...]
    acts: tuple[Act, ...]
    habits: tuple[Habit, ...]
    steps: int  # so many of them are disturbed


VERBS = {
    "commit": 12, "claim": 20, "apply": 12, "renew": 6, "start": 12, "announced": 12,
    "unannounced": 30, "execution": 12, "cron": 12, "put_incident": 8, "incident": 8,
    "untold_incidents": 40, "due": 12, "next_due": 12, "inspect": 10, "active": 20,
    "acknowledge": 12, "send": 6, "signal": 20, "executions": 10, "crons": 2, "prunable": 2,
    "put_cron": 4, "stop": 2, "ask_stop": 2,
}  # each with how often a server asks for it within some minutes  # fmt: skip
_SCHEDULES = ("* * * * *", "*/2 * * * *", "1-59/2 * * * *", "rate(1 minute)", "rate(3 minutes)")
_SECONDS = (0.5, 2.0, 10.0, 35.0, 75.0, 130.0)
_LASTS = {
    Deed.KILL: (0.5, 2.0, 10.0, 35.0, 130.0, 400.0, 900.0),
    Deed.STOP: (0.5, 2.0, 10.0, 35.0, 130.0, 400.0),
    Deed.SET_CLOCK: (-600.0, -130.0, -35.0, -2.0, 2.0, 35.0, 130.0, 600.0),
}
_STEPS_A_MINUTE = 130
STEPS = 2000


def draw(seed: int, steps: int = STEPS) -> Plan:
    """Return the plan of a seed."""
    chance = Chance(seed)
    shape = _shape(chance)
    length = 60.0 * steps / _STEPS_A_MINUTE
    jobs = tuple(_job(chance, number) for number in range(chance.whole(2, 5, "jobs")))
    return Plan(
        seed=seed,
        shape=shape,
        jobs=jobs,
        strikes=tuple(
            _strike(chance, number, shape.servers, length)
            for number in range(chance.one_of((0, 3, 10, 25, 40), "strikes"))
        ),
        acts=tuple(
            sorted(
                (
                    _act(chance, number, length)
                    for number in range(chance.one_of((0, 3, 10, 20, 30), "acts"))
                ),
                key=lambda act: act.at,
            )
        ),
        habits=tuple(habit for habit in Habit if chance.happens(0.6, "habit", habit)),
        steps=steps,
    )


def _shape(chance: Chance) -> Shape:
    is_shared = chance.happens(0.5, "shared")
    return Shape(
        servers=chance.whole(1, 3, "servers"),
        is_shared=is_shared,
        is_triggered=is_shared and chance.happens(0.6, "triggered"),
        tell_every=chance.one_of((1, 3, 5, 10), "tell every"),
        keep=chance.one_of((1000, 1000, 10), "keep"),
        drift=chance.one_of((0.0, 1.0, 10.0), "drift"),
    )


def _job(chance: Chance, number: int) -> Job:
    return Job(
        name=f"job{number}",
        schedule=chance.one_of(_SCHEDULES, "schedule", number),
        timeout=chance.one_of((30, 90, 240, 30, 90, 1200), "timeout", number),
        run_for=chance.one_of((1, 5, 20, 20, 100, 1000), "run for", number),
    )


def _strike(chance: Chance, number: int, servers: int, length: float) -> Strike:
    verb = chance.one_of(tuple(VERBS), "verb", number)
    most = max(2, int(VERBS[verb] * length / 240))
    return Strike(
        server=chance.whole(0, servers - 1, "struck", number),
        verb=verb,
        nth=chance.whole(1, most, "nth", number),
        effect=chance.one_of(tuple(Effect), "effect", number),
        seconds=chance.one_of((1.0, 5.0, 20.0, 45.0, 90.0, 150.0), "seconds", number),
    )


def _act(chance: Chance, number: int, length: float) -> Act:
    deed = chance.one_of(tuple(Deed), "deed", number)
    seconds = chance.one_of(_LASTS.get(deed, _SECONDS), "lasts", number)
    return Act(
        at=round(chance.between(5.0, length, "at", number), 3),
        deed=deed,
        target=chance.whole(0, 11, "target", number),
        seconds=seconds,
    )
