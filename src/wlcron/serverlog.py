"""The server's own log: one event a line, on standard error."""

import logging
import sys

import structlog
from structlog.dev import plain_traceback
from structlog.typing import EventDict, Processor, WrappedLogger

from wlcron.errors import WlcronError


def configure_log(log_format: str) -> None:
    """Have everything logged as `text` or `json`; `auto`: text on a terminal, else json.

    What libraries log by the standard library comes out in the same format.
    """
    as_text = log_format == "text" or (log_format == "auto" and sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        explain_without_traceback,
    ]
    structlog.configure(
        processors=[*shared, *_renderers(as_text=as_text)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    of_libraries = logging.StreamHandler(sys.stderr)
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
