"""Messages as SNS posts them (SNS developer guide, "Parsing message formats")."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from wlcron.sns.errors import Flaw, SnsError, shown

LARGEST = 256 * 1024  # bytes, as SNS says


class Type(StrEnum):
    """What a message is about."""

    NOTIFICATION = "Notification"
    SUBSCRIBE = "SubscriptionConfirmation"
    UNSUBSCRIBE = "UnsubscribeConfirmation"


@dataclass(frozen=True, slots=True, kw_only=True)
class SnsMessage:
    """A message; whether SNS has sent it is for its signature to say."""

    type: Type
    message_id: str
    topic: str  # ARN
    message: str
    timestamp: datetime  # UTC
    signed_timestamp: str  # as it was written, for that is what was signed
    signature: bytes
    signature_version: str
    certificate_url: str
    subject: str | None = None
    token: str | None = None  # of both confirmations alone, as is the next
    subscribe_url: str | None = None


def parse_message(body: bytes) -> SnsMessage:
    """Return what a request's body says; raises SnsError, and nothing else.

    Headers are not looked at: they are not signed. Unknown keys are ignored.
    """
    given = _object(body)
    kind = _type(given)
    is_confirmation = kind is not Type.NOTIFICATION
    written = _line(given, "Timestamp")
    return SnsMessage(
        type=kind,
        message_id=_line(given, "MessageId"),
        topic=_line(given, "TopicArn"),
        message=_text(given, "Message"),
        timestamp=_instant(written),
        signed_timestamp=written,
        signature=_signature(_line(given, "Signature")),
        signature_version=_line(given, "SignatureVersion"),
        certificate_url=_text(given, "SigningCertURL"),
        subject=None if given.get("Subject") is None else _line(given, "Subject"),
        token=_line(given, "Token") if is_confirmation else None,
        subscribe_url=_line(given, "SubscribeURL") if is_confirmation else None,
    )


def string_to_sign(message: SnsMessage) -> bytes:
    """Return what SNS has signed: keys in byte order and values, each on a line of its own."""
    signed = {
        "Message": message.message,
        "MessageId": message.message_id,
        "Subject": message.subject if message.type is Type.NOTIFICATION else None,
        "SubscribeURL": message.subscribe_url,
        "Timestamp": message.signed_timestamp,
        "Token": message.token,
        "TopicArn": message.topic,
        "Type": message.type.value,
    }
    lines = (f"{key}\n{value}\n" for key, value in signed.items() if value is not None)
    return "".join(lines).encode()


def _object(body: bytes) -> dict[str, object]:
    if len(body) > LARGEST:
        text = f"the message is larger than {LARGEST // 1024} KiB, the most that SNS sends"
        raise SnsError(text, Flaw.OVERSIZED)
    try:
        given = json.loads(body.decode(), object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError):
        raise SnsError("the body is no JSON, so SNS has not sent it") from None
    if not isinstance(given, dict):
        raise SnsError("the body is no JSON object, so SNS has not sent it")
    return given


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    # Of two values one would be checked, and another reader might take the other one.
    members = dict(pairs)
    if len(members) < len(pairs):
        raise SnsError("a key occurs twice in the message")
    return members


def _type(given: Mapping[str, object]) -> Type:
    text = _line(given, "Type")
    try:
        return Type(text)
    except ValueError:
        raise SnsError(f"{shown(text)} is no type of message that SNS sends") from None


def _text(given: Mapping[str, object], key: str) -> str:
    value = given.get(key)
    if not isinstance(value, str):
        raise SnsError(f"the message has no {key}" + " that is a text" * (key in given))
    # Half of a surrogate pair: JSON may spell it, but there are no bytes of it to be signed.
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise SnsError(f"the message's {key} is no Unicode text")
    return value


def _line(given: Mapping[str, object], key: str) -> str:
    """Return a text of one line, so that what was signed can be read in one way only."""
    value = _text(given, key)
    if "\n" in value:
        raise SnsError(f"the message's {key} has more than one line")
    return value


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise SnsError(f"the message's Timestamp {shown(text)} is no time with a time zone")


def _signature(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise SnsError("the message's Signature is not Base64", Flaw.FORGED) from None
