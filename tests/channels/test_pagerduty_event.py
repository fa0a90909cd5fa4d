"""Alerts as PagerDuty's events: what is said, within the limits of Events API v2."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.channels.samples import ALERTS, CLOSED, OPENED, REMINDED, SEVERITIES, TEST
from wlcron.channels.pagerduty.event import dedup_key, event
from wlcron.core.cron import Severity
from wlcron.core.incident import Step

STORED = Path(__file__).parent.parent / "data" / "channels" / "pagerduty"
LARGEST = 512 * 1024 - 100  # bytes, without the routing key
texts = st.lists(
    st.one_of(st.sampled_from(["\0", "\x1b[31m", "\n", "🔥" * 9, "<b>", "'\"\\"]), st.text())
).map("".join)
long_texts = st.builds(lambda text, times: text * times, texts, st.sampled_from([1, 1, 500]))
facts = st.builds(
    lambda some, times: tuple(some * times),
    st.lists(st.tuples(long_texts, long_texts), max_size=4),
    st.sampled_from([1, 1, 60]),
)
alerts = st.builds(
    lambda **fields: replace(OPENED, **fields),
    key=long_texts.map("key{}".format),
    step=st.sampled_from(Step),
    severity=st.sampled_from(Severity),
    cron=long_texts,
    condition=long_texts,
    summary=long_texts,
    facts=facts,
    log=long_texts,
    command=long_texts,
    link=st.one_of(texts, texts.map(lambda text: f"https://e.com/{text}")),
    source=long_texts,
    is_test=st.booleans(),
)


def payload(**fields: object) -> dict[str, Any]:
    """Return what is said of an alert with these fields."""
    made = event(replace(OPENED, **fields))["payload"]  # type: ignore[arg-type]  # test data
    assert isinstance(made, dict)
    return made


@pytest.mark.parametrize("name", ALERTS)
def test_each_step_is_told_as_the_documents_tell_it(name: str) -> None:
    """The events that the documents show are those that are sent."""
    assert event(ALERTS[name]) == json.loads((STORED / f"{name}.json").read_text())


def test_an_incident_is_opened_told_of_again_and_resolved_by_one_key() -> None:
    """PagerDuty sees one incident where there is one, also if something is told twice."""
    told = [event(each) for each in (OPENED, OPENED, REMINDED, CLOSED)]
    assert [each["event_action"] for each in told] == ["trigger", "trigger", "trigger", "resolve"]
    assert {each["dedup_key"] for each in told} == {OPENED.key}
    assert event(TEST)["dedup_key"] != OPENED.key


def test_every_severity_is_passed_on() -> None:
    """How loud an alert is decides whom PagerDuty wakes."""
    said = [payload(severity=each.severity)["severity"] for each in SEVERITIES.values()]
    assert said == ["info", "warning", "error", "critical"]


def test_a_test_says_so_first() -> None:
    """Nobody looks for what is wrong because of a test."""
    assert payload(is_test=True)["summary"].startswith("TEST, nothing is wrong: ")


@given(alerts)
def test_an_event_keeps_to_the_limits_of_pagerduty(alert: Any) -> None:  # noqa: ANN401 -- drawn
    """Whatever an alert holds, PagerDuty takes it."""
    made = event(alert)
    assert len(json.dumps(made)) < LARGEST
    assert 0 < len(str(made["dedup_key"]).encode()) <= 255
    if alert.step is Step.CLOSED:
        assert set(made) == {"event_action", "dedup_key"}
        return
    said: Any = made["payload"]
    assert 0 < len(said["summary"]) <= 1024
    assert said["source"]
    for text in (said["summary"], said["source"], said["component"], said["class"]):
        assert text.isprintable() or not set(text) & set("\n\r\t\0\x1b")
    assert all(isinstance(each, str) for each in said["custom_details"].values())
    assert not set("".join(said["custom_details"].values())) & set("\0\x1b\r")
    assert all(link["href"].startswith("http") for link in made.get("links", []))  # type: ignore[attr-defined]  # JSON


def test_the_largest_event_is_taken() -> None:
    """However large its parts are, and however many bytes their characters take."""
    fire = "🔥" * 100_000
    large = replace(OPENED, key=fire, cron=fire, condition=fire, summary=fire, log=fire)
    large = replace(large, command=fire, source=fire, facts=((fire, fire),) * 500)
    assert 300_000 < len(json.dumps(event(large))) < LARGEST


@given(st.text(min_size=1), st.text(min_size=1), st.integers(1, 300))
def test_two_incidents_never_share_a_key(one: str, other: str, times: int) -> None:
    """Long keys are hashed, and not cut off."""
    one, other = one * times, other * times
    assert (dedup_key("k" * 250 + one) == dedup_key("k" * 250 + other)) == (one == other)


def test_of_a_long_log_the_end_is_kept() -> None:
    """What went wrong is said at the end of a log: the beginning is left out."""
    shown = payload(log="x" * 1_000_000 + "\nthe last line\n\n")["custom_details"]["Log"]
    assert shown.startswith("…\nxxx")
    assert shown.endswith("xxx\nthe last line")
    assert len(shown) > 10_000


def test_facts_of_one_name_do_not_hide_each_other() -> None:
    """Details are an object: what is told twice by one name has two."""
    details = payload(facts=(("Log", "a"), ("Log", "b"), ("", "c")), log="d", command="")
    assert details["custom_details"] == {"Log": "a", "Log (2)": "b", "-": "c", "Log (3)": "d"}


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://[", "https://e.com/\n", "https://e.com/" + "x" * 9999]
)
def test_what_is_no_link_is_left_out(link: str) -> None:
    """A link is one of the web."""
    made = event(replace(OPENED, link=link))
    assert "links" not in made
    assert "client_url" not in made
