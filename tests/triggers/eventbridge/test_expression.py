"""Our schedules become what AWS can say, or are refused with the reason and the remedy."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.samples import make_definition
from tests.schedule.strategies import AWS, CHANGES, UNIX
from wlcron.schedule import Schedule, parse_schedule
from wlcron.triggers.eventbridge.expression import Expression, Flavour, Refusal, translate

_NUMBERS = r"\d+(-\d+)?(/\d+)?(,\d+(-\d+)?(/\d+)?)*"
_DAY = "(SUN|MON|TUE|WED|THU|FRI|SAT)"
_FIELD = rf"(\*|\*/\d+|{_NUMBERS})"
_DAY_OF_MONTH = rf"(\*|L|LW|L-\d+|\d+W|{_NUMBERS})"
_DAY_OF_WEEK = rf"([1-7]L|[1-7]#[1-5]|{_DAY}(-{_DAY})?(,{_DAY}(-{_DAY})?)*)"
CANONICAL = re.compile(
    rf"cron\({_FIELD} {_FIELD}"
    rf" ({_DAY_OF_MONTH} {_FIELD} \?|\? {_FIELD} {_DAY_OF_WEEK}) {_FIELD}\)"
)
ZONES = st.sampled_from(sorted(CHANGES))
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2040, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- Hypothesis adds the zone


def said(
    schedule: str, timezone: str = "UTC", flavour: Flavour = Flavour.SCHEDULER
) -> Expression | Refusal:
    """Return what AWS is told of a schedule."""
    return translate(make_definition(schedule, timezone=timezone), flavour)


def slots(schedule: Schedule, after: datetime, until: datetime) -> list[datetime]:
    """Return the next hundred slots of a schedule, or fewer."""
    found: list[datetime] = []
    slot = schedule.next(after)
    while slot is not None and slot < until and len(found) < 100:
        found.append(slot)
        slot = schedule.next(slot)
    return found


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("*/5 * * * *", "cron(0/5 * * * ? *)"),
        ("*/5 9 * * *", "cron(*/5 9 * * ? *)"),
        ("0 9 * * mon-fri", "cron(0 9 ? * MON-FRI *)"),
        ("0 9 * * 1-5", "cron(0 9 ? * MON-FRI *)"),
        ("0 9 * * 0", "cron(0 9 ? * SUN *)"),
        ("0 9 * * 7", "cron(0 9 ? * SUN *)"),
        ("0 9 * * 5L", "cron(0 9 ? * 6L *)"),
        ("0 9 * * fri#3", "cron(0 9 ? * 6#3 *)"),
        ("0 9 * * 1-5/2", "cron(0 9 ? * MON,WED,FRI *)"),
        ("5/15 * * * *", "cron(5/15 * * * ? *)"),
        ("07 09 01 jan *", "cron(7 9 1 1 ? *)"),
        ("0 22-2 * * *", "cron(0 0-2,22,23 * * ? *)"),
        ("0 0 31W * *", "cron(0 0 31W * ? *)"),
        ("0 0 1-31 * 5", "cron(0 0 * * ? *)"),
        ("0-59 0-23 1-31 1-12 0-6", "cron(0-59 0-23 * * ? *)"),
        ("@daily", "cron(0 0 * * ? *)"),
        ("@hourly", "cron(0 * * * ? *)"),
        ("cron(0/15 8-17 ? * mon-fri)", "cron(0/15 8-17 ? * MON-FRI *)"),
        ("cron(0 0 ? * L *)", "cron(0 0 ? * SAT *)"),
        ("cron(15 10 ? * 6L 2002-2005)", "cron(15 10 ? * 6L 2002-2005)"),
        ("rate(5 minutes)", "rate(5 minutes)"),
        ("at(2026-12-24T18:00:00)", "at(2026-12-24T18:00:00)"),
    ],
)
def test_what_aws_can_say_is_said_in_its_own_words(ours: str, theirs: str) -> None:
    """Numbers of days shift, exactly one day field is ?, names and numbers are canonical."""
    expression = said(ours)
    assert isinstance(expression, Expression)
    assert (expression.text, expression.timezone) == (theirs, "UTC")


@pytest.mark.parametrize("schedule", ["0 0 13 * 5", "0 0 */2 * MON", "0 0 L * 5L"])
@pytest.mark.parametrize("flavour", Flavour)
def test_both_day_fields_are_refused_with_the_remedy(schedule: str, flavour: Flavour) -> None:
    """AWS knows neither OR nor AND of them."""
    refusal = said(schedule, flavour=flavour)
    assert isinstance(refusal, Refusal)
    assert "make a cron of each" in refusal.reason


@pytest.mark.parametrize("schedule", ["0 0 L,15 * *", "0 0 1W,15W * *", "0 0 * * 1#1,1#3"])
def test_lists_of_special_days_are_refused(schedule: str) -> None:
    """L, W and # stand alone in AWS."""
    refusal = said(schedule)
    assert isinstance(refusal, Refusal)
    assert "alone" in refusal.reason


@pytest.mark.parametrize(
    ("schedule", "timezone"),
    [("at(2026-12-24T18:00:00)", "UTC"), ("0 9 * * *", "Europe/Berlin")],
)
def test_what_rules_cannot_say_names_the_flavour_that_can(schedule: str, timezone: str) -> None:
    """Zones and at(…) are Scheduler's."""
    refusal = said(schedule, timezone, Flavour.RULES)
    assert isinstance(refusal, Refusal)
    assert "aws.trigger = scheduler" in refusal.reason
    assert isinstance(said(schedule, timezone), Expression)


@pytest.mark.parametrize("schedule", ["*/5 * * * *", "cron(0/15 * * * ? *)", "rate(1 day)"])
def test_what_means_the_same_in_utc_needs_no_zone(schedule: str) -> None:
    """The same minutes of every hour are the same anywhere whole hours from UTC."""
    expression = said(schedule, "Europe/Berlin", Flavour.RULES)
    assert isinstance(expression, Expression)
    assert (expression.timezone, expression.remarks) == ("UTC", ())


def test_a_zone_half_an_hour_from_utc_keeps_minutes_that_half_an_hour_moves() -> None:
    """Every 30 minutes is the same there, minute 0 of every hour is not."""
    assert isinstance(said("*/30 * * * *", "Asia/Kolkata", Flavour.RULES), Expression)
    assert isinstance(said("0 * * * *", "Asia/Kolkata", Flavour.RULES), Refusal)


def test_what_is_due_once_is_told_as_an_instant() -> None:
    """No clock leaps over it: 02:30 does not exist in Berlin on that day."""
    expression = said("at(2027-03-28T02:30:00)", "Europe/Berlin")
    assert expression == Expression("at(2027-03-28T01:00:00)")


def test_rates_have_a_phase_of_their_own() -> None:
    """AWS counts from where it likes, so what it delivers is taken as it comes."""
    expression = said("rate(5 minutes)")
    assert isinstance(expression, Expression)
    assert not expression.is_exact


def test_unix_slots_that_a_clock_leaps_over_are_remarked() -> None:
    """Debian makes up for them, EventBridge leaves them out; AWS's own notation does so, too."""
    for schedule, count in (("30 2 * * *", 1), ("30 4 * * *", 0), ("cron(30 2 * * ? *)", 0)):
        expression = said(schedule, "Europe/Berlin")
        assert isinstance(expression, Expression)
        assert len(expression.remarks) == count


def test_slots_of_an_hour_that_comes_twice_are_remarked() -> None:
    """What AWS does there is documented for times that are due once a day alone."""
    for schedule, count in (("*/10 2 * * *", 1), ("*/10 4 * * *", 0), ("30 2 * * *", 1)):
        expression = said(schedule, "Europe/Berlin")
        assert isinstance(expression, Expression)
        assert len(expression.remarks) == count


def test_what_no_longer_can_be_read_is_refused() -> None:
    """A time zone that left the machine."""
    assert isinstance(said("@daily", "Mars/Olympus"), Refusal)


def test_an_expression_too_long_for_aws_is_refused() -> None:
    """Written out it has more than 256 characters."""
    years = ",".join(f"{year}-2199/{year % 7 + 11}" for year in range(1970, 1984))
    refusal = said(f"cron(0 0 1 * ? {years})")
    assert isinstance(refusal, Refusal)
    assert "256 characters" in refusal.reason


@given(st.one_of(UNIX, AWS), ZONES, INSTANTS)
@settings(max_examples=1000, deadline=None)
def test_what_is_said_has_the_same_slots(expression: object, zone: str, after: datetime) -> None:
    """Read again by our own parser; but for what a remark says about changes of the clock."""
    told = said(str(expression), zone)
    if isinstance(told, Refusal):
        return
    assert CANONICAL.fullmatch(told.text), told.text
    ours, theirs = parse_schedule(str(expression), zone), parse_schedule(told.text, told.timezone)
    if not any("clock" in remark for remark in told.remarks):
        until = after + timedelta(days=400)
        assert slots(ours, after, until) == slots(theirs, after, until)


@given(UNIX, st.data())
@settings(max_examples=1000, deadline=None)
def test_in_utc_every_unix_expression_that_is_said_is_said_exactly(
    expression: object, data: st.DataObject
) -> None:
    """No clock changes, nothing is remarked."""
    told = said(str(expression), flavour=Flavour.RULES)
    if isinstance(told, Expression):
        after = data.draw(INSTANTS)
        until = after + timedelta(days=3000)
        ours, theirs = parse_schedule(str(expression)), parse_schedule(told.text)
        assert slots(ours, after, until) == slots(theirs, after, until)
        assert not any("clock" in remark for remark in told.remarks)
