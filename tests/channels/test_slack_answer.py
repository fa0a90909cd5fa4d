"""What answers mean, and what channels need of their vendors' libraries."""

import subprocess
import sys
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlcron.channel import ChannelError
from wlcron.channels.library import library, wait_asked_for
from wlcron.channels.slack.answer import read_answer
from wlcron.errors import ConfigurationError

TABLE = "channels.team"


@pytest.mark.parametrize("asked", [None, "", "-1", "soon", "1e9", "٣", "9" * 400])
def test_a_wait_that_makes_no_sense_is_none(asked: str | None) -> None:
    """A header is a stranger's text."""
    assert wait_asked_for(asked) is None


def test_no_vendor_makes_us_wait_for_ever() -> None:
    """An hour is the longest that is waited, whatever a vendor asks for."""
    assert wait_asked_for("999999999") == timedelta(hours=1)
    assert wait_asked_for("\x1d7 ") == timedelta(seconds=7)  # what Python calls blank is more


def test_a_library_that_is_missing_is_named() -> None:
    """Who lacks a package is told what to install."""
    with pytest.raises(ConfigurationError) as caught, library(TABLE, "slack_sdk"):
        raise ImportError
    says_so = f"{TABLE} needs the Python package slack_sdk: install wlcron[alerts]"
    assert str(caught.value) == says_so


@pytest.mark.parametrize(
    ("make", "package"),
    [
        ("slack import slack_channel as make", "slack_sdk"),
        ("pagerduty import pagerduty_channel as make", "pagerduty"),
    ],
)
def test_a_channel_without_its_library_is_not_made(make: str, package: str) -> None:
    """Who configures a channel without its vendor's library hears of it at once."""
    values = "{'url': 'https://h/x'" + (
        ", 'routing-key': 'k' * 32}" if package == "pagerduty" else "}"
    )
    program = (
        f"import sys; sys.modules['{package}'] = None\n"
        "from wlcron.given import Given\n"
        "from wlcron.errors import ConfigurationError\n"
        f"from wlcron.channels.{make}\n"
        f"try: make('a', Given('{TABLE}', {values}))\n"
        "except ConfigurationError as error: print(error)\n"
    )
    done = subprocess.run(  # noqa: S603 -- our own words
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert f"{TABLE} needs the Python package {package}: install" in done.stdout


@pytest.mark.parametrize(
    "module", ["wlcron.channels.slack", "wlcron.channels.pagerduty", "wlcron.channels.library"]
)
def test_a_library_is_loaded_by_those_who_need_it(module: str) -> None:
    """A server without a channel does not load what its vendor needs, nor has to have it."""
    without = "sys.modules |= dict.fromkeys(['slack_sdk', 'pagerduty', 'httpx2'])"
    program = f"import sys; {without}; import {module}"
    subprocess.run([sys.executable, "-c", program], check=True)  # noqa: S603 -- our own words


@given(st.integers(100, 599), st.text(), st.sampled_from([None, timedelta(seconds=3)]))
def test_every_answer_has_a_meaning(status: int, body: str, wait: timedelta | None) -> None:
    """An answer is good, or it is a ChannelError: nothing else comes of it."""
    try:
        read_answer(status, body, wait)
    except ChannelError as error:
        is_permanent, says_so = error.is_permanent, str(error)
    else:
        is_permanent, says_so = False, "200 ok"
    assert is_permanent == (300 <= status < 500 and status not in {408, 425, 429})
    assert says_so.isprintable()
