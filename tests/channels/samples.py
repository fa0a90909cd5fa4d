"""Alerts as channels are given them: one of each kind, as the documents show them."""

from dataclasses import replace
from datetime import timedelta

from tests.samples import NOON
from wlcron.channel import Alert
from wlcron.core.cron import Severity
from wlcron.core.incident import Condition, Step

LOG = """\
dumping database orders
  table customers: 48,211 rows
  table invoices: 1,302,977 rows
pg_dump: error: query failed: server closed the connection unexpectedly
    This probably means the server terminated abnormally <before> or while "processing" & so on
backup failed: see `journalctl -u postgresql`
"""

OPENED = Alert(
    key="9d3f7c52-5d5b-5f0c-9a51-3c5a2f1f6d10/failed/3",
    step=Step.OPENED,
    severity=Severity.ERROR,
    cron="nightly-backup",
    condition=Condition.FAILED,
    summary="nightly-backup failed: exit code 1 after 4 min 12 s, the second failure in a row",
    facts=(
        ("Slot", "Mon 23 Nov 2026 13:00 Europe/Berlin (12:00 UTC)"),
        ("Result", "FAILED: exit code 1"),
        ("Duration", "4 min 12 s"),
        ("In a row", "2 failures; last success Sat 21 Nov 2026 12:00 UTC"),
        ("Changed since", "image ghcr.io/acme/backup@sha256:5f1c… (was sha256:88ab…)"),
    ),
    log=LOG,
    command="wl cron logs nightly-backup --slot 2026-11-23T12:00:00Z",
    link="https://wlcron.example.com/crons/nightly-backup?slot=2026-11-23T12:00:00Z&tab=log",
    at=NOON + timedelta(minutes=4, seconds=13),
    opened_at=NOON + timedelta(minutes=4, seconds=12),
    source="wlcron on batch-1",
)

REMINDED = replace(
    OPENED,
    step=Step.REMINDED,
    summary="nightly-backup still fails: open for 1 d, 4 failures in a row",
    at=OPENED.at + timedelta(days=1),
)

CLOSED = replace(
    OPENED,
    step=Step.CLOSED,
    summary="nightly-backup is well again after 1 d 23 h: SUCCESS in 4 min 40 s",
    facts=(
        ("Slot", "Wed 25 Nov 2026 13:00 Europe/Berlin (12:00 UTC)"),
        ("Result", "SUCCESS"),
        ("Duration", "4 min 40 s"),
    ),
    log="",
    at=NOON + timedelta(days=2, minutes=4, seconds=40),
)

TEST = Alert(
    key="test/pagers/2026-11-23T12:00:00Z",
    step=Step.OPENED,
    severity=Severity.INFO,
    cron="wlcron",
    condition="test",
    summary="This is a test of the channel pagers, asked for with wl channel test",
    command="wl channel list",
    at=NOON,
    opened_at=NOON,
    source="wlcron on batch-1",
    is_test=True,
)

ALERTS = {"opened": OPENED, "reminded": REMINDED, "closed": CLOSED, "test": TEST}
SEVERITIES = {f"opened-{each}": replace(OPENED, severity=each) for each in Severity}
