"""Counters for Prometheus."""

from collections import Counter

from tests.samples import MINUTE, NOON, SECOND, make_cron, make_execution
from wlcron.core.execution import Change, Status
from wlcron.monitors.metrics import Metrics


async def test_ends_are_counted_by_status_with_how_long_they_took() -> None:
    """Names of crons stay out: there may be a hundred thousand."""
    metrics = Metrics()
    execution = make_execution(
        make_cron(), status=Status.FAILED, started_at=NOON, ended_at=NOON + MINUTE
    )
    await metrics.signal(Change(execution, Status.RUNNING, NOON + MINUTE))
    text = metrics.text().decode()
    assert 'wlcron_executions_total{status="FAILED"} 1.0' in text
    assert "wlcron_duration_seconds_sum 60.0" in text
    assert "tidy" not in text


async def test_the_delay_of_a_start_is_counted() -> None:
    """From the slot to the start."""
    metrics = Metrics()
    execution = make_execution(make_cron(), status=Status.RUNNING, started_at=NOON + SECOND)
    await metrics.signal(Change(execution, Status.STARTING, NOON + SECOND))
    assert "wlcron_start_delay_seconds_sum 1.0" in metrics.text().decode()


def test_what_others_count_is_shown_as_it_is_now() -> None:
    """The budget of calls to AWS, for example."""
    metrics, calls = Metrics(), Counter[str]()
    metrics.follow("wlcron_aws_calls", "Requests to AWS", "operation", lambda: calls)
    calls["ecs:RunTask"] += 2
    text = metrics.text(metrics.followed()).decode()
    assert 'wlcron_aws_calls_total{operation="ecs:RunTask"} 2.0' in text
