"""Answer of an incoming webhook -> what it means ("Sending messages using incoming webhooks")."""

import re
from datetime import timedelta
from http import HTTPStatus

from wlcron.channels.library import failure

# The blocks are not to its taste: a line of text is.
_ABOUT_BLOCKS = frozenset({"invalid_blocks", "msg_blocks_too_long", "invalid_payload"})
_ANOTHER = "make a new webhook, and give its address as url"
_TO_DO = {
    "action_prohibited": "an administrator has to allow posts to this channel",
    "channel_is_archived": f"unarchive the channel, or {_ANOTHER}",
    "channel_not_found": f"the channel is gone: {_ANOTHER}",
    "invalid_token": f"the address is wrong or was revoked: {_ANOTHER}",
    "no_active_hooks": f"the webhook was switched off: {_ANOTHER}",
    "no_service": f"the webhook was removed or switched off: {_ANOTHER}",
    "no_service_id": f"the address is wrong: {_ANOTHER}",
    "no_team": f"the workspace is gone or the address is wrong: {_ANOTHER}",
    "posting_to_general_channel_denied": "an administrator has to allow posts to this channel",
    "team_disabled": "the workspace is switched off",
    "user_not_found": f"the user is gone: {_ANOTHER}",
}
_CHECK = "check the address given as url"
_WORD = re.compile(r"[a-z]+(?:_[a-z]+)*")
_LONGEST_WORD = 40


def read_answer(status: int, body: str, wait: timedelta | None) -> str:
    """Return the answer in one line; raises ChannelError where the message was not taken."""
    word = _word(body)
    if status == HTTPStatus.OK and word == "ok":
        return "200 ok"
    is_refusal = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    advice = _TO_DO.get(word, _CHECK) if is_refusal else ""
    says = ": ".join(part for part in (word, advice) if part)
    raise failure("Slack", status, says, wait)


def is_about_blocks(status: int, body: str) -> bool:
    """Whether a message was refused that would be taken without its blocks."""
    return status == HTTPStatus.BAD_REQUEST and _word(body) in _ABOUT_BLOCKS


def _word(body: str) -> str:
    """Return Slack's word for it; of another text nothing, for it may repeat the address."""
    word = body.strip()
    return word if len(word) <= _LONGEST_WORD and _WORD.fullmatch(word) else ""
