"""Schedule expressions and time zones, as a person writes them."""

import json
from datetime import UTC, datetime, timedelta

from tests.fuzz.rules import is_one_sentence
from tests.fuzz.targets import DATA, Target, words
from wlcron.schedule import ScheduleError, parse_schedule

_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_INSTANTS = (_NOW, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def check(data: bytes) -> None:
    """Read an expression and, on a line of its own, a zone; walk on it for a few slots."""
    expression, _, zone = data.decode(errors="surrogateescape").partition("\n")
    try:
        schedule = parse_schedule(expression, timezone=zone or None, anchor=_NOW)
    except ScheduleError as error:
        is_one_sentence(error)
        return
    assert parse_schedule(str(schedule), timezone=zone or None, anchor=_NOW) == schedule
    assert schedule.explain().isprintable()
    for instant in _INSTANTS:
        _walk(schedule.next(instant), schedule.previous(instant), instant)
    slot = schedule.next(_NOW)
    if slot is not None:
        before = schedule.previous(slot + timedelta(microseconds=1))
        assert before == slot, (expression, zone)
    schedule.period(_NOW)


def _walk(after: datetime | None, before: datetime | None, instant: datetime) -> None:
    assert after is None or after > instant
    assert before is None or before < instant


def _seeds() -> list[bytes]:
    samples = json.loads((DATA / "schedules.json").read_text())
    known = [f"cron({each['expr']})".encode() for each in samples["aws_cron"]]
    return [
        *known[:40],
        b"*/5 * * * *",
        b"0 9 * * MON-FRI\nEurope/Berlin",
        b"30 2 29 2 *\nAmerica/New_York",
        b"rate(5 minutes)",
        b"rate(99999 days)",
        b"at(2026-12-24T18:00:00)\nPacific/Apia",
        b"@daily\nAustralia/Lord_Howe",
        b"cron(0 10 LW * ? 2199)",
        b"cron(0 10 ? 2 6#5 2000/7)",
    ]


SCHEDULES = Target(
    "schedules",
    check,
    _seeds(),
    (
        *words(
            "cron( rate( at( ) * ? L W LW L-3 6L 6#3 15W MON-FRI JAN-DEC /15 1-5 2199 1970 @hourly"
        ),
        b" ",
        b"\n",
        b"\nEurope/Berlin",
        "²".encode(),
        "٣".encode(),
        b"9" * 20,
    ),
)
