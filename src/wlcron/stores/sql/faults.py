"""What goes wrong with a database, as one sentence that says what to do."""

import sqlite3

import sqlalchemy as sa
from pydantic_core import PydanticSerializationError
from sqlalchemy import exc

from wlcron.errors import StoreError
from wlcron.stores.sql import sqlite

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
        case exc.NoSuchModuleError():
            return StoreError(f"{url} is no kind of database that wlcron knows: give a path")
        case exc.IntegrityError():
            return StoreError(f"the database {url} refused: {_first_line(error)}")
        case exc.DBAPIError() | exc.TimeoutError():
            return StoreError(
                f"the database {url} cannot be used, see whether it runs: {_first_line(error)}"
            )
        case UnicodeError() | PydanticSerializationError():
            return StoreError("a text holds what is not Unicode: remove it, then try again")
        case _:
            return error


def _first_line(error: Exception) -> str:
    cause = error.orig if isinstance(error, exc.DBAPIError) else error
    return str(cause).strip().partition("\n")[0]
