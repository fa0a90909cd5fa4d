"""The file of durations."""

from datetime import timedelta

import pytest

from tests.rehearsal.plays import HOUR
from tests.samples import MINUTE, make_definition
from wlcron.errors import DefinitionError
from wlcron.rehearsal.fates import read_fates
from wlcron.rehearsal.parts import Fate, usual_fate

CRONS = ("tidy", "shop-backup")


def problems(text: str) -> list[str]:
    """Return what is wrong with a file."""
    with pytest.raises(DefinitionError) as refusal:
        read_fates(text, "durations.yaml", CRONS)
    return refusal.value.problems


def test_a_cron_has_one_duration_or_several() -> None:
    """With or without an exit code."""
    text = "tidy: 5m\nshop-backup: [90, {takes: 2h, exit-code: 1}, 1m30s]\n"
    assert read_fates(text, "durations.yaml", CRONS) == {
        "tidy": (Fate(5 * MINUTE),),
        "shop-backup": (
            Fate(timedelta(seconds=90)),
            Fate(2 * HOUR, 1),
            Fate(timedelta(seconds=90)),
        ),
    }


def test_it_may_be_json() -> None:
    """As cron files may."""
    text = b'{"tidy": [{"takes": "5m"}, 60]}'
    assert read_fates(text, "d.json", CRONS) == {"tidy": (Fate(5 * MINUTE), Fate(MINUTE))}


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}"])
def test_it_must_hold_something(text: str) -> None:
    """Who gives a file means it to say how long things take."""
    (problem,) = problems(text)
    assert problem.startswith("durations.yaml:1: holds no durations; write one such as")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("tidy: soon", "durations.yaml:1: tidy: must be a duration such as 10m"),
        ("tidy: []", "durations.yaml:1: tidy: must hold at least one duration"),
        ("tidy: [[5m]]", "durations.yaml:1: tidy[0]: must be a duration such as 10m, or takes"),
        ("tidy: {exit-code: 1}", "durations.yaml:1: tidy.takes: is missing"),
        ("tidy: {takes: 1m, exit-code: 256}", "tidy.exit-code: must be a whole number from 0"),
        ("tidy: {takes: 1m, exit_code: 1}", 'unknown key "exit_code"; did you mean "exit-code"?'),
        ("tdy: 5m", 'tdy: no cron of that name is rehearsed; did you mean "tidy"?'),
        ("x: 5m", "x: no cron of that name is rehearsed"),
        ("- 5m", "durations.yaml:1: must be a mapping"),
        ("tidy: 5m\ntidy: 6m", "durations.yaml:2: tidy: this key is also on line 1"),
        ("tidy: 'x", "durations.yaml:1: "),
        ("tidy: 5m\x07", "durations.yaml:1: the file holds"),
        (f"tidy: [{'x, ' * 200}]", "the search ended after 100 problems"),
    ],
)
def test_mistakes_are_told_with_line_and_key(text: str, problem: str) -> None:
    """All of them at once, as of cron files."""
    assert any(problem in each for each in problems(text))


def test_what_is_not_known_takes_a_minute() -> None:
    """Or half of the timeout, so that it is never ended by it."""
    assert usual_fate(make_definition()) == Fate(MINUTE)
    assert usual_fate(make_definition(timeout=MINUTE)) == Fate(MINUTE / 2)
