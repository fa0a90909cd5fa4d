"""From a definition back to a cron file, and what differs between two."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.cronfile.definitions import DEFINITIONS
from tests.cronfile.reading import CRON_FILES, SMALLEST, entry
from wlcron.core.cron import Container, Definition, InARow, Notifications, Severity
from wlcron.cronfile import as_document, differences

BEFORE = Definition(
    schedule="rate(5 minutes)",
    description=Container(image="perl", arguments=("perl", "-v"), env={"A": "secret", "B": "b"}),
)


@given(DEFINITIONS)
def test_a_document_says_the_same_in_yaml_and_json(definition: Definition) -> None:
    """Whatever a file can say comes back unchanged, whichever way it is written."""
    document = as_document(definition)
    assert entry(json.dumps(document)).definition == definition
    assert entry(yaml.safe_dump(document)).definition == definition


def test_a_document_has_the_shape_of_the_file() -> None:
    """The keys of the file, with durations and sizes as a person writes them."""
    text = (CRON_FILES / "full.yaml").read_text()
    given = yaml.safe_load(text)
    assert {"name": "my-cron-job", **as_document(entry(text).definition)} == given


def test_a_document_leaves_out_what_is_not_set() -> None:
    """The rest is filled in, so that another server's defaults change nothing."""
    assert as_document(entry(SMALLEST).definition) == {
        "schedule": "rate(5 minutes)",
        "timezone": "UTC",
        "timeout": "1h",
        "overlap": "skip",
        "description": {"image": "perl", "stop-grace": "10s"},
    }


@given(DEFINITIONS, DEFINITIONS)
def test_there_are_differences_between_different_definitions(
    old: Definition, new: Definition
) -> None:
    """No change goes unsaid, and each is one line without control characters."""
    assert differences(old, old) == []
    assert bool(differences(old, new)) == (old != new)
    assert all(line.isprintable() for line in differences(old, new))


@given(st.text(min_size=1), st.text(min_size=1))
def test_values_of_the_environment_are_never_shown(old: str, new: str) -> None:
    """They may be secrets."""
    lines = [
        differences(_with_env({"KEY": before} if before else {}), _with_env({"KEY": after}))
        for before, after in ((old, new), ("", new))
    ]
    changed = ["description.env.KEY: changed"] if old != new else []
    assert lines == [changed, ["description.env.KEY: added"]]


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (replace(BEFORE, schedule="@daily"), ["schedule: rate(5 minutes) → @daily"]),
        (replace(BEFORE, timeout=timedelta(minutes=90)), ["timeout: 1h → 1h30m"]),
        (replace(BEFORE, start_within=timedelta(seconds=5)), ["start-within: not set → 5s"]),
        (replace(BEFORE, labels={"a\n": "x\ty"}), ["labels.a\\n: not set → x\\ty"]),
        (
            replace(BEFORE, description=replace(BEFORE.description, cpu=0.5, memory=6 << 20)),
            ["description.cpu: not set → 0.5", "description.memory: not set → 6M"],
        ),
        (
            replace(BEFORE, description=replace(BEFORE.description, arguments=("echo", "ä\n"))),
            ['description.arguments: ["perl", "-v"] → ["echo", "ä\\n"]'],
        ),
        (
            replace(BEFORE, description=replace(BEFORE.description, arguments=("x" * 200,))),
            ["description.arguments: changed"],
        ),
        (
            replace(BEFORE, description=replace(BEFORE.description, image=None, env={"A": "x"})),
            [
                "description.image: perl → not set",
                "description.env.A: changed",
                "description.env.B: removed",
            ],
        ),
        (
            replace(
                BEFORE,
                notifications=Notifications(failed=InARow(Severity.ERROR, 2), channels=("a",)),
            ),
            [
                "notifications.failed.severity: not set → error",
                "notifications.failed.after: not set → 2",
                'notifications.channels: not set → ["a"]',
            ],
        ),
    ],
)
def test_each_difference_is_one_line(after: Definition, said: list[str]) -> None:
    """Key by key, in the order of the file, and the same backwards."""
    assert differences(BEFORE, after) == said
    assert len(differences(after, BEFORE)) == len(said)


def _with_env(env: dict[str, str]) -> Definition:
    return replace(BEFORE, description=Container(image="perl", env=env))
