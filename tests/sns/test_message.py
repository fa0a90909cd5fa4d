"""What SNS posts is read in one way, and everything else is refused in one sentence."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.sns.sender import confirmation, notification
from wlcron.sns.errors import Flaw, SnsError
from wlcron.sns.message import LARGEST, SnsMessage, Type, parse_message, string_to_sign

DOCUMENTED = {
    sample["name"]: sample
    for sample in json.loads(
        (Path(__file__).parent.parent / "data/sns/documented.json").read_text()
    )
}
OF_ALL = (
    *("Type", "MessageId", "TopicArn", "Message", "Timestamp"),
    *("SignatureVersion", "Signature", "SigningCertURL"),
)
OF_CONFIRMATIONS = ("Token", "SubscribeURL")


def parsed(message: dict[str, Any]) -> SnsMessage:
    """Return what a message says."""
    return parse_message(json.dumps(message).encode())


def refused(body: bytes) -> SnsError:
    """Return why a body is not taken."""
    with pytest.raises(SnsError) as caught:
        parse_message(body)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200
    return caught.value


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("doc_subscriptionconfirmation", Type.SUBSCRIBE),
        ("doc_notification", Type.NOTIFICATION),
        ("doc_unsubscribeconfirmation", Type.UNSUBSCRIBE),
        ("doc_notification_2021_2048bit", Type.NOTIFICATION),
    ],
)
def test_documented_messages_are_read(name: str, kind: Type) -> None:
    """As the developer guide shows them; signatures that it shortens are no Base64."""
    said = DOCUMENTED[name]["json"]
    if DOCUMENTED[name]["signature_is_placeholder"]:
        said = said | {"Signature": "RVhBTVBMRQ=="}
    message = parsed(said)
    assert message.type is kind
    assert message.message_id == said["MessageId"]
    assert message.topic == said["TopicArn"]
    assert message.message == said["Message"]
    assert message.subject == said.get("Subject")
    assert message.token == said.get("Token")
    assert message.timestamp.isoformat(timespec="milliseconds") == said["Timestamp"].replace(
        "Z", "+00:00"
    )
    assert message.certificate_url == said["SigningCertURL"]


def test_a_documented_signature_is_as_long_as_a_key_of_2048_bits() -> None:
    """The only one that is documented whole."""
    message = parsed(DOCUMENTED["doc_notification_2021_2048bit"]["json"])
    assert len(message.signature) == 256


def test_what_is_signed_of_a_notification() -> None:
    """Keys in byte order; values as they are after JSON; nothing of the addresses."""
    message = notification(Subject="Hi", Message='two\nlines "ü"', MessageAttributes={"a": 1})
    assert string_to_sign(parsed(message)).decode() == (
        'Message\ntwo\nlines "ü"\n'
        "MessageId\n22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324\n"
        "Subject\nHi\n"
        "Timestamp\n2026-11-23T12:00:00.000Z\n"
        "TopicArn\narn:aws:sns:eu-central-1:123456789012:wlcron\n"
        "Type\nNotification\n"
    )


@pytest.mark.parametrize("subject", [{}, {"Subject": None}])
def test_a_subject_that_is_not_there_is_not_signed(subject: dict[str, None]) -> None:
    """An empty one is."""
    assert b"Subject" not in string_to_sign(parsed(notification(**subject)))
    assert b"Subject\n\n" in string_to_sign(parsed(notification(Subject="")))


@pytest.mark.parametrize("kind", ["SubscriptionConfirmation", "UnsubscribeConfirmation"])
def test_what_is_signed_of_a_confirmation(kind: str) -> None:
    """Its token and its address, and never a subject."""
    message = confirmation(kind, Message="m", Subject="not signed")
    assert string_to_sign(parsed(message)).decode() == (
        "Message\nm\n"
        "MessageId\n22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324\n"
        "SubscribeURL\nhttps://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription\n"
        "Timestamp\n2026-11-23T12:00:00.000Z\n"
        "Token\n2336412f37\n"
        "TopicArn\narn:aws:sns:eu-central-1:123456789012:wlcron\n"
        f"Type\n{kind}\n"
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"This is a test message.",
        b"{",
        b"\xff\xfe{\x00}\x00",
        json.dumps(notification()).encode("utf-16"),
        b"\xef\xbb\xbf" + json.dumps(notification()).encode(),
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"a": 1' + b"0" * 5000 + b"}",
        b"[]",
        b"null",
        b'"Notification"',
        b"7",
        b"{}",
    ],
)
def test_what_is_no_message_is_refused(body: bytes) -> None:
    """Garbage of every kind."""
    assert refused(body).flaw is Flaw.MALFORMED


@pytest.mark.parametrize("name", ["doc_raw_delivery"])
def test_a_raw_message_is_refused(name: str) -> None:
    """It is not signed; its header is no more to be believed than the rest."""
    assert refused(DOCUMENTED[name]["body_text"].encode()).flaw is Flaw.MALFORMED


def test_lambdas_spelling_is_refused_with_the_key_that_is_missing() -> None:
    """It never comes over HTTP."""
    said = DOCUMENTED["doc_lambda_casing"]["json"] | {"Signature": ""}
    assert str(refused(json.dumps(said).encode())) == "the message has no SigningCertURL"


@pytest.mark.parametrize("key", OF_ALL)
@pytest.mark.parametrize("value", [None, 1, 1.5, True, [], {}, ["a"], {"a": "b"}])
def test_every_value_is_a_text(key: str, value: object) -> None:
    """A wrong type is named by its key."""
    assert key in str(refused(json.dumps(notification(**{key: value})).encode()))


@pytest.mark.parametrize("key", [*OF_ALL, *OF_CONFIRMATIONS])
def test_nothing_may_be_missing(key: str) -> None:
    """Neither of what is signed nor of what it is checked by."""
    message = confirmation()
    del message[key]
    assert str(refused(json.dumps(message).encode())) == f"the message has no {key}"


@pytest.mark.parametrize("inside", ["", '"MessageAttributes": {"a": 1, "a": 2}, '])
def test_a_key_that_occurs_twice_is_refused(inside: str) -> None:
    """Of two values, one would be checked and the other one believed."""
    twice = inside or '"Message": "another", '
    body = "{" + twice + json.dumps(notification())[1:]
    assert str(refused(body.encode())) == "a key occurs twice in the message"


@pytest.mark.parametrize("key", ["MessageId", "TopicArn", "Timestamp", "Subject", "Type", "Token"])
def test_no_value_but_the_message_has_several_lines(key: str) -> None:
    """Else the same signed text could be read as other keys and values."""
    message = confirmation(**{key: "x\nTopicArn\ny"})
    assert refused(json.dumps(message).encode()).flaw is Flaw.MALFORMED


@pytest.mark.parametrize("key", ["Message", "TopicArn", "Subject"])
def test_half_a_character_is_refused(key: str) -> None:
    """There are no bytes of it that could have been signed."""
    assert "Unicode" in str(refused(json.dumps(notification(**{key: "a\ud800"})).encode()))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "noon",
        "2026-11-23",
        "2026-11-23T12:00:00",
        "2026-13-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_a_time_without_a_zone_or_a_meaning_is_refused(text: str) -> None:
    """And one that is before all times."""
    assert "Timestamp" in str(refused(json.dumps(notification(Timestamp=text)).encode()))


@pytest.mark.parametrize("text", ["a", "EXAMPLE...", "QU*JD", "QUJD ", "ä", "QUJD\nQUJD"])
def test_a_signature_is_base64(text: str) -> None:
    """Strictly: what is skipped by one decoder is none of another's."""
    refused(json.dumps(notification(Signature=text)).encode())


def test_what_is_larger_than_sns_sends_is_not_read() -> None:
    """However good it is."""
    fits = json.dumps(notification()).encode()
    assert parse_message(fits.ljust(LARGEST)).type is Type.NOTIFICATION
    assert refused(fits.ljust(LARGEST + 1)).flaw is Flaw.OVERSIZED


def test_unknown_keys_are_ignored() -> None:
    """SNS may say more one day."""
    assert parsed(notification(SequenceNumber="1", More={"a": [1]})) == parsed(notification())


_json = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=5,
)


@given(
    some.binary()
    | some.text().map(str.encode)
    | _json.map(lambda value: json.dumps(value).encode())
)
def test_nothing_but_an_sns_error_comes_of_garbage(body: bytes) -> None:
    """Property: whatever is posted."""
    with pytest.raises(SnsError):
        parse_message(body)


@given(some.dictionaries(some.sampled_from([*OF_ALL, *OF_CONFIRMATIONS, "Subject"]), _json))
def test_nothing_but_an_sns_error_comes_of_what_is_almost_a_message(wrong: dict[str, Any]) -> None:
    """Property: what is read can be checked, and what cannot is refused."""
    try:
        message = parsed(confirmation(**wrong))
    except SnsError:
        return
    assert string_to_sign(message).endswith(f"Type\n{message.type}\n".encode())
