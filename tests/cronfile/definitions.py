"""Any definition that a cron file can say, for property tests."""

from datetime import timedelta

from hypothesis import strategies as st

from wlcron.core.cron import (
    AfterTime,
    Container,
    Definition,
    InARow,
    Notifications,
    Severity,
)

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=20)
SEVERITIES = st.sampled_from(Severity)
CHANNELS = st.lists(LINES.filter(str.strip), max_size=3, unique=True).map(tuple)


def durations(least: int = 1, most: int = 366 * 86400) -> st.SearchStrategy[timedelta]:
    """Any duration of whole seconds within bounds."""
    return st.integers(least, most).map(lambda seconds: timedelta(seconds=seconds))


def alerts(most: int = 366 * 86400) -> st.SearchStrategy[AfterTime]:
    """Any alert with a threshold."""
    return st.builds(AfterTime, SEVERITIES, durations(most=most))


CONTAINERS = st.builds(
    Container,
    image=st.sampled_from(["perl", "ghcr.io/team/app:1.2"]),
    arguments=st.lists(TEXTS, max_size=3).map(tuple),
    env=st.dictionaries(st.from_regex(r"[A-VX-Za-z_][A-Za-z0-9_]{0,9}", fullmatch=True), TEXTS),
    cpu=st.none() | st.floats(0.01, 1024),
    memory=st.none() | st.integers(6 << 20, 64 << 40),
    user=st.none() | st.sampled_from(["1000", "1000:50", "www-data"]),
    working_directory=st.none() | LINES.map(lambda path: f"/{path}"),
    stop_grace=durations(),
)
NOTIFICATIONS = st.builds(
    Notifications,
    failed=st.none() | st.builds(InARow, SEVERITIES, st.integers(1, 1000)),
    ran_longer_than=st.none() | alerts(most=3599),
    not_started_within=st.none() | alerts(),
    skipped=st.none() | st.builds(InARow, SEVERITIES, st.integers(1, 1000)),
    no_success_for=st.none() | alerts(),
    channels=CHANNELS,
)
LABELS = st.dictionaries(
    st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._/-]{0,20}[A-Za-z0-9])?", fullmatch=True),
    LINES,
    max_size=3,
)
DEFINITIONS = st.builds(
    Definition,
    schedule=st.sampled_from(["rate(5 minutes)", "@daily", "*/5 * * * *", "cron(0 9 ? * MON *)"]),
    timezone=st.sampled_from(["UTC", "Europe/Berlin"]),
    timeout=durations(least=3600),
    start_within=st.none() | durations(),
    description=CONTAINERS,
    notifications=NOTIFICATIONS,
    labels=LABELS,
)
