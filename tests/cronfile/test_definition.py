"""The keys at the top of a cron file: what each may hold, and what is said when it does not."""

from datetime import timedelta

import pytest

from tests.cronfile.reading import ORIGIN, SMALLEST, entry, mistakes, refusals
from wlcron.core.cron import DEFAULT_TIMEOUT, Definition
from wlcron.cronfile import check_name, parse_cron_file


def read(lines: str) -> Definition:
    """Read lines that are put before the smallest cron."""
    return entry(f"{lines}\n{SMALLEST}").definition


def refusals_of(lines: str) -> list[str]:
    """Return what is said about lines that are put before the smallest cron."""
    return refusals(f"{lines}\n{SMALLEST}")


@pytest.mark.parametrize(("lines", "said"), mistakes("mistakes-at-the-top.txt"))
def test_each_mistake_is_named_with_line_key_and_remedy(lines: str, said: list[str]) -> None:
    """Unknown keys, wrong types and impossible values are refused where they stand."""
    assert refusals_of(lines) == said


def test_smallest_file_gets_every_default() -> None:
    """A schedule and something to run are enough."""
    only = entry(SMALLEST)
    assert only.name is None
    assert only.line == 1
    assert only.definition.schedule == "rate(5 minutes)"
    assert only.definition.timezone == "UTC"
    assert only.definition.timeout == DEFAULT_TIMEOUT
    assert only.definition.start_within is None
    assert only.definition.overlap == "skip"
    assert only.definition.labels == {}


def test_timeout_is_the_servers_when_none_is_given() -> None:
    """The server's default timeout is filled in, and a timeout of the file wins over it."""
    two = f"{SMALLEST}---\ntimeout: 10m\n{SMALLEST}"
    first, second = parse_cron_file(two, ORIGIN, default_timeout=timedelta(minutes=7))
    assert first.definition.timeout == timedelta(minutes=7)
    assert second.definition.timeout == timedelta(minutes=10)


@pytest.mark.parametrize("name", ["a", "7", "my-cron-job", "a--b", "x" * 63])
def test_name_may_hold_small_letters_digits_and_dashes(name: str) -> None:
    """A name is what a label of a host name can be, in lower case."""
    assert check_name(name) is None
    assert entry(f'name: "{name}"\n{SMALLEST}').name == name


@pytest.mark.parametrize(
    "name", ["", "A", "-a", "a-", "a_b", "a/b", "..", "a b", "x" * 64, "<b>", "ä", "a\n", "a\0"]
)
def test_name_may_hold_nothing_else(name: str) -> None:
    """Slashes, markup, control characters and capital letters are refused, in one line."""
    sentence = check_name(name)
    assert sentence is not None
    assert "cannot be a name" in sentence
    assert sentence.isprintable()


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("10m", timedelta(minutes=10)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("45s", timedelta(seconds=45)),
        ("2d", timedelta(days=2)),
        ("366d", timedelta(days=366)),
        ("90", timedelta(seconds=90)),
        ('"90"', timedelta(seconds=90)),
    ],
)
def test_durations_are_text_or_whole_seconds(given: str, meant: timedelta) -> None:
    """A duration has a unit, or is a number of seconds."""
    definition = read(f"timeout: {given}\nstart-within: {given}")
    assert definition.timeout == meant
    assert definition.start_within == meant


def test_timezone_is_the_one_of_the_schedule() -> None:
    """An IANA name is kept, and does no harm to a rate."""
    assert read("timezone: Europe/Berlin").timezone == "Europe/Berlin"


def test_unknown_timezone_is_refused_at_its_own_line() -> None:
    """The schedule is not blamed for its zone, and both are checked."""
    text = "timezone: Europe/Berln\nschedule: rate(0 minutes)\ndescription: {image: perl}\n"
    zone, schedule = refusals(text)
    assert zone.startswith("1: timezone: ")
    assert "Europe/Berlin" in zone
    assert schedule.startswith("2: schedule: ")


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ("rate(5 minute)", "1: schedule: "),
        ("cron(0 0 30 2 ? *)", "1: schedule: never comes due; there is no such date"),
        ('"0 0 * * *\\n"', "1: schedule: must be one line without control characters"),
        (f'"{"0," * 200}0 0 * * *"', "1: schedule: must have at most 256 characters, not 409"),
        ("5", "1: schedule: 5 is read as a whole number, not as text"),
        ("", "1: schedule: has no value; give it one"),
        ("x" * 256, "1: schedule: A schedule is "),
    ],
)
def test_impossible_schedule_is_refused(schedule: str, said: str) -> None:
    """What the schedule library says is passed on, and a date that never comes is a mistake."""
    (problem,) = refusals(f"schedule: {schedule}\ndescription: {{image: perl}}\n")
    assert problem.startswith(said)


def test_schedule_in_the_past_is_no_mistake_of_the_file() -> None:
    """A file is right or wrong whatever the time is: nothing here has a clock."""
    text = "schedule: at(2020-01-01T00:00:00)\ndescription: {image: perl}\n"
    assert entry(text).definition.schedule == "at(2020-01-01T00:00:00)"


def test_missing_keys_are_named() -> None:
    """Without a schedule or a description there is no cron."""
    assert [problem.split(";")[0] for problem in refusals("name: a\n")] == [
        "1: schedule: is missing",
        "1: description: is missing",
    ]


@pytest.mark.parametrize("labels", ["team: payments", "a/b.c_d-e: 'x y'", "a: ''", "a: Grüße"])
def test_labels_are_short_texts(labels: str) -> None:
    """A label is kept as it is."""
    assert len(read(f"labels: {{{labels}}}").labels) == 1


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (f"a: {'x' * 256}", "labels.a: must have at most 255 characters, not 256"),
        (",".join(f"a{n}: x" for n in range(33)), "labels: must hold at most 32 labels, not 33"),
    ],
)
def test_labels_are_few_and_short(labels: str, said: str) -> None:
    """Labels reach other systems, so they are kept within what those take."""
    assert refusals_of(f"labels: {{{labels}}}") == [f"1: {said}"]
