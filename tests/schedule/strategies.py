"""Expressions, zones and instants for property tests, gathered where the rules are hard."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from tests.schedule.reference import DAYS, MONTHS, Expression

CHANGES = {
    "America/New_York": ("2024-03-10T07:00", "2024-11-03T06:00"),
    "Europe/Berlin": ("2024-03-31T01:00", "2024-10-27T01:00"),
    "Europe/Dublin": ("2024-03-31T01:00", "2024-10-27T01:00"),
    "Australia/Lord_Howe": ("2024-04-06T15:00", "2024-10-05T15:30"),
    "Africa/Casablanca": ("2024-03-10T02:00", "2024-04-14T02:00"),
    "America/Sao_Paulo": ("2018-02-18T02:00", "2018-11-04T03:00"),
    "America/Havana": ("2024-03-10T05:00", "2024-11-03T05:00"),
    "America/Santiago": ("2024-04-07T03:00", "2024-09-08T04:00"),
    "Asia/Beirut": ("2024-03-30T22:00", "2024-10-26T21:00"),
    "Asia/Kathmandu": ("1985-12-31T18:30", "2024-01-01T00:00"),
    "Antarctica/Troll": ("2024-03-31T01:00", "2024-10-27T01:00"),
    "Antarctica/Casey": ("2018-03-10T17:00", "2018-10-06T20:00"),
    "Pacific/Apia": ("2011-12-30T10:00", "2012-03-31T14:00"),
    "Pacific/Kwajalein": ("1993-08-21T12:00",),
    "UTC": ("2000-02-29T00:00", "2100-03-01T00:00", "1999-12-31T23:59"),
}


@st.composite
def places(draw: st.DrawFn) -> tuple[str, datetime]:
    """Draw a zone and an instant within a day and a half of one of its changes."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    change = datetime.fromisoformat(draw(st.sampled_from(CHANGES[zone]))).replace(tzinfo=UTC)
    shift = draw(st.integers(-36 * 3600, 36 * 3600))
    return zone, change + timedelta(seconds=shift)


@st.composite
def items(draw: st.DrawFn, low: int, high: int, *, wraps: bool = True) -> str:
    """Draw one item of a field: a number, a range or a star, each perhaps with a step."""
    first, last = draw(st.integers(low, high)), draw(st.integers(low, high))
    if not wraps:
        first, last = sorted((first, last))
    base = draw(st.sampled_from(["*", str(first), f"{first}-{last}"]))
    step = draw(st.integers(1, high - low + 1))
    return draw(st.sampled_from([base, f"{base}/{step}"]))


def fields(item: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Draw a field: mostly one item, sometimes a list."""
    return st.lists(item, min_size=1, max_size=3).map(",".join)


MINUTES = fields(items(0, 59))
HOURS = fields(st.one_of(items(0, 23), st.sampled_from(["*", "0", "1-3", "23", "0/1", "*/2"])))
PLAIN_DAYS = fields(items(1, 31))
SPECIAL_DAYS = fields(
    st.one_of(
        st.sampled_from(["L", "LW"]),
        st.builds("L-{}".format, st.integers(0, 30)),
        st.builds("L-{}W".format, st.integers(0, 30)),
        st.builds("{}W".format, st.integers(1, 31)),
        items(1, 31),
    )
)
DAYS_OF_MONTH = st.one_of(st.just("*"), st.just("*"), PLAIN_DAYS, SPECIAL_DAYS)
MONTH_FIELDS = st.one_of(st.just("*"), fields(items(1, 12)), st.sampled_from(sorted(MONTHS)))
YEARS = st.one_of(st.just("*"), fields(items(1970, 2199, wraps=False)))


def weekdays(sunday: int) -> st.SearchStrategy[str]:
    """Draw a day-of-week field of a notation in which Sunday has this number."""
    day = st.one_of(st.integers(sunday, 7 if sunday else 6).map(str), st.sampled_from(DAYS))
    return st.one_of(
        st.just("*"),
        fields(items(sunday, 7, wraps=bool(sunday))),
        fields(st.builds("{}L".format, day)),
        st.builds("{}#{}".format, day, st.integers(1, 5)),
    )


UNIX = st.builds(Expression, MINUTES, HOURS, DAYS_OF_MONTH, MONTH_FIELDS, weekdays(0))
AWS = st.one_of(
    st.builds(Expression, MINUTES, HOURS, DAYS_OF_MONTH, MONTH_FIELDS, st.just("?"), YEARS),
    st.builds(Expression, MINUTES, HOURS, st.just("?"), MONTH_FIELDS, weekdays(1), YEARS),
)
EXPRESSIONS = st.one_of(UNIX, AWS)
