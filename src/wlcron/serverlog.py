"""The server's own log: one event a line, on standard error."""

import contextlib
import logging
import sys
from dataclasses import dataclass
from typing import TextIO, cast

import structlog
from structlog.dev import plain_traceback
from structlog.typing import EventDict, Processor, WrappedLogger

from wlcron.errors import WlcronError


@dataclass(frozen=True, slots=True, weakref_slot=True)  # structlog keeps a lock for each
class Unfailing:
    """A text stream that drops what cannot be written.

    Where standard error is a full disk, or a pipe whose reader has gone, the work that a line was
    to tell of has to go on all the same.
    """

    stream: TextIO

    def write(self, text: str) -> int:
        """Write what can be written; return how much was taken, which is all of it."""
        with contextlib.suppress(OSError, ValueError):  # ValueError: the stream is closed
            self.stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand on what was written, where it can be."""
        with contextlib.suppress(OSError, ValueError):
            self.stream.flush()


def configure_log(log_format: str) -> None:
    """Have everything logged as `text` or `json`; `auto`: text on a terminal, else json.

    What libraries log by the standard library comes out in the same format. To log never raises.
    """
    errors = cast("TextIO", Unfailing(sys.stderr))  # as much of one as those below make use of
    as_text = log_format == "text" or (log_format == "auto" and sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        explain_without_traceback,
    ]
    structlog.configure(
        processors=[*shared, *_renderers(as_text=as_text)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(errors),
    )
    of_libraries = logging.StreamHandler(errors)
    of_libraries.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(as_text=as_text),
            ],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[of_libraries])


def explain_without_traceback(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace the traceback of an error of ours by its sentence, which says all there is to say."""
    error = event.get("exc_info")
    if error is True:  # "the one that is being handled", as `exception` puts it
        error = sys.exception()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, WlcronError):
        del event["exc_info"]
        event["problem"] = str(error)
    return event


def _renderers(*, as_text: bool) -> list[Processor]:
    # Plain tracebacks: pretty ones print local variables, which may hold secrets.
    if as_text:
        return [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain_traceback)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
