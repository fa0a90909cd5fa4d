"""Routing: who is told of what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import make_cron, make_definition
from wlcron.core.cron import Notifications, Severity
from wlcron.core.routing import Route, Routing
from wlcron.core.silence import Scope

PAGER = Route(channel="pager", severities=frozenset({Severity.CRITICAL}))
PAYMENTS = Route(channel="payments", scope=Scope(labels={"team": "payments"}))
TIDY = Route(channel="tidy", scope=Scope(cron="tidy"))
ALL = Route(channel="all")
ROUTING = Routing((PAGER, PAYMENTS, TIDY, ALL))


@pytest.mark.parametrize(
    ("name", "labels", "severity", "channels"),
    [
        ("report", {}, Severity.WARNING, ["all"]),
        ("report", {}, Severity.CRITICAL, ["pager", "all"]),
        ("report", {"team": "payments"}, Severity.INFO, ["payments", "all"]),
        ("report", {"team": "web"}, Severity.INFO, ["all"]),
        ("tidy", {"team": "payments"}, Severity.CRITICAL, ["pager", "payments", "tidy", "all"]),
    ],
)
def test_severity_and_scope_lead_to_channels(
    name: str, labels: dict[str, str], severity: Severity, channels: list[str]
) -> None:
    """Both have to fit; channels are told in the configuration's order."""
    cron = make_cron(name, definition=make_definition(labels=labels))
    assert ROUTING.channels(cron, severity) == channels


def test_channels_that_a_cron_names_are_told_alone() -> None:
    """Whatever the severity is, and whether the server has them or not."""
    named = Notifications(channels=("mine", "pager"))
    cron = make_cron(definition=make_definition(notifications=named))
    for severity in Severity:
        assert ROUTING.channels(cron, severity) == ["mine", "pager"]


def test_channels_that_nobody_configured_are_known_as_such() -> None:
    """They stay in the order in which they are named."""
    assert ROUTING.unknown(["slck", "pager", "mail"]) == ["slck", "mail"]
    assert ROUTING.unknown([]) == []
    assert Routing().unknown(["pager"]) == ["pager"]


def test_without_channels_nobody_is_told() -> None:
    """A server without configuration has none."""
    assert Routing().channels(make_cron(), Severity.CRITICAL) == []
    assert Routing().instead_of([]) is None


@given(st.lists(st.sampled_from(["pager", "payments", "tidy", "all", "gone"])))
def test_another_channel_is_the_first_that_is_not_told_yet(told: list[str]) -> None:
    """When all are told already there is none."""
    another = ROUTING.instead_of(told)
    left = [route.channel for route in ROUTING.routes if route.channel not in told]
    assert another == (left[0] if left else None)
