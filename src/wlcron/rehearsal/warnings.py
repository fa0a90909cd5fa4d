"""What somebody should look at before it happens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice, pairwise

from wlcron.core.durations import duration_text
from wlcron.outlet import FLOOD_AFTER
from wlcron.rehearsal.crowd import Crowd, Herd
from wlcron.rehearsal.events import Hindrance
from wlcron.rehearsal.floods import floods_of
from wlcron.rehearsal.outcome import Outcome, Tally
from wlcron.rehearsal.parts import Part, Setting
from wlcron.rehearsal.witness import is_by_routes
from wlcron.schedule import Schedule
from wlcron.schedule.oddities import Oddity
from wlcron.schedule.schedule import epoch_seconds

_SLOTS = 100  # are looked at to know how far apart they are
_NAMED = 3  # of many alike


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence, of a cron or of all together."""

    kind: str  # clock-change, overlap, herd, flood
    cron: str | None
    text: str


def warnings_of(
    parts: Sequence[Part],
    tallies: Sequence[Tally],
    courses: Sequence[Sequence[Outcome]],
    setting: Setting,
    crowd: Crowd,
) -> list[Remark]:
    """Return all warnings: those of each cron first."""
    found: list[Remark] = []
    for part, tally in zip(parts, tallies, strict=True):
        found += [*_clock_changes(part, setting), *_overlaps(part, tally, setting)]
    return [*found, *_herds(crowd), *_floods(courses, setting)]


def _clock_changes(part: Part, setting: Setting) -> Iterator[Remark]:
    schedule = part.cron.schedule()
    odd = schedule.oddities(epoch_seconds(setting.begin), epoch_seconds(setting.until))
    for change, each in groupby(odd, key=lambda oddity: oddity.change):
        text = _of_change(schedule, change, list(each))
        yield Remark("clock-change", part.cron.name, text)


def _of_change(schedule: Schedule, change: int, odd: Sequence[Oddity]) -> str:
    walls = [datetime.fromtimestamp(each.wall * 60, UTC) for each in odd]
    named = ", ".join(f"{wall:%H:%M}" for wall in walls[:_NAMED])
    more = f" and {len(walls) - _NAMED} more" if len(walls) > _NAMED else ""
    verb = "does" if len(walls) == 1 else "do"
    at = f"{datetime.fromtimestamp(change, UTC):%H:%M} UTC"
    if not odd[0].is_leapt:
        times = "the first time alone" if odd[0].slots == 1 else "both times"
        happens = f"comes twice; it is due {times}"
    elif odd[0].slots:
        happens = f"{verb} not exist; it is due right at the change, {at}"
    else:
        happens = f"{verb} not exist, and there is no slot in its place"
    return f"{named}{more} on {walls[0]:%Y-%m-%d} in {schedule.timezone} {happens}"


def _overlaps(part: Part, tally: Tally, setting: Setting) -> Iterator[Remark]:
    for hindrance in Hindrance:
        if count := tally.hindrances.get(hindrance):
            skipped = f"{count:,} {'slot is' if count == 1 else 'slots are'} skipped"
            advice = _advice(part, setting) if hindrance is Hindrance.RUNNING else ""
            yield Remark("overlap", part.cron.name, f"{skipped} because {hindrance}{advice}")


def _advice(part: Part, setting: Setting) -> str:
    return f"{_certainty(part, setting)}. Make it rarer, or shorter"


def _certainty(part: Part, setting: Setting) -> str:
    timeout = part.cron.definition.timeout
    shortest = min(min(fate.run_for, timeout) for fate in part.fates)
    gaps = _gaps(part.cron.schedule(), setting)
    if not gaps or shortest <= min(gaps):
        return ""
    return (
        f"; it is certain: none takes less than {duration_text(shortest)}, and slots are"
        f" {duration_text(min(gaps))} apart"
    )


def _gaps(schedule: Schedule, setting: Setting) -> list[timedelta]:
    def slots() -> Iterator[datetime]:
        slot = schedule.next(setting.begin - timedelta(seconds=1))
        while slot is not None:
            yield slot
            slot = schedule.next(slot)

    return [later - slot for slot, later in pairwise(islice(slots(), _SLOTS))]


def _herds(crowd: Crowd) -> Iterator[Remark]:
    if not crowd.herds:
        return
    named = "; ".join(_herd(herd) for herd in crowd.herds[:_NAMED])
    rest = len(crowd.herds) - _NAMED
    more = f"; and at {rest} more minute{'s' * (rest > 1)} of the day" if rest > 0 else ""
    advice = "Give them minutes of their own, such as 17 in place of 0"
    yield Remark("herd", None, f"many crons are due at the same minute: {named}{more}. {advice}")


def _herd(herd: Herd) -> str:
    days = "1 day" if herd.days == 1 else f"{herd.days} days"
    return f"{herd.crons} at {herd.minute // 60:02}:{herd.minute % 60:02} UTC ({days})"


def _floods(courses: Sequence[Sequence[Outcome]], setting: Setting) -> Iterator[Remark]:
    floods = floods_of(courses, setting.begin)
    if not floods:
        return
    first = floods[0]
    channel = "their routes" if is_by_routes(first.channel) else first.channel
    more = f", and {len(floods) - 1} more time{'s' * (len(floods) > 2)}" if floods[1:] else ""  # noqa: PLR2004 -- one more
    yield Remark(
        "flood",
        None,
        f"more than {FLOOD_AFTER} incidents within a minute are told as one: to {channel} at"
        f" {first.at:%Y-%m-%d %H:%M:%S} UTC, {first.incidents} of them{more}",
    )
