"""Whatever is asked of them, in whatever order: stores agree about incidents and silences."""

from dataclasses import replace
from datetime import datetime

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.samples import MINUTE, NOON, make_incident, make_silence
from tests.stores.test_model import Pair
from wlcron.core.incident import Condition, Incident

ALL = 100_000

names = st.sampled_from(["a", "b", "c"])
conditions = st.sampled_from([Condition.FAILED, Condition.SKIPPED])
minutes = st.integers(0, 9)
maybe = st.none() | minutes
picks = st.integers(0, ALL)  # which of those that were read
limits = st.sampled_from([0, 1, 3, ALL])


def at(minute: int | None) -> datetime | None:
    """Return an instant that other rules may choose as well."""
    return None if minute is None else NOON + minute * MINUTE


class Incidents(RuleBasedStateMachine):
    """Incidents are opened, told, closed and forgotten; what was read long ago is acted upon."""

    @initialize()
    def begin(self) -> None:
        """Begin with nothing."""
        self.pair = Pair()
        self.read: list[Incident] = []

    def teardown(self) -> None:
        """Close both stores."""
        self.pair.close()

    @rule(name=names, condition=conditions, due=maybe)
    def open(self, name: str, condition: Condition, due: int | None) -> None:
        """Open an incident that may be there already."""
        row = make_incident(name, condition=condition, due_at=at(due))
        self.pair.ask(lambda store: store.put_incident(row))

    @rule(name=names, condition=conditions)
    def look_up(self, name: str, condition: Condition) -> None:
        """Read an incident to act upon it later."""
        cron_id = make_incident(name).cron_id
        found = self.pair.ask(lambda store: store.incident(cron_id, condition))
        self.read += [] if found is None else [found]

    @rule(pick=picks, closed=maybe, due=maybe)
    def change(self, pick: int, closed: int | None, due: int | None) -> None:
        """Save an incident as it was read, open or closed, due or not."""
        if self.read:
            row = self.read[pick % len(self.read)]
            row = replace(row, closed_at=at(closed), due_at=at(due), reason=f"{pick}")
            self.pair.ask(lambda store: store.put_incident(row))

    @rule(minute=minutes, limit=limits)
    def tell(self, minute: int, limit: int) -> None:
        """See what is due."""
        now = NOON + minute * MINUTE
        self.read += self.pair.ask(lambda store: store.untold_incidents(now, limit))

    @rule(pick=picks, limit=limits)
    def page(self, pick: int, limit: int) -> None:
        """See what is open behind one that was."""
        after = self.read[pick % len(self.read)].row_key if self.read else ""
        self.pair.ask(lambda store: store.open_incidents(after, limit))

    @rule(minute=minutes, limit=limits)
    def forget(self, minute: int, limit: int) -> None:
        """Forget what was closed."""
        before = NOON + minute * MINUTE
        self.pair.ask(lambda store: store.forget_incidents(before, limit))

    @rule(name=names, minute=minutes)
    def silence(self, name: str, minute: int) -> None:
        """Ask for silence, or for another one."""
        silence = make_silence(name, until=NOON + minute * MINUTE)
        self.pair.ask(lambda store: store.put_silence(silence))

    @rule(name=names)
    def end_silence(self, name: str) -> None:
        """Delete a silence that may be none."""
        self.pair.ask(lambda store: store.delete_silence(name))

    @invariant()
    def agree(self) -> None:
        """Everything that can be read is the same."""
        if hasattr(self, "pair"):
            self.pair.ask(lambda store: store.open_incidents())
            self.pair.ask(lambda store: store.untold_incidents(NOON + 100 * MINUTE, ALL))
            self.pair.ask(lambda store: store.silences())


TestStoresAgreeAboutIncidents = Incidents.TestCase
TestStoresAgreeAboutIncidents.settings = settings(max_examples=30, stateful_step_count=30)
