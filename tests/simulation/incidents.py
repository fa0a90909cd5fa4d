"""Whether incidents are open while they should be, and told to everybody whom they concern."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tests.simulation.book import Book, name
from tests.simulation.journal import Journal
from tests.simulation.told import Told
from wlcron.core.alerting import BAD
from wlcron.core.execution import Execution, Status
from wlcron.core.incident import Condition, Incident, Step, row_key

_TELLING = BAD | {Status.SUCCESS}
Problem = tuple[str, str]  # the promise, and who breaks it


@dataclass(slots=True)
class Incidents:
    """Notes every incident that is written; a failure has to be open until a success."""

    journal: Journal
    book: Book
    told: Told
    latest: dict[str, Incident] = field(default_factory=dict)  # as last written, by row's key

    def wrote(self, incident: Incident) -> None:
        """Note an incident as it is now."""
        before = self.latest.get(incident.row_key)
        self.latest[incident.row_key] = incident
        was_open = before is not None and before.is_open
        by_execution = incident.closed_by.startswith("the execution of")
        if not was_open or not by_execution or incident.condition is not Condition.FAILED:
            return
        for row in self.book.rows.values():
            is_known = (row.id, row.status) in self.told.announcements
            if is_known and row.cron_id == incident.cron_id and self._is_open_still(row):
                self.journal.broken(
                    "a failure is open until a success",
                    f"{name(row)} was known when {incident.closed_by}",
                )

    def announced(self, row: Execution) -> None:
        """Note that nobody will be told of a row again, whose cron is there and is watched."""
        if row.status not in BAD:
            return
        known = self.latest.get(row_key(row.cron_id, Condition.FAILED))
        if known is None or not (known.is_open or known.judged >= row.slot):
            self.journal.broken("a failure opens an incident", f"{name(row)} opened none")

    def problems(self, now: datetime, living: set[str]) -> Iterator[Problem]:
        """Yield what should have been told by now; `living` are the ids of crons."""
        for incident in self.latest.values():
            if incident.due_at is not None and incident.due_at <= now:
                yield "everybody is told of each incident", f"{incident.key} waits"
            for telling in incident.tellings:
                is_missing = telling.told is None and not telling.is_over
                if is_missing or (not incident.is_open and not telling.is_over):
                    yield "everybody is told of each incident", f"{telling.channel}: {incident.key}"
            if incident.condition is Condition.FAILED and incident.cron_id in living:
                yield from self._state(incident)
            if incident.is_open:
                yield from self._last_words(incident)
        yield from self._ends()

    def _state(self, incident: Incident) -> Iterator[Problem]:
        rows = [
            row
            for row in self.book.rows.values()
            if row.cron_id == incident.cron_id and row.status in _TELLING
        ]
        last = max(rows, key=lambda row: row.slot)
        if incident.is_open is not (last.status in BAD):
            yield (
                "an incident is open while its cron fails",
                f"{incident.key} is {'open' if incident.is_open else 'closed'} after {name(last)}",
            )

    def _last_words(self, incident: Incident) -> Iterator[Problem]:
        """Yield who believes that an incident is over that is not."""
        for telling in incident.tellings:
            steps = self.told.messages.get((telling.channel, incident.key_for(telling)), [])
            if steps and steps[-1] is Step.CLOSED:
                yield "nobody is told of an end too many", f"{telling.channel}: {incident.key}"

    def _ends(self) -> Iterator[Problem]:
        """Yield messages of beginnings that will never have an end."""
        still = {
            (telling.channel, incident.key_for(telling))
            for incident in self.latest.values()
            if incident.is_open
            for telling in incident.tellings
        }
        for message, steps in self.told.messages.items():
            if Step.OPENED in steps and Step.CLOSED not in steps and message not in still:
                yield "each beginning that is told has its end", " ".join(message)

    def _is_open_still(self, row: Execution) -> bool:
        """Whether a row failed, and no later one of its cron succeeded."""
        return row.status in BAD and not any(
            other.status is Status.SUCCESS
            and other.cron_id == row.cron_id
            and other.slot > row.slot
            for other in self.book.rows.values()
        )
