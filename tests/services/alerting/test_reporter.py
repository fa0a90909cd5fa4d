"""What a message says, so that nobody must log in to understand it."""

from dataclasses import replace

from tests.samples import DAY, MINUTE, NOON, SECOND
from tests.services.alerting.conftest import Alerts, Listening
from wlcron.core.cron import Container
from wlcron.core.execution import Execution, Status
from wlcron.engines.fake import FakeEngine


async def heard(alerts: Alerts) -> dict[str, str]:
    """Tell what is due; return the facts of the last message."""
    await alerts.tell()
    return dict(alerts.channels["slack"].heard[-1].facts)


async def test_a_failure_is_told_with_all_that_is_known(alerts: Alerts) -> None:
    """Slot in both zones, duration, exit code and what it means, streak, what changed since."""
    cron = await alerts.cron(timezone="Europe/Berlin")
    await alerts.row(cron, Status.SUCCESS, -20, holder="docker:a")
    await alerts.row(cron, Status.FAILED, -10)
    row = await alerts.row(
        cron,
        Status.FAILED,
        exit_code=137,
        ended_at=NOON + 90 * SECOND,
        holder="docker:b",
        cron_version=1,
    )
    facts = await heard(alerts)
    assert facts["Slot"] == "2026-11-23 12:50:00 Europe/Berlin (2026-11-23 11:50:00 UTC)"
    alerts.restart()
    await alerts.tell(DAY + MINUTE)
    assert row.id == "tidy-0"
    reminded = alerts.channels["slack"].heard[-1]
    assert reminded.step == "reminded"
    assert dict(reminded.facts)["Since"] == "1d1m"


async def test_an_exit_code_is_explained(alerts: Alerts) -> None:
    """And how long it ran, how often it failed, and since when it was well."""
    cron = await alerts.cron()
    await alerts.row(cron, Status.SUCCESS, -30, holder="docker:a")
    await alerts.row(cron, Status.FAILED, -20)
    await alerts.row(cron, Status.SUCCESS, -15, holder="docker:a")
    await alerts.tell()
    await alerts.row(cron, Status.LOST, -10)
    await alerts.row(cron, Status.SUCCESS, -5, holder="docker:a")
    await alerts.tell()
    await alerts.row(
        cron, Status.FAILED, exit_code=137, ended_at=NOON + 90 * SECOND, holder="docker:b"
    )
    facts = await heard(alerts)
    assert facts["Exit code"].startswith("137 (killed (SIGKILL)")
    assert facts["Ran for"] == "1m30s"
    assert facts["Last success"] == "2026-11-23 11:55:00 UTC"
    assert facts["Runs elsewhere"] == "on docker:b, before on docker:a"


async def test_a_new_definition_is_said(alerts: Alerts) -> None:
    """What changed since the last success is where one looks first."""
    cron = await alerts.cron()
    await alerts.row(cron, Status.SUCCESS, -10)
    assert await alerts.store.put_cron(replace(cron, version=2))
    newer = await alerts.store.cron("tidy")
    assert newer is not None
    await alerts.row(newer, Status.FAILED)
    assert (await heard(alerts))["Changed since"] == "the definition, from version 1 to 2"


async def test_another_image_under_the_same_name_is_said(alerts: Alerts) -> None:
    """Somebody pushed `latest`."""
    cron = await alerts.cron()
    await alerts.row(cron, Status.SUCCESS, -10, image=f"sha256:{'a' * 64}")
    await alerts.row(cron, Status.FAILED, image=f"sha256:{'b' * 64}")
    facts = await heard(alerts)
    assert facts["New image"] == "sha256:bbbbbbbbbbbb, before sha256:aaaaaaaaaaaa"


class Talking(FakeEngine):
    """An engine whose logs say too much."""

    written = b"\x1b[31mpassword=hunter22 \xff\n" * 1000 + b"the declared one: Tr0ub4dor&3\n"

    async def logs(self, execution: Execution, *, follow: bool = False):  # type: ignore[no-untyped-def]  # noqa: ANN201 -- a generator, as the port has it
        """Yield too much."""
        del execution, follow
        yield self.written


async def test_the_end_of_the_log_is_told_without_secrets(alerts: Alerts, slack: Listening) -> None:
    """Forty lines, whatever is in them."""
    cron = await alerts.cron()
    secret = Container(arguments=("true",), env={"DB_PASSWORD": "Tr0ub4dor&3"})
    definition = replace(cron.definition, description=secret)
    assert await alerts.store.put_cron(replace(cron, definition=definition, version=2))
    alerts.engine = Talking()
    alerts.restart()
    found = await alerts.store.cron("tidy")
    assert found is not None
    await alerts.row(found, Status.FAILED, reason="exit code 1 of Tr0ub4dor&3")
    await alerts.tell()
    (alert,) = slack.heard
    lines = alert.log.split("\n")
    assert len(lines) == 40
    assert lines[-1] == "the declared one: [redacted]"
    assert "hunter22" not in alert.log
    assert "\x1b" not in alert.log
    assert "Tr0ub4dor" not in f"{alert}"
    assert alert.command == "wl cron logs tidy tidy-0"


async def test_what_was_never_started_has_no_log(alerts: Alerts, slack: Listening) -> None:
    """The command leads to the status."""
    cron = await alerts.cron()
    await alerts.row(cron, Status.MISSED)
    await alerts.tell()
    (alert,) = slack.heard
    assert (alert.log, alert.command) == ("", "wl cron status tidy")


async def test_a_link_of_ones_own_is_filled_in(alerts: Alerts, slack: Listening) -> None:
    """With the names that it asks for."""
    linked = replace(alerts.reporter, link="https://cron.example/{cron}/{execution}")
    object.__setattr__(alerts.reporter, "link", linked.link)
    cron = await alerts.cron()
    await alerts.row(cron, Status.FAILED)
    await alerts.tell()
    assert slack.heard[0].link == "https://cron.example/tidy/tidy-0"


async def test_a_summary_is_one_short_line(alerts: Alerts, slack: Listening) -> None:
    """Whatever an engine had to say."""
    cron = await alerts.cron()
    await alerts.row(cron, Status.ERROR, reason="no such image\n" * 100)
    await alerts.tell()
    assert "\n" not in slack.heard[0].summary
    assert len(slack.heard[0].summary) <= 200
