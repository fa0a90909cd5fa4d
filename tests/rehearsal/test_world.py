"""A rehearsal is what the duties do, called when there is something for them to do."""

import asyncio
from datetime import datetime, timedelta

import pytest

from tests.rehearsal.plays import ALL, HOUR, happenings, make_part, make_setting, played
from tests.samples import MINUTE, SECOND
from wlcron.core.cron import AfterTime, InARow, Notifications, Severity
from wlcron.engines.fake import FakeEngine, Script
from wlcron.rehearsal.events import Happening, What, happening
from wlcron.rehearsal.parts import Fate, Part, Setting
from wlcron.rehearsal.rehearse import rehearse
from wlcron.rehearsal.witness import ROUTING, Witness, ears
from wlcron.service import Alerts, Outside, Service, build_service
from wlcron.services.alerting import Policy
from wlcron.stores.memory import MemoryStore


class Patient:
    """Calls all duties every second, as a server does, and knows nothing of what is to come."""

    def __init__(self, part: Part, setting: Setting) -> None:
        self.part, self.setting, self.now = part, setting, setting.begin
        self.witness = Witness()
        self.store = MemoryStore()
        self.fates: dict[str, Fate] = {}
        self.engine = FakeEngine(
            lambda execution: self._script(execution.id),
            lambda: self.now,
            is_away=lambda: setting.engine.covers(self.now),
            is_timed=False,
        )

    def _script(self, execution_id: str) -> Script:
        count = len(self.part.fates)
        fate = self.fates.setdefault(execution_id, self.part.fates[len(self.fates) % count])
        return Script(run_for=fate.run_for, exit_code=fate.exit_code)

    async def live(self) -> list[Happening]:
        """Return what happens."""
        await self.store.put_cron(self.part.cron)
        service = None
        while self.now < self.setting.until:
            is_down = self.setting.server.covers(self.now)
            service = None if is_down else service or self._serve()
            if service is not None:
                await self._tick(service)
            self.now += SECOND
        events, _ = self.witness.taken(self.setting.begin)
        return [happening(each, self.setting.begin, self.part.cron) for each in events]

    def _serve(self) -> Service:
        channels = ears(self.part.cron, self.witness)
        alerts = Alerts(channels=channels, policy=Policy(routing=ROUTING))
        outside = Outside(monitors=[self.witness], alerts=alerts)
        return build_service(self.store, self.engine, lambda: self.now, outside)

    async def _tick(self, service: Service) -> None:
        for seen in self.engine.runs.news():
            await service.observer.hear(seen)
        await service.scheduler.tick(self.now)
        await service.launcher.tick(self.now)
        await service.launcher.drain()
        await service.notifier.tick(self.now)
        await service.watcher.tick(self.now)
        await service.teller.tick(self.now)
        await service.teller.drain()


@pytest.mark.parametrize(
    "fates",
    [
        (Fate(MINUTE),),
        (Fate(7 * MINUTE), Fate(MINUTE, 1), Fate(2 * MINUTE, 1)),
        (Fate(25 * MINUTE), Fate(timedelta(0), 1)),
    ],
)
@pytest.mark.parametrize("down", [(), ("00:20-00:41",)])
@pytest.mark.parametrize("engine_down", [(), ("00:58-01:09",)])
async def test_nothing_is_missed_by_leaping(
    fates: tuple[Fate, ...], down: tuple[str, ...], engine_down: tuple[str, ...]
) -> None:
    """Duties that are called every second tell the same, in the same order."""
    wanted = Notifications(
        failed=InARow(Severity.ERROR, 2),
        skipped=InARow(Severity.WARNING, 2),
        not_started_within=AfterTime(Severity.CRITICAL, 3 * MINUTE),
        ran_longer_than=AfterTime(Severity.INFO, 6 * MINUTE),
        no_success_for=AfterTime(Severity.ERROR, 50 * MINUTE),
    )
    part = make_part("*/5 * * * *", *fates, timeout=18 * MINUTE, notifications=wanted)
    setting = make_setting(2 * HOUR, down, engine_down)
    leapt = await asyncio.to_thread(lambda: happenings(rehearse([part], setting)))
    assert _bare(leapt) == _bare(await Patient(part, setting).live())
    assert len(leapt) > 20


def _bare(all_of_it: list[Happening]) -> list[tuple[datetime, What, datetime | None, object]]:
    return sorted(
        ((each.at, each.event.what, each.slot, each.event.told) for each in all_of_it),
        key=lambda each: (each[0], str(each)),
    )


def test_a_slot_right_at_the_beginning_counts() -> None:
    """And one right at the end belongs to the next rehearsal."""
    assert played(make_part("@hourly"), make_setting(2 * HOUR), What.STARTED) == [
        ("0:00:00", "STARTED"),
        ("1:00:00", "STARTED"),
    ]


def test_a_rate_is_counted_from_the_beginning() -> None:
    """As from the creation of a cron."""
    assert played(make_part("rate(25 minutes)"), make_setting(), What.STARTED) == [
        ("0:25:00", "STARTED"),
        ("0:50:00", "STARTED"),
    ]


def test_what_still_runs_is_skipped() -> None:
    """The next slot behind its end is started."""
    assert played(make_part("*/10 * * * *", Fate(12 * MINUTE)), make_setting(30 * MINUTE)) == [
        ("0:00:00", "STARTED"),
        ("0:10:00", "SKIPPED"),
        ("0:12:00", "SUCCESS"),
        ("0:20:00", "STARTED"),
    ]


def test_the_timeout_ends_an_execution() -> None:
    """Its guard does, at its deadline."""
    part = make_part("@hourly", Fate(HOUR), timeout=5 * MINUTE)
    assert played(part, make_setting()) == [("0:00:00", "STARTED"), ("0:05:00", "TIMEOUT")]


def test_slots_are_missed_while_the_server_is_down() -> None:
    """The newest is started when it is back, if that is within start-within."""
    part = make_part("0,10,20,30 * * * *", start_within=10 * MINUTE)
    assert played(part, make_setting(HOUR, ["00:05-00:35"]), What.MISSED, What.STARTED) == [
        ("0:00:00", "STARTED"),
        ("0:35:00", "MISSED"),
        ("0:35:00", "MISSED"),
        ("0:35:00", "STARTED"),
    ]


def test_executions_go_on_while_the_server_is_down() -> None:
    """Their ends are as they were, though they are heard of later."""
    part = make_part("@hourly", Fate(10 * MINUTE))
    assert played(part, make_setting(HOUR, ["00:05-00:35"])) == [
        ("0:00:00", "STARTED"),
        ("0:10:00", "SUCCESS"),
    ]


def test_starts_are_tried_again_until_the_engine_is_back() -> None:
    """Or until the slot is worth nothing any more: then the launcher gives up, and says why."""
    part = make_part("@hourly", start_within=20 * MINUTE)
    (start, *_) = played(part, make_setting(HOUR, engine_down=["23:50-00:10"]))
    assert "0:10:00" <= start[0] < "0:11:00"
    assert start[1] == "STARTED"
    ((at, what),) = played(part, make_setting(HOUR, engine_down=["23:50-00:40"]))
    assert ("0:40:00" <= at < "0:41:00", what) == (True, "ERROR")


def test_fates_are_dealt_out_in_turn() -> None:
    """One round after the other."""
    part = make_part("*/10 * * * *", Fate(MINUTE), Fate(2 * MINUTE, 1))
    ends = played(part, make_setting(40 * MINUTE), What.SUCCESS, What.FAILED)
    assert ends == [
        ("0:01:00", "SUCCESS"),
        ("0:12:00", "FAILED"),
        ("0:21:00", "SUCCESS"),
        ("0:32:00", "FAILED"),
    ]


def test_alerts_go_to_the_channels_that_a_cron_names() -> None:
    """Else to those of their severity, whichever that are."""
    failing = Notifications(failed=InARow(Severity.ERROR))
    for wanted, channels in (
        (failing, ["(error)"]),
        (Notifications(failed=failing.failed, channels=("on-call", "team")), ["on-call", "team"]),
    ):
        part = make_part("@hourly", Fate(MINUTE, 1), notifications=wanted)
        told = [each.event.told for each in happenings(rehearse([part], make_setting()))]
        assert [each.channel for each in told if each is not None] == channels


def test_an_alert_says_why_and_its_end_says_after_how_long() -> None:
    """Reminders say for how long."""
    part = make_part(
        "0 */6 * * *",
        *[Fate(MINUTE, 1)] * 6,
        Fate(MINUTE),
        notifications=Notifications(failed=InARow(Severity.ERROR)),
    )
    report = rehearse([part], make_setting(40 * HOUR))
    alerts = [each for each in report.happenings(calm=False) if each.event.told is not None]
    assert [(str(each.event.told and each.event.told.step), each.why) for each in alerts] == [
        ("opened", "exited with code 1"),
        ("reminded", "since 1d"),
        ("closed", "well again after 1d12h"),
    ]


def test_all_conditions_are_watched() -> None:
    """Each of them is told of by the same duties as by a server."""
    part = make_part(
        "*/5 * * * *",
        Fate(7 * MINUTE),
        *[Fate(20 * MINUTE, 1)] * 2,
        timeout=14 * MINUTE,
        notifications=ALL,
    )
    report = rehearse([part], make_setting(7 * HOUR, ["01:00-04:30"]))
    told = {each.event.told.condition for each in happenings(report) if each.event.told}
    assert told == {"failed", "skipped", "not-started-within", "ran-longer-than", "no-success-for"}
