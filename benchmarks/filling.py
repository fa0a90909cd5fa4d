"""Databases with many rows: what the product would have written, by its own tables, in bulk."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from wlcron.core.cron import Container, Cron, Definition, cron_id
from wlcron.core.planning import first_due
from wlcron.stores.sql import open_sql_store, sqlite
from wlcron.stores.sql.schema import crons, definitions

_PATIENCE = timedelta(seconds=10)
_CRON_COLUMNS = {field.name for field in fields(Cron)} & set(crons.c.keys())


def make_crons(count: int, schedule: str, *arguments: str, first: str = "job") -> list[Cron]:
    """Return definitions as the API would make them now, each with a name of its own."""
    now = datetime.now(UTC)
    definition = Definition(
        schedule=schedule,
        description=Container(arguments=arguments),
        timeout=timedelta(minutes=10),
    )
    made = Cron(
        id="",
        name="",
        definition=definition,
        source=f"schedule: {schedule}\ndescription: {{arguments: {list(arguments)}}}\n",
        created_at=now,
        updated_at=now,
        next_due=None,
        revision=1,
    )
    due = first_due(made, now)
    names = (f"{first}-{number}" for number in range(count))
    return [_named(made, name, now, due) for name in names]


def _named(cron: Cron, name: str, now: datetime, due: datetime | None) -> Cron:
    values = {field.name: getattr(cron, field.name) for field in fields(Cron)}
    return Cron(**(values | {"id": cron_id(name, now), "name": name, "next_due": due}))


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
