"""Silences and windows: whom they cover, and until when."""

from datetime import timedelta

import pytest

from tests.samples import DAY, HOUR, MINUTE, NOON
from wlcron.core.silence import Scope, Silence, Window, silent_until
from wlcron.schedule import parse_schedule


@pytest.mark.parametrize(
    ("scope", "is_covered"),
    [
        (Scope(), True),
        (Scope(cron="tidy"), True),
        (Scope(cron="other"), False),
        (Scope(labels={"team": "pay"}), True),
        (Scope(labels={"team": "pay", "tier": "1"}), False),
        (Scope(cron="tidy", labels={"team": "web"}), False),
    ],
)
def test_a_scope_covers_crons_that_have_all_of_it(scope: Scope, *, is_covered: bool) -> None:
    """By name, by labels, or every cron."""
    assert scope.covers("tidy", {"team": "pay"}) is is_covered


def silence(length: timedelta, since: timedelta = timedelta(0)) -> Silence:
    """Return a silence of every cron from noon on."""
    return Silence(id="s", scope=Scope(), since=NOON + since, until=NOON + since + length)


def test_a_silence_has_an_end() -> None:
    """It begins at once, and its end is not in it."""
    silences = [silence(HOUR)]
    assert silent_until("tidy", {}, NOON, silences, []) == NOON + HOUR
    assert silent_until("tidy", {}, NOON + HOUR, silences, []) is None
    assert silent_until("tidy", {}, NOON - MINUTE, silences, []) is None


def test_a_window_comes_again() -> None:
    """Every day from noon, for two hours."""
    schedule = parse_schedule("cron(0 12 * * ? *)")
    window = Window(name="night", scope=Scope(), schedule=schedule, duration=2 * HOUR)
    for day in range(3):
        now = NOON + day * DAY
        assert window.end(now) == now + 2 * HOUR
        assert window.end(now + HOUR) == now + 2 * HOUR
        assert window.end(now + 2 * HOUR) is None
    never = parse_schedule("at(2199-01-01T00:00:00)")
    assert Window(name="n", scope=Scope(), schedule=never, duration=HOUR).end(NOON) is None


def test_of_several_the_last_end_counts() -> None:
    """Those of others do not."""
    schedule = parse_schedule("cron(0 12 * * ? *)")
    windows = [Window(name="w", scope=Scope(), schedule=schedule, duration=3 * HOUR)]
    others = Silence(id="o", scope=Scope(cron="other"), since=NOON, until=NOON + DAY)
    assert silent_until("tidy", {}, NOON, [silence(HOUR), others], windows) == NOON + 3 * HOUR
