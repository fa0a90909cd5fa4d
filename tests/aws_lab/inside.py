"""The one place that knows moto's private names; `test_inside.py` fails when they change."""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from moto.core.common_models import BaseModel
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.sqs.models import SQSBackend
from werkzeug.serving import make_server

Application: TypeAlias = Callable[[dict[str, Any], Callable[..., None]], Iterable[bytes]]


def make_moto() -> Application:
    """Return moto as a WSGI application, mended."""
    # Every instance would be kept for ever, for a dashboard.
    BaseModel.__new__ = lambda cls, *_args, **_more: object.__new__(cls)
    # It is asked for every message of a queue, and reads the whole queue each time.
    SQSBackend.is_message_valid_based_on_retention_period = lambda *_: True
    return DomainDispatcherApplication(create_backend_app)  # type: ignore[no-any-return]  # moto is untyped


class _Handler(MotoRequestHandler):  # type: ignore[misc]  # moto is untyped
    """Keeps connections open, sends at once, says nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, *_: object) -> None:
        """Log no request: errors alone are worth reading."""


def make_http(port: int, application: object) -> Any:  # noqa: ANN401 -- werkzeug is untyped
    """Return a server on 127.0.0.1, with a thread for each connection; port 0: any."""
    return make_server("127.0.0.1", port, application, threaded=True, request_handler=_Handler)
