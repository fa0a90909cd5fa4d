"""A cron as a monitor of Cronitor's: pure."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.samples import DAY, HOUR, MINUTE, NOON, make_cron, make_definition
from wlcron.core.cron import AfterTime, Cron, InARow, Notifications, Pause, Severity
from wlcron.monitors.cronitor.definition import (
    House,
    Owner,
    monitor_of,
    owner_of,
    remarks_on,
)

HOUSE = House(source="wl@eu", prefix="wl", notify=("on-call",))


def cron_with(schedule: str = "cron(0 9 ? * MON-FRI *)", **more: object) -> Cron:
    """Return a cron whose definition says this."""
    return replace(make_cron(), definition=make_definition(schedule, **more))


def notified(**conditions: object) -> dict[str, Any]:
    """Return the monitor of a cron with these notifications."""
    notifications = Notifications(**conditions)  # type: ignore[arg-type]  # test data
    return monitor_of(cron_with(notifications=notifications), HOUSE, {})


def test_a_monitor_says_all_that_the_cron_says() -> None:
    """The whole of it, at once."""
    cron = cron_with(
        timezone="Europe/Berlin",
        labels={"team": "payments", "env": "production"},
        notifications=Notifications(
            failed=InARow(Severity.CRITICAL, after=3),
            ran_longer_than=AfterTime(Severity.WARNING, 2 * MINUTE),
            not_started_within=AfterTime(Severity.CRITICAL, 15 * MINUTE),
            channels=("team-slack",),
        ),
    )
    assert monitor_of(cron, HOUSE, {}) == {
        "key": "wl-tidy",
        "name": "tidy",
        "type": "job",
        "schedule": "0 9 * * 1-5",
        "timezone": "Europe/Berlin",
        "assertions": ["metric.duration < 120 seconds"],
        "grace_seconds": 900,
        "failure_tolerance": 2,
        "notify": ["on-call"],
        "tags": ["wlcron", "env:production", "team:payments"],
        "note": "Kept by wlcron (wl@eu): `wl cron show tidy` has what it is of.",
        "metadata": f'{{"wlcron": "wl@eu", "cron": "{cron.id}"}}',
        "paused": False,
    }


def test_without_notifications_cronitor_has_its_own_tolerances() -> None:
    """Named all the same: what an earlier version of the cron said has to go."""
    monitor = notified()
    assert monitor["failure_tolerance"] == 0
    assert monitor["grace_seconds"] == 60


def test_without_a_threshold_an_execution_is_expected_to_be_over_by_its_timeout() -> None:
    """Should the server be gone, nobody else would tell that an end is missing."""
    cron = cron_with(timeout=HOUR)
    assert monitor_of(cron, HOUSE, {})["assertions"] == ["metric.duration < 3670 seconds"]


@pytest.mark.parametrize("known", [{}, {"key": "wl-tidy"}, {"schedule": None}])
def test_a_schedule_that_cronitor_cannot_express_is_left_out(known: dict[str, Any]) -> None:
    """Never sent wrong."""
    monitor = monitor_of(cron_with("cron(0 9 L * ? *)"), HOUSE, known)
    assert "schedule" not in monitor


@pytest.mark.parametrize("known", [{"schedule": "0 9 * * *"}, {"schedules": ["0 9 * * *"]}])
def test_a_schedule_of_before_is_taken_back(known: dict[str, Any]) -> None:
    """What a PUT does not name would stay, and be wrong by now."""
    assert monitor_of(cron_with("cron(0 9 L * ? *)"), HOUSE, known)["schedule"] is None


@pytest.mark.parametrize(
    ("pause", "paused"),
    [(None, False), (Pause(NOON), True), (Pause(NOON, NOON + DAY), False)],
)
def test_a_monitor_is_paused_as_long_as_its_cron_is_without_an_end(
    pause: Pause | None, *, paused: bool
) -> None:
    """Nobody would come back to end a pause that ends by itself."""
    assert monitor_of(replace(make_cron(), pause=pause), HOUSE, {})["paused"] is paused


def test_a_monitor_says_whose_it_is() -> None:
    """Told by its metadata, as text or as an object."""
    metadata = monitor_of(make_cron(), HOUSE, {})["metadata"]
    owner = Owner("wl@eu", make_cron().id)
    assert owner_of({"metadata": metadata}) == owner
    assert owner_of({"metadata": json.loads(metadata)}) == owner


@pytest.mark.parametrize(
    ("owner", "is_ours"),
    [
        (Owner("wl@eu", "another-id"), True),  # made before the database was lost
        (Owner("5ac1e6d5a7f0", make_cron().id), True),  # by a replica, or before a restart
        (Owner("wl@us", "another-id"), False),
    ],
)
def test_a_monitor_is_ours_by_its_source_or_its_cron(owner: Owner, *, is_ours: bool) -> None:
    """A container's host name changes with each start; a cron's id does not."""
    assert owner.is_ours(make_cron(), HOUSE) is is_ours


@pytest.mark.parametrize(
    "metadata", [None, "", "wlcron", "[]", "{}", '{"wlcron": 1}', "[" * 100_000, 7, ["wlcron"]]
)
def test_other_metadata_says_that_it_is_nobodys(metadata: object) -> None:
    """Whatever somebody has written there by hand."""
    assert owner_of({"metadata": metadata}) is None


def test_a_key_is_the_prefix_and_the_crons_name() -> None:
    """As its pings name it."""
    assert House(source="wl@eu").key("tidy") == "wl-tidy"


@pytest.mark.parametrize("schedule", ["cron(0 9 L * ? *)", "at(2026-12-24T18:00:00)"])
def test_a_remark_says_that_a_schedule_is_left_out(schedule: str) -> None:
    """One sentence; none where it can be expressed."""
    remark = "Cronitor cannot express this schedule: its monitor has none"
    assert remarks_on(make_definition(schedule)) == (remark,)
    assert remarks_on(make_definition("rate(5 minutes)")) == ()
