"""What goes wrong with a database, as one sentence that says what to do."""

import sqlite3

import sqlalchemy as sa
from pydantic_core import PydanticSerializationError
from sqlalchemy import exc

from wlcron.errors import StoreError
from wlcron.stores.sql import postgresql, sqlite

# SQLSTATE class 40: this transaction lost against another one and may be tried again.
_ROLLED_BACK = "40"


def is_fault_of_all(error: Exception) -> bool:
    """Whether an error is the database's, and not one of the functions' in the transaction."""
    if not isinstance(error, exc.DatabaseError):
        return False
    if str(getattr(error.orig, "sqlstate", "")).startswith(_ROLLED_BACK):
        return False
    return not isinstance(error, exc.IntegrityError | exc.DataError | exc.ProgrammingError)


def as_store_error(error: Exception, url: sa.URL) -> Exception:
    """Return what a person is told of an error; errors that are not a database's stay."""
    match error:
        case exc.DBAPIError(orig=sqlite3.Error() as cause):
            return StoreError(sqlite.sentence(cause, url.database or ""))
        case exc.DBAPIError():
            return StoreError(postgresql.sentence(error.orig, url))
        case exc.ArgumentError():  # of what stands behind the ? in it
            return StoreError(f"the URL of {postgresql.shown(url)} has a mistake: {error}")
        case exc.TimeoutError():
            return StoreError(f"the database {postgresql.shown(url)} is too slow: {error}")
        case UnicodeError() | PydanticSerializationError():
            return StoreError("a text holds what is not Unicode: remove it, then try again")
        case _:
            return error
