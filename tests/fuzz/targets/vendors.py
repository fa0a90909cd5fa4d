"""What vendors of channels and monitors answer, and whoever stands in their place."""

import json
from collections.abc import Callable
from contextlib import suppress

from yarl import URL

from tests.fuzz.rules import is_one_line, is_one_sentence
from tests.fuzz.targets import Target, words
from wlcron.channel import ChannelError
from wlcron.channels.library import wait_asked_for
from wlcron.channels.pagerduty import answer as pagerduty
from wlcron.channels.slack import answer as slack
from wlcron.channels.webhook import answer as webhook
from wlcron.channels.webhook.target import Target as Place
from wlcron.monitors.cronitor.definition import owner_of
from wlcron.monitors.http import Answer, Vendor, refusal

_SECRET = "sesame-open-yourself"  # noqa: S105 -- what must not be repeated
_PLACE = Place(url=URL(f"https://example.com/hooks/{_SECRET}?q=1"), secret=_SECRET[::-1])
_STATUSES = (100, 200, 202, 204, 301, 400, 401, 404, 408, 413, 429, 500, 503, 599, 999)


def check_channel(data: bytes) -> None:
    """Read an answer as each channel does: its first byte chooses the status."""
    status = _STATUSES[data[0] % len(_STATUSES)] if data else 200
    header, _, text = data[1:].decode(errors="replace").partition("\n")
    wait = wait_asked_for(header)
    answer = webhook.Answer(status=status, retry_after=header, text=text)
    _check(lambda: slack.read_answer(status, text, wait))
    _check(lambda: pagerduty.read_answer(status, text, wait, _SECRET))
    _check(lambda: webhook.read_answer(answer, _PLACE))
    slack.is_about_blocks(status, text)


def check_monitor(data: bytes) -> None:
    """Read an answer as monitors do."""
    status = _STATUSES[data[0] % len(_STATUSES)] if data else 200
    header, _, body = data[1:].partition(b"\n")
    answer = Answer(status, body, header.decode(errors="replace"))
    error = refusal(Vendor("Cronitor", _SECRET, {401: "check api-key"}), answer)
    if error is not None:
        is_one_sentence(error)
        assert _SECRET not in str(error)
    with suppress(ValueError, RecursionError):  # the monitor's own reader refuses these
        said = json.loads(body)
        owner = owner_of(said if isinstance(said, dict) else {"metadata": said})
        assert owner is None or isinstance(owner.source, str)


def _check(read: Callable[[], str]) -> None:
    try:
        said = read()
    except ChannelError as error:
        is_one_sentence(error)
        said = str(error)
    is_one_line(said)
    assert _SECRET not in said


_ANSWERS = [
    b"\1\nok",
    b"\5\ninvalid_blocks",
    b'\2\n{"status":"success","message":"Event processed","dedup_key":"a"}',
    b'\5\n{"status":"invalid event","message":"Event is invalid","errors":["Length too long"]}',
    f"\5\n{_SECRET} is no key".encode(),
    f'\2\n{{"message":"{_SECRET}","dedup_key":"{_SECRET}"}}'.encode(),
    b"\x0a30\nslow down",
]
CHANNEL_ANSWERS = Target(
    "channel-answers",
    check_channel,
    _ANSWERS,
    (
        *words(f"{_SECRET} {_SECRET[:8]} {_SECRET[8:]} message errors dedup_key no_team"),
        b"\x1b[31m",
    ),
)
MONITOR_ANSWERS = Target(
    "monitor-answers",
    check_monitor,
    [
        b'\1\n{"metadata":"{\\"wlcron\\": \\"a\\", \\"cron\\": \\"tidy\\"}"}',
        *_ANSWERS,
    ],
    words(f"{_SECRET} metadata wlcron cron"),
)
