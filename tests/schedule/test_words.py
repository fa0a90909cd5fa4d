"""Schedules in plain English."""

from datetime import UTC, datetime

import pytest

from wlcron.schedule import parse_schedule

ANCHOR = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("* * * * *", "Every minute"),
        ("*/5 * * * *", "Every 5 minutes"),
        ("0 * * * *", "Every hour"),
        ("@hourly", "Every hour"),
        ("0 */2 * * *", "Every 2 hours"),
        ("0 */2 * 1,3 *", "Every 2 hours every day in January and March"),
        ("30 * * * *", "At minute 30 of every hour"),
        ("30 */2 * * *", "At minute 30 of every 2nd hour"),
        ("*/7 8-17 * * *", "At minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56 of hours 8 to 17"),
        ("*/15 8-17 * * *", "Every 15 minutes from 08:00 to 17:59"),
        ("*/15 9 * * *", "At 09:00, 09:15, 09:30 and 09:45 every day"),
        ("* 9 * * *", "Every minute from 09:00 to 09:59"),
        ("0,30 20-23,0-2 * * *", "Every 30 minutes of hours 0 to 2 and 20 to 23"),
        ("15 9 * * MON-FRI", "At 09:15 every Monday to Friday"),
        ("0 9 * * 0,6", "At 09:00 every Saturday and Sunday"),
        ("0 9 * * 1,3,5", "At 09:00 every Monday, Wednesday and Friday"),
        ("0 9 * 3 1", "At 09:00 every Monday in March"),
        ("0 0 29 2 *", "At 00:00 on the 29th of February"),
        ("0 0 1 1,4,7,10 *", "At 00:00 on the 1st of January, April, July and October"),
        ("0 0 1-7,11,22,23 * *", "At 00:00 on the 1st to 7th, 11th, 22nd and 23rd of every month"),
        ("0 0 13 * 5", "At 00:00 on the 13th of every month and every Friday"),
        ("0 0 */16 * 1", "At 00:00 every Monday, but only on the 1st and 17th of every month"),
        ("0 0 L,L-2 * *", "At 00:00 on the last day and 2nd day before the last of every month"),
        ("@daily", "At 00:00 every day"),
        ("@yearly", "At 00:00 on the 1st of January"),
        (
            "cron(0 9 ? * 6L 2002-2005)",
            "At 09:00 on the last Friday of every month in 2002 to 2005",
        ),
        ("cron(0 9 ? * 2#1 2030)", "At 09:00 on the first Monday of every month in 2030"),
        ("0 9 * 3 5L,2", "At 09:00 every Tuesday in March and on the last Friday of March"),
        ("0 0 * * 1#1,1#3", "At 00:00 on the first Monday and the third Monday of every month"),
        ("1-9 0 * * *", "At minutes 1 to 9 of hour 0"),
        ("30 6,18 * * *", "At 06:30 and 18:30 every day"),
        ("0 */4 * * *", "Every 4 hours"),
        ("1-3 */6 * * *", "At minutes 1 to 3 of every 6th hour"),
        ("0 0 11-13 * *", "At 00:00 on the 11th to 13th of every month"),
        ("cron(0 9 LW * ? *)", "At 09:00 on the last working day of every month"),
        ("cron(0 9 15W * ? *)", "At 09:00 on the working day nearest to the 15th of every month"),
        (
            "cron(0 9 L-3W 5 ? *)",
            "At 09:00 on the working day nearest to the 3rd day before the last of May",
        ),
        ("cron(* * ? * * *)", "Every minute"),
    ],
)
def test_expressions_are_explained(expression: str, words: str) -> None:
    """One sentence says what a schedule means, and in which zone."""
    assert parse_schedule(expression, "Europe/Berlin").explain() == f"{words} (Europe/Berlin)."


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("rate(1 minute)", "Every minute, counted from 4 March 2026 at 05:06:07 (UTC)."),
        ("rate(90 minutes)", "Every 90 minutes, counted from 4 March 2026 at 05:06:07 (UTC)."),
        ("rate(24 hours)", "Every day, counted from 4 March 2026 at 05:06:07 (UTC)."),
        ("at(2026-12-24T18:00:00)", "Once, on 24 December 2026 at 18:00:00 (Asia/Tokyo)."),
    ],
)
def test_rates_and_single_times_are_explained(expression: str, words: str) -> None:
    """A rate names what it is counted from, in UTC, for no zone matters to it."""
    assert parse_schedule(expression, "Asia/Tokyo", ANCHOR).explain() == words
