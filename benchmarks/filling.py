"""Databases with many rows: what the product would have written, by its own tables, in bulk."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from wlcron.core.cron import Container, Cron, Definition, cron_id
from wlcron.core.planning import first_due
from wlcron.stores.sql import open_sql_store, sqlite
from wlcron.stores.sql.schema import crons, definitions

_PATIENCE = timedelta(seconds=10)
_CRON_COLUMNS = {field.name for field in fields(Cron)} & set(crons.c.keys())


def make_crons(
    count: int, schedule: str, *arguments: str, created_at: datetime | None = None
) -> list[Cron]:
    """Return definitions as the API would have made them then, each with a name of its own."""
    at = created_at or datetime.now(UTC)
    definition = Definition(
        schedule=schedule,
        description=Container(arguments=arguments),
        timeout=timedelta(minutes=10),
    )
    model = Cron(
        id="",
        name="",
        definition=definition,
        source=f"schedule: {schedule}\ndescription: {{arguments: {list(arguments)}}}\n",
        created_at=at,
        updated_at=at,
        next_due=None,
        revision=1,
    )
    due = first_due(model, at)
    names = [f"job-{number}" for number in range(count)]
    return [replace(model, id=cron_id(name, at), name=name, next_due=due) for name in names]


def due_in(seconds: float) -> datetime:
    """Return the first whole second that is at least so far ahead (UTC)."""
    return (datetime.now(UTC) + timedelta(seconds=seconds + 1)).replace(microsecond=0)


def once_at(due: datetime) -> str:
    """Return the schedule of one slot, at a whole second (UTC)."""
    return f"at({due:%Y-%m-%dT%H:%M:%S})"


async def fill_with_crons(path: Path, made: Sequence[Cron]) -> None:
    """Make a database that holds these crons."""
    await (await open_sql_store(path)).close()
    engine = sqlite.make_engine(sqlite.url_of(path), _PATIENCE)
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(sa.insert(crons), [_cron_row(cron) for cron in made])
        connection.execute(sa.insert(definitions), [_definition_row(cron) for cron in made])
    engine.dispose()


def _cron_row(cron: Cron) -> dict[str, object]:
    return {name: getattr(cron, name) for name in _CRON_COLUMNS}


def _definition_row(cron: Cron) -> dict[str, object]:
    return {
        "cron_id": cron.id,
        "version": cron.version,
        "definition": cron.definition,
        "source": cron.source,
    }
