"""AppriseChannel: everything else that Apprise knows by a URL (github.com/caronc/apprise)."""

import asyncio
import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wlcron.channel import Alert, Channel, ChannelError
from wlcron.channels.library import PATIENCE, library, one_line, plain, silent
from wlcron.core.cron import Severity
from wlcron.core.incident import Step
from wlcron.given import Given

if TYPE_CHECKING:  # large, and loaded by servers with such a channel alone
    from apprise import Apprise
    from apprise.result import AppriseResult

_MOST_TITLE, _MOST_VALUE, _MOST_FACTS, _MOST_LOG = 200, 500, 1500, 1500  # characters
# They log URLs, in which the passwords and tokens are. What Apprise masks of them is not all:
# urllib3 has them whole.
_TALKERS = ("apprise", "urllib3")
# Whoever is called by `@all`, `<!channel>` or `<@U123>` is not to be called by a log. Addresses
# of email stay as they are.
_CALLS = re.compile(r"(?<!\w)@(?=\w)|<(?=[!@#&])")
_UNSEEN = "\N{ZERO WIDTH SPACE}"
_STATUS = re.compile(r"\berror=([0-9]{3})\b")
_TYPES = {
    Severity.INFO: "info",
    Severity.WARNING: "warning",
    Severity.ERROR: "failure",
    Severity.CRITICAL: "failure",
}


def apprise_channel(name: str, given: Given) -> Channel:
    """Return the channel that a table describes; raises ConfigurationError.

    Its key: `url` (a secret), one of those that Apprise documents.
    """
    url = given.secret("url")
    given.done()
    with library(given.table, "apprise"):
        apprise = _load(url)
    if apprise is None:
        raise given.problem(
            "url", "is none that Apprise can use: its documentation lists them by service"
        )
    return AppriseChannel(name, apprise)


class AppriseChannel:
    """Tells one service of each alert, in a thread of Apprise's; `patience` in seconds."""

    kind = "apprise"

    def __init__(self, name: str, apprise: "Apprise", patience: float = PATIENCE) -> None:
        self.name = name
        self._apprise = apprise
        self._patience = patience
        self._service = one_line(str(apprise[0].service_name), _MOST_TITLE)

    async def send(self, alert: Alert) -> str:
        """Tell the service; return what little Apprise says about it."""
        result = await self._notify(alert)
        if not result:
            status = _status(result)
            answered = f" It answered {status}." if status else ""
            raise ChannelError(
                f"Apprise could not hand the alert to {self._service}: no answer, or a refusal;"
                f" check url.{answered}"
            )
        return f"{self._service} took it"

    async def close(self) -> None:
        """Let go of nothing: Apprise keeps no connection."""

    async def _notify(self, alert: Alert) -> "AppriseResult":
        try:
            async with asyncio.timeout(self._patience):
                return await self._apprise.async_notify(
                    body=body(alert),
                    title=title(alert),
                    notify_type=notify_type(alert),
                    # Apprise escapes it for services that take HTML or Markdown.
                    body_format="text",
                )
        except TimeoutError:
            raise silent(self._service, self._patience) from None
        except Exception as error:  # noqa: BLE001 -- a hundred plugins raise what they like
            # Its text may hold the URL, so the kind alone is told.
            text = f"Apprise could not hand the alert to {self._service}: {type(error).__name__}"
            raise ChannelError(text) from None


def title(alert: Alert) -> str:
    """Return the one line of an alert."""
    mark = "[test] " if alert.is_test else ""
    return _uncalled(one_line(f"{mark}{alert.summary}", _MOST_TITLE))


def body(alert: Alert) -> str:
    """Return the rest of it; the log comes last, since services cut off what is too long."""
    return _uncalled("\n".join(_lines(alert)))


def notify_type(alert: Alert) -> str:
    """Return Apprise's word, by which services choose a colour or a picture."""
    return "success" if alert.step is Step.CLOSED else _TYPES[alert.severity]


def _lines(alert: Alert) -> Iterator[str]:
    room = _MOST_FACTS
    for label, value in alert.facts:
        line = f"{one_line(label, _MOST_VALUE)}: {one_line(value, _MOST_VALUE)}"
        room -= len(line)
        if room >= 0:
            yield line
    if alert.command:
        yield one_line(alert.command, _MOST_VALUE)
    if alert.link:
        yield one_line(alert.link, _MOST_VALUE)
    yield f"sent by {one_line(alert.source, _MOST_VALUE)}"
    if alert.log:
        yield ""
        yield plain(alert.log[-_MOST_LOG:])


def _uncalled(text: str) -> str:
    return _CALLS.sub(lambda call: call[0] + _UNSEEN, text)


def _load(url: str) -> "Apprise | None":
    """Return Apprise with one service, or None where it does not know the URL."""
    for talker in _TALKERS:
        _silence(logging.getLogger(talker))
    from apprise import Apprise, AppriseAsset
    from apprise.common import OverflowMode

    asset = AppriseAsset(app_id="wlcron", app_desc="wlcron")
    asset.http_redirects = False
    service = Apprise.instantiate(url, asset=asset)
    if service is None:
        return None
    if service.overflow_mode == OverflowMode.UPSTREAM:
        # Else what is too long for a service is refused by it, each time anew.
        service.overflow_mode = OverflowMode.TRUNCATE
    apprise = Apprise(asset=asset)
    apprise.add(service)
    return apprise


def _silence(logger: logging.Logger) -> None:
    logger.propagate = False
    if not logger.handlers:  # with none at all, the standard library's last resort prints
        logger.addHandler(logging.NullHandler())


def _status(result: "AppriseResult") -> str:
    """Return the HTTP status that a plugin has logged: of its words nothing else is safe."""
    logs = getattr(result, "logs", None)  # Apprise 2 has them
    for entry in logs() if logs else ():
        if found := _STATUS.search(entry.message):
            return found[1]
    return ""
