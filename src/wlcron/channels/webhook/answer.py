"""What a webhook's server answers -> what it means."""

from dataclasses import dataclass
from http import HTTPStatus

from yarl import URL

from wlcron.channels.library import failure, one_line, wait_asked_for
from wlcron.channels.webhook.target import Target

_LONGEST_SHOWN = 200
_SHORTEST_HIDDEN = 4  # a part of an address that is shorter is no secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as far as it was read."""

    status: int
    retry_after: str | None = None
    text: str = ""  # the beginning of its body


def read_answer(answer: Answer, target: Target) -> str:
    """Return an answer in one line; raises ChannelError where the alert was not taken."""
    says = shown(answer.text, target)
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return f"{answer.status} {says}".strip()
    who, wait = f"the webhook at {target.host}", wait_asked_for(answer.retry_after)
    raise failure(who, answer.status, says, wait)


def shown(text: str, target: Target) -> str:
    """Return a stranger's text as it may be shown: short, and with nothing of address or secret.

    Many servers repeat the path that they were asked for.
    """
    # All of it is cleaned before it is cut, so that no secret is cut in two.
    line = one_line(text, len(text) + 1)
    for secret in sorted({target.secret, *_parts(target.url)}, key=len, reverse=True):
        line = line.replace(secret, "***")
    return one_line(line, _LONGEST_SHOWN)


def _parts(url: URL) -> set[str]:
    whole = {str(url), url.raw_path_qs, url.path_qs, url.raw_query_string, url.query_string}
    parts = {*url.parts, *url.raw_parts, *url.query.values()}
    return {each for each in whole | parts if len(each) >= _SHORTEST_HIDDEN}
