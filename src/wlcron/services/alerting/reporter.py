"""Says of an incident what nobody should have to log in for."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from wlcron.channel import Alert
from wlcron.clock import Clock
from wlcron.core.alerting import failures_in_a_row
from wlcron.core.cron import Cron
from wlcron.core.durations import duration_text
from wlcron.core.execution import Execution, Status
from wlcron.core.exitcodes import meaning
from wlcron.core.incident import Condition, Incident, Step, Telling
from wlcron.core.redaction import redact, secrets_in
from wlcron.engine import Engine
from wlcron.lastwords import last_words
from wlcron.services.alerting.crons import Crons
from wlcron.services.alerting.flood import flooding
from wlcron.store import Store

_HISTORY = 50
_DIGITS = 12  # of a digest are enough to tell two apart
_LONGEST_SUMMARY = 200
_NAMED = 30  # of the incidents of a flood
_WORDS = {
    Condition.FAILED: "failed",
    Condition.RAN_LONGER_THAN: "runs too long",
    Condition.NOT_STARTED_WITHIN: "was not started",
    Condition.SKIPPED: "is skipped again and again",
    Condition.NO_SUCCESS_FOR: "has not succeeded for too long",
}
Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reporter:
    """Writes alerts; `source` names this wlcron, `link` may hold {cron} and {execution}."""

    store: Store
    engine: Engine
    crons: Crons
    clock: Clock
    source: str
    link: str = ""

    async def alert(self, incident: Incident, step: Step, telling: Telling) -> Alert:
        """Return the message of an incident to one channel, without secrets."""
        cron = await self.crons.get(incident.cron_name, incident.cron_id)
        execution = await self._execution(incident)
        secrets = _secrets(cron, execution)
        facts = [
            *_about(incident, step, self.clock()),
            *_of_slot(incident, cron),
            *(await self._of_what_happened(incident, execution) if step is not Step.CLOSED else ()),
            *await self._of_flood(incident),
            *_of_channel(telling),
        ]
        log = ""
        if execution is not None and step is not Step.CLOSED:
            log = await last_words(self.engine, execution)
        return Alert(
            key=incident.key_for(telling),
            step=step,
            severity=incident.severity,
            cron=incident.cron_name,
            condition=incident.condition,
            summary=redact(_summary(incident, step), secrets),
            facts=tuple((label, redact(text, secrets)) for label, text in facts if text),
            log=redact(log, secrets),
            command=_command(incident, execution),
            link=self._link(incident),
            at=self.clock(),
            opened_at=incident.opened_at,
            source=self.source,
        )

    async def _of_what_happened(
        self, incident: Incident, execution: Execution | None
    ) -> list[Fact]:
        before = await self._history(incident, execution)
        return [*_of_execution(execution), *_of_history(execution, before)]

    def _link(self, incident: Incident) -> str:
        if incident.condition is Condition.FLOOD:
            return ""
        named = self.link.replace("{cron}", incident.cron_name)
        return named.replace("{execution}", incident.execution_id)

    async def _execution(self, incident: Incident) -> Execution | None:
        if not incident.execution_id:
            return None
        return await self.store.execution(incident.execution_id)

    async def _history(self, incident: Incident, execution: Execution | None) -> list[Execution]:
        if execution is None:
            return []
        return await self.store.executions([incident.cron_id], _HISTORY, execution.slot)

    async def _of_flood(self, incident: Incident) -> list[Fact]:
        if incident.condition is not Condition.FLOOD:
            return []
        members = await flooding(self.store, incident.cron_name)
        named = ", ".join(f"{each.cron_name} ({each.condition})" for each in members[:_NAMED])
        more = f", and {len(members) - _NAMED} more" if len(members) > _NAMED else ""
        return [("Open now", f"{len(members)}: {named}{more}" if members else "none any more")]


def _secrets(cron: Cron | None, execution: Execution | None) -> frozenset[str]:
    declared = secrets_in(cron.definition.description.env) if cron else frozenset()
    overrides = execution.overrides if execution else None
    return declared | (secrets_in(overrides.env) if overrides else frozenset())


def _summary(incident: Incident, step: Step) -> str:
    name, words = incident.cron_name, _WORDS.get(incident.condition, "")
    if step is Step.CLOSED:
        text = f"{name} is well again: {incident.condition}, for {_lasted(incident)}"
    elif incident.condition is Condition.FLOOD:
        text = f"Many incidents at once: {incident.reason}"
    elif step is Step.REMINDED:
        text = f"{name} is still not well: {incident.condition}: {incident.reason}"
    else:
        text = f"{name} {words}: {incident.reason}"
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_SUMMARY else f"{line[: _LONGEST_SUMMARY - 2]} …"


def _about(incident: Incident, step: Step, now: datetime) -> Iterator[Fact]:
    is_flood = incident.condition is Condition.FLOOD
    yield "Channel" if is_flood else "Cron", incident.cron_name
    yield "Condition", incident.condition
    yield "Severity", incident.severity
    yield "Reason", incident.reason
    if step is Step.CLOSED:
        yield "Well again", f"after {_lasted(incident)}: {incident.closed_by}"
    elif step is Step.REMINDED:
        yield "Since", duration_text(now - incident.opened_at)


def _of_slot(incident: Incident, cron: Cron | None) -> Iterator[Fact]:
    if incident.condition in {Condition.NO_SUCCESS_FOR, Condition.FLOOD}:
        return
    utc = f"{incident.slot:%Y-%m-%d %H:%M:%S} UTC"
    zone = cron.definition.timezone if cron else "UTC"
    with suppress(Exception):  # zoneinfo raises many; the zone may have left the machine
        local = incident.slot.astimezone(ZoneInfo(zone))
        if local.utcoffset() != timedelta(0):
            utc = f"{local:%Y-%m-%d %H:%M:%S} {zone} ({utc})"
    yield "Slot", utc


def _of_execution(execution: Execution | None) -> Iterator[Fact]:
    if execution is None:
        return
    yield "Execution", execution.id
    yield "Status", execution.status
    if execution.duration is not None:
        yield "Ran for", duration_text(execution.duration)
    elif execution.started_at is not None:
        yield "Started", f"{execution.started_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if execution.exit_code is not None:
        means = meaning(execution.exit_code)
        yield "Exit code", f"{execution.exit_code}{f' ({means})' if means else ''}"


def _of_history(execution: Execution | None, before: list[Execution]) -> Iterator[Fact]:
    if execution is None:
        return
    streak = failures_in_a_row([execution, *before])
    if streak > 1:
        yield "In a row", f"{streak} failures"
    last = next((row for row in before if row.status is Status.SUCCESS), None)
    if last is None:
        yield "Last success", f"none among the last {_HISTORY}" if before else "none yet"
        return
    yield "Last success", f"{last.slot:%Y-%m-%d %H:%M:%S} UTC"
    if last.cron_version != execution.cron_version:
        yield (
            "Changed since",
            f"the definition, from version {last.cron_version} to {execution.cron_version}",
        )
    if last.image and execution.image and last.image != execution.image:
        yield "New image", f"{_short(execution.image)}, before {_short(last.image)}"
    if last.holder != execution.holder and execution.holder:
        yield "Runs elsewhere", f"on {execution.holder}, before on {last.holder or 'none'}"


def _short(digest: str) -> str:
    kind, _, digits = digest.rpartition(":")
    return f"{kind}:{digits[:_DIGITS]}" if kind else digits[:_DIGITS]


def _of_channel(telling: Telling) -> Iterator[Fact]:
    if telling.instead_of:
        yield "Told here because", telling.instead_of


def _command(incident: Incident, execution: Execution | None) -> str:
    if incident.condition is Condition.FLOOD:
        return "wl incident list"
    if execution is not None and execution.started_at is not None:
        return f"wl cron logs {incident.cron_name} {execution.id[:8]}"
    return f"wl cron status {incident.cron_name}"


def _lasted(incident: Incident) -> str:
    return duration_text((incident.closed_at or incident.opened_at) - incident.opened_at)
