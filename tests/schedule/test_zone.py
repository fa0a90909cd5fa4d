"""Time zones: names, and every change of every clock."""

import struct
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from wlcron.schedule import ScheduleError, parse_schedule
from wlcron.schedule.zone import Zone

FIRST = 0  # 1970, before which no schedule has a slot


def zone_file(name: str) -> Traversable:
    """Return the file of a zone in the tzdata package; the machine may have another version."""
    return files("tzdata").joinpath("zoneinfo").joinpath(*name.split("/"))


def changes(name: str) -> list[tuple[int, int]]:
    """Return the changes that a zone's file lists as (instant, new offset) (RFC 8536)."""
    data = zone_file(name).read_bytes()
    start = 0
    for size in (4, 8):  # the file holds everything twice, with 4 bytes a time and with 8
        isut, isstd, leaps, times, types, chars = struct.unpack_from(">6I", data, start + 20)
        body = start + 44
        start = body + times * (size + 1) + types * 6 + chars + leaps * (size + 4) + isstd + isut
    instants = struct.unpack_from(f">{times}q", data, body)
    kinds = struct.unpack_from(f">{times}B", data, body + times * 8)
    offsets = [struct.unpack_from(">i", data, body + times * 9 + kind * 6)[0] for kind in kinds]
    return [(at, offset) for at, offset in zip(instants, offsets, strict=True) if at > FIRST]


@pytest.mark.parametrize(
    "name",
    [
        *("America/New_York", "America/Recife", "America/Argentina/Tucuman", "America/Caracas"),
        *("Africa/Casablanca", "Africa/El_Aaiun", "Africa/Monrovia", "Antarctica/Troll"),
        *("Antarctica/Casey", "Asia/Gaza", "Asia/Kathmandu", "Asia/Pyongyang", "Asia/Tokyo"),
        *("Australia/Lord_Howe", "Europe/Dublin", "Pacific/Apia", "Pacific/Kwajalein"),
    ],
)
def test_segments_begin_where_the_zone_file_says_that_the_clock_changes(name: str) -> None:
    """Asking zoneinfo every few days misses no change, and finds each to the second."""
    with zone_file(name).open("rb") as file:
        zone = Zone(name, ZoneInfo.from_file(file))
    offset = zone.segment(FIRST).offset
    for instant, new_offset in changes(name):
        if new_offset != offset:
            before, after = zone.segment(instant - 1), zone.segment(instant)
            assert (before.end, before.offset) == (instant, offset)
            assert (after.start, after.offset) == (instant, new_offset)
            offset = new_offset


def test_no_clock_changes_twice_within_the_step_of_the_search() -> None:
    """The search asks every fourth day: two changes in between would cancel each other."""
    for name in files("tzdata").joinpath("zones").read_text().split():
        instants = [instant for instant, _ in changes(name)]
        assert all(later - earlier > 4 * 86400 for earlier, later in pairwise(instants)), name


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Europe/Berln", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("Kathmandu", "Asia/Kathmandu"),
    ],
)
def test_a_mistyped_zone_is_answered_with_the_nearest(name: str, meant: str) -> None:
    """Who writes a city or a wrong case is told the name."""
    with pytest.raises(ScheduleError, match=f"did you mean '{meant}'"):
        parse_schedule("@daily", name)


@pytest.mark.parametrize("name", ["?", "../../etc/passwd", "a\0b", "/etc/localtime", "x" * 100_000])
def test_what_is_no_zone_is_refused_in_one_short_sentence(name: str) -> None:
    """Nothing outside the database is opened, and nothing long is repeated."""
    with pytest.raises(ScheduleError, match=r"There is no time zone") as refusal:
        parse_schedule("@daily", name)
    assert len(str(refusal.value)) < 200


def test_a_schedule_without_a_zone_is_read_in_utc() -> None:
    """UTC is the default of the cron file."""
    assert parse_schedule("@daily").timezone == "UTC"
    assert parse_schedule("@daily", None) == parse_schedule("@daily", "UTC")
