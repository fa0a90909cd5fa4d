"""`notifications`: which conditions call for help, and where."""

from datetime import timedelta

import pytest

from tests.cronfile.reading import SMALLEST, entry, mistakes, refusals
from wlcron.core.cron import AfterTime, InARow, Notifications, Severity


def file(lines: str, timeout: str = "") -> str:
    """Return a file with these lines as its notifications, the first of which is line 2."""
    below = "\n".join(f"  {line}" for line in lines.split("\n"))
    return f"notifications:\n{below}\n{timeout}\n{SMALLEST}"


@pytest.mark.parametrize(("lines", "said"), mistakes("mistakes-in-notifications.txt"))
def test_each_mistake_is_named_with_line_key_and_remedy(lines: str, said: list[str]) -> None:
    """What could never alert, or not reach anybody, is refused."""
    assert refusals(file(lines)) == said


def test_nothing_is_alerted_unless_asked_for() -> None:
    """Without the key there is no notification."""
    assert entry(SMALLEST).definition.notifications == Notifications()


def test_all_conditions_come_out_as_given() -> None:
    """Each condition has its severity; channels keep their order."""
    given = (
        "failed: {severity: critical}\n"
        "ran-longer-than: {threshold: 2m, severity: warning}\n"
        "not-started-within: {threshold: 15m, severity: info}\n"
        "skipped: {severity: warning, after: 3}\n"
        "no-success-for: {threshold: 26h, severity: error}\n"
        "channels: [team-slack, On_Call.2]"
    )
    assert entry(file(given)).definition.notifications == Notifications(
        failed=InARow(Severity.CRITICAL, after=1),
        ran_longer_than=AfterTime(Severity.WARNING, timedelta(minutes=2)),
        not_started_within=AfterTime(Severity.INFO, timedelta(minutes=15)),
        skipped=InARow(Severity.WARNING, after=3),
        no_success_for=AfterTime(Severity.ERROR, timedelta(hours=26)),
        channels=("team-slack", "On_Call.2"),
    )


def test_after_counts_failures_in_a_row() -> None:
    """One failure is enough unless a number is given."""
    given = "failed: {severity: error, after: 3}"
    failed = entry(file(given)).definition.notifications.failed
    assert failed == InARow(Severity.ERROR, after=3)


def test_an_alert_may_come_right_before_the_timeout() -> None:
    """An execution that is about to be ended has run longer than the threshold."""
    given = "ran-longer-than: {threshold: 299s, severity: error}"
    assert refusals(file(given, "timeout: 5m")) == []


@pytest.mark.parametrize("threshold", ["5m", "6m"])
def test_an_alert_that_the_timeout_forestalls_is_refused(threshold: str) -> None:
    """Nothing runs longer than its timeout, so an alert after it would never come."""
    given = f"ran-longer-than: {{threshold: {threshold}, severity: error}}"
    (problem,) = refusals(file(given, "timeout: 5m"))
    assert problem.startswith("2: notifications.ran-longer-than.threshold: never comes")


def test_an_alert_is_not_compared_with_a_timeout_that_could_not_be_read() -> None:
    """A mistake is told once, and not what would follow from it."""
    given = "ran-longer-than: {threshold: 2h, severity: error}"
    (problem,) = refusals(file(given, "timeout: soon"))
    assert problem.startswith("3: timeout: ")
