"""Crons as items, and back. Pure."""

from typing import NamedTuple

from wlcron.core.cron import Cron, Definition, Pause, Registration
from wlcron.stores.dynamodb.encoding import (
    check_size,
    document,
    document_in,
    instant,
    instant_in,
    microseconds,
    number,
    read_document,
    read_instant,
    read_number,
    read_text,
    text,
)
from wlcron.stores.dynamodb.tables import Item, definition_key, shard_of, state_key

NEVER = 10**18  # microseconds: behind all instants. All crons are in the index, due or not


class Version(NamedTuple):
    """A version of a definition: what never changes."""

    definition: Definition
    source: str


def state_item(cron: Cron) -> Item:
    """Return the item of a cron that is created."""
    item = state_key(cron.id) | {"name": text(cron.name), "created_at": instant(cron.created_at)}
    given = edited(cron) | {"revision": number(1), "lane": text(shard_of(cron.id))}
    return item | {name: value for name, value in given.items() if value is not None}


def edited(cron: Cron) -> dict[str, Item | None]:
    """Return the attributes that a write of a cron sets, or removes (None)."""
    return {
        "updated_at": instant(cron.updated_at),
        "next_due": due_of(cron),
        "version": number(cron.version),
        "pause": None if cron.pause is None else document(cron.pause),
        "registration": None if cron.registration is None else document(cron.registration),
    }


def due_of(cron: Cron) -> Item:
    """Return where a cron stands among those that are due."""
    return number(NEVER if cron.next_due is None else microseconds(cron.next_due))


def version_item(cron: Cron) -> Item:
    """Return the item of a definition's version; raises RefusedError where it is too large."""
    content = {"definition": document(cron.definition), "source": text(cron.source)}
    check_size(sum(len(value["S"].encode()) for value in content.values()))
    return definition_key(cron.id, cron.version) | content


def version_of(item: Item) -> Version:
    """Return the version of a definition's item."""
    return Version(document_in(item, "definition", Definition), read_text(item, "source"))


def is_living(item: Item | None) -> bool:
    """Whether an item is a cron that was not deleted."""
    return item is not None and "deleted" not in item


def revision_of(item: Item) -> int:
    """Return the revision of a cron's item."""
    return read_number(item, "revision") or 0


def number_of(item: Item) -> int:
    """Return the number of a cron's newest version."""
    return read_number(item, "version") or 0


def cron_of(item: Item, version: int, content: Version) -> Cron:
    """Return a cron with the definition of a version."""
    is_due = read_number(item, "next_due") not in {None, NEVER}
    return Cron(
        id=item["pk"]["S"],
        name=read_text(item, "name"),
        definition=content.definition,
        source=content.source,
        created_at=instant_in(item, "created_at"),
        updated_at=instant_in(item, "updated_at"),
        next_due=read_instant(item, "next_due") if is_due else None,
        version=version,
        revision=revision_of(item),
        pause=read_document(item, "pause", Pause),
        registration=read_document(item, "registration", Registration),
    )
