"""Alerts as Slack's messages: what is said, within Slack's limits, and nothing but text."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.channels.samples import ALERTS, CLOSED, OPENED, SEVERITIES, TEST
from wlcron.channel import Alert
from wlcron.channels.slack.message import MOST, bare_message, message
from wlcron.core.cron import Severity
from wlcron.core.incident import Step

STORED = Path(__file__).parent.parent / "data" / "channels" / "slack"
NASTY = ["<!channel>", "<@U1>", "<https://e.com|x>", "```", "`", "&amp;", "&", "\x1b[31m", "\0"]
NASTY += ["\N{RIGHT-TO-LEFT OVERRIDE}", "\r\n", "\n", '"\\', "🔥", "*_~", "  "]
texts = st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=8))).map("".join)
long_texts = st.builds(lambda text, times: text * times, texts, st.sampled_from([1, 1, 90, 2000]))
facts = st.builds(
    lambda some, times: tuple(some * times),
    st.lists(st.tuples(texts, long_texts), max_size=4),
    st.sampled_from([1, 1, 30]),
)
alerts = st.builds(
    lambda **fields: replace(OPENED, **fields),
    step=st.sampled_from(Step),
    severity=st.sampled_from(Severity),
    cron=texts,
    condition=texts,
    summary=long_texts,
    facts=facts,
    log=long_texts,
    command=long_texts,
    link=st.one_of(long_texts, long_texts.map(lambda text: f"https://e.com/{text}")),
    source=texts,
    is_test=st.booleans(),
)


def objects(value: object) -> Iterator[dict[str, Any]]:
    """Yield all objects in a payload that have a text."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from objects(each)


def blocks(alert: Alert) -> list[dict[str, Any]]:
    """Return the blocks of an alert's message."""
    found = message(alert)["blocks"]
    assert isinstance(found, list)
    return found


def log_of(alert: Alert) -> str:
    """Return what the code block of an alert's message shows."""
    found = [each["text"] for each in objects(blocks(alert)) if each["text"].startswith("```")]
    assert len(found) == 1
    return html.unescape(found[0].removeprefix("```\n").removesuffix("\n```"))


@pytest.mark.parametrize("name", ALERTS)
def test_each_step_is_shown_as_the_documents_show_it(name: str) -> None:
    """The payloads that the documents show are those that are sent."""
    assert message(ALERTS[name]) == json.loads((STORED / f"{name}.json").read_text())


def test_every_severity_looks_different() -> None:
    """Who sees the first sign of a message knows how loud it is, and whether it is over."""
    marks = {str(message(each)["text"])[0] for each in (*SEVERITIES.values(), CLOSED, TEST)}
    assert len(marks) == len(Severity) + 2


@given(alerts)
def test_a_message_keeps_to_the_limits_of_slack(alert: Alert) -> None:
    """Whatever an alert holds, Slack takes it: 50 blocks, 10 fields, so many characters."""
    made = blocks(alert)
    assert len(made) <= 50
    assert len(json.dumps(made, ensure_ascii=False)) <= MOST < 13_000
    for block in made:
        fields = block.get("fields", [])
        assert len(fields) <= 10
        assert all(1 <= len(each["text"]) <= 2000 for each in fields)
        if "text" in block:
            most = 150 if block["type"] == "header" else 3000
            assert 1 <= len(block["text"]["text"]) <= most
    assert 1 <= len(str(message(alert)["text"])) <= 3000


@given(alerts)
def test_nothing_in_an_alert_is_more_than_text(alert: Alert) -> None:
    """No mention, no link and no code is begun or ended by a name, a fact or a log."""
    for each in objects(message(alert)):
        text = re.sub(r"^<https?://[^<>|\s]+\|Open in wlcron>$", "", each["text"])
        assert not set(text) & set("<>\0\x1b\r\N{RIGHT-TO-LEFT OVERRIDE}")
        assert re.fullmatch(r"(?:[^&]|&(?:amp|lt|gt);)*", text)
        if each.get("type") == "mrkdwn":
            assert each["verbatim"] is True
        if text.startswith("```\n"):
            assert text.endswith("\n```")
            assert "`" not in text[3:-3]
        elif text.startswith("Look further: `"):
            assert text.count("`") == 2


@given(texts.filter(str.strip), st.integers(1, 3000))
def test_of_a_long_log_the_end_is_kept(text: str, times: int) -> None:
    """What went wrong is said at the end of a log: the beginning is left out."""
    log = text * times
    plain = replace(OPENED, log=f"{log}\nthe last line")
    assert log_of(plain).endswith("the last line")


def test_a_log_that_is_cut_begins_with_a_mark_and_a_whole_line() -> None:
    """Who reads the end of a log sees that it is the end."""
    lines = [f"line {number} of & many <lines>" for number in range(1000)]
    shown = log_of(replace(OPENED, log="\n".join(lines))).split("\n")
    assert shown[0] == "…"
    assert shown[1:] == lines[-len(shown) + 1 :]
    assert len(shown) > 50


def test_a_cut_never_leaves_half_an_escape() -> None:
    """Wherever a text is cut, its escapes stay whole."""
    for extra in range(12):
        text = "x" * extra + "&<>" * 4000
        shown = log_of(replace(OPENED, log=text)).removeprefix("…\n")
        assert text.endswith(shown)
        assert len(shown) > 600
        bare = html.unescape(str(bare_message(replace(OPENED, summary=text))["text"]))
        assert bare.startswith(f"🔴 {'x' * extra}&<>")
        assert "amp" not in bare


def test_the_largest_message_is_taken() -> None:
    """Also where nearly every character counts twice, Slack takes all parts of a message."""
    quotes = '"' * 10_000
    large = replace(OPENED, cron=quotes, summary=quotes, command=quotes, log='"\n' * 10_000)
    for each in (1, 20, 120, 10_000):
        made = blocks(replace(large, facts=(("a", quotes[:each]),) * 100))
        assert len(json.dumps(made, ensure_ascii=False)) <= MOST
        assert len(made) >= 7


def test_more_facts_than_fit_are_counted() -> None:
    """What is left out of a message is said to be left out."""
    many = replace(OPENED, facts=tuple((f"fact {n}", "v") for n in range(100)))
    fields = [field["text"] for block in blocks(many) for field in block.get("fields", [])]
    assert len(fields) == 40
    assert fields[-1] == "*and 61 more*"
    large = replace(OPENED, facts=(("a", "&" * 5000), ("b", "v"), ("c", "x" * 9000)) * 4)
    fields = [field["text"] for block in blocks(large) for field in block.get("fields", [])]
    assert re.fullmatch(r"\*and \d+ more\*", fields[-1])


def test_what_is_not_there_takes_no_room() -> None:
    """An alert of a summary alone has no empty block, which Slack would refuse."""
    bare = replace(OPENED, facts=(), log="\x1b[0m\n\n", command="", link="")
    assert [block["type"] for block in blocks(bare)] == ["header", "section", "context"]


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("https://w.example/a|b>c d", "<https://w.example/a%7Cb%3Ec%20d|Open in wlcron>"),
        ("https://w.example/?a=1&b=%20", "<https://w.example/?a=1&amp;b=%20|Open in wlcron>"),
        ("javascript:alert(1)", None),
        ("https://[", None),
        ("!channel", None),
        ("https://w.example/" + "x" * 2000, None),
    ],
)
def test_a_link_leads_where_it_says(link: str, shown: str | None) -> None:
    """A link is one of the web, or it is left out: Slack refuses messages with broken ones."""
    found = [each["text"] for each in objects(blocks(replace(OPENED, link=link)))]
    links = [text for text in found if text.endswith("|Open in wlcron>")]
    assert links == ([shown] if shown else [])
