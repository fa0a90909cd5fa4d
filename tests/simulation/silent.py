"""The services' own log, which nobody reads here, but for what should never be in it."""

import contextlib
import logging
from collections.abc import Iterator

import structlog
from structlog.typing import EventDict

from tests.simulation.journal import Journal
from wlcron.errors import WlcronError


@contextlib.contextmanager
def silent(journal: Journal) -> Iterator[None]:
    """Have nothing logged inside the block, and note errors that nobody has injected."""

    def drop(_: object, __: str, event: EventDict) -> EventDict:
        error = event.get("exc_info")
        if error is True:
            import sys

            error = sys.exception()
        if isinstance(error, BaseException) and not isinstance(error, WlcronError):
            journal.broken("nothing fails by itself", f"{event['event']}: {error!r}")
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(
        processors=[drop], wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR)
    )
    try:
        yield
    finally:
        structlog.configure(**before)
