"""Only what SNS has signed is taken, in a version that is good enough."""

import json
from typing import Any

import pytest

from tests.sns.sender import confirmation, key_of, notification, signed
from wlcron.sns.errors import Flaw, SnsError
from wlcron.sns.message import parse_message
from wlcron.sns.signature import check_version, verify

PUBLIC = key_of("SNS").public_key()


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(
    "message",
    [
        notification(),
        notification(Subject="Hi", Message=""),
        confirmation(),
        confirmation("UnsubscribeConfirmation"),
    ],
)
def test_what_sns_has_signed_is_taken(message: dict[str, Any], version: str) -> None:
    """SHA-1 and SHA-256 with RSA, over each type of message."""
    verify(parse_message(signed(message | {"SignatureVersion": version})), PUBLIC)


@pytest.mark.parametrize(
    ("field", "forged"),
    [
        (b'"Message": "Gr', b'"Message": "gr'),
        (b"22b80b92", b"22b80b93"),
        (b":wlcron", b":theirs"),
        (b"12:00:00.000Z", b"12:00:01.000Z"),
        (b'"Notification"', b'"UnsubscribeConfirmation", "Token": "t", "SubscribeURL": "u"'),
        (b'{"Type"', b'{"Subject": "", "Type"'),
        (b'"SignatureVersion": "2"', b'"SignatureVersion": "1"'),
    ],
)
def test_nothing_that_is_signed_can_be_changed(field: bytes, forged: bytes) -> None:
    """Each part of the message, and what it is checked by."""
    body = signed(notification())
    assert body.count(field) == 1
    with pytest.raises(SnsError) as caught:
        verify(parse_message(body.replace(field, forged)), PUBLIC)
    assert caught.value.flaw is Flaw.FORGED


@pytest.mark.parametrize("signature", ["", "RVhBTVBMRQ==", "AAAA" * 1000])
def test_a_signature_of_nobody_is_refused(signature: str) -> None:
    """Too short, too long, or made up."""
    forged = json.dumps(notification(Signature=signature)).encode()
    with pytest.raises(SnsError, match="does not fit"):
        verify(parse_message(forged), PUBLIC)


def test_the_signature_of_somebody_else_is_refused() -> None:
    """A good one, but by another key."""
    with pytest.raises(SnsError, match="does not fit"):
        verify(parse_message(signed(notification(), by="Mallory")), PUBLIC)


def test_version_1_is_taken_only_where_that_is_said() -> None:
    """The sentence says what to do."""
    old = parse_message(signed(notification(SignatureVersion="1")))
    check_version(old, "1")
    with pytest.raises(SnsError, match="set the topic's attribute SignatureVersion to 2") as caught:
        check_version(old)
    assert caught.value.flaw is Flaw.OLD_SIGNATURE


@pytest.mark.parametrize("minimum", ["1", "2"])
@pytest.mark.parametrize("version", ["", "0", "3", "10", "02", " 2", "2 ", "٢", "SHA256"])
def test_an_unknown_version_is_refused(version: str, minimum: str) -> None:
    """What is not known is not believed to be better."""
    body = signed(notification()).replace(
        b'"SignatureVersion": "2"', f'"SignatureVersion": "{version}"'.encode()
    )
    with pytest.raises(SnsError, match="none that is known"):
        check_version(parse_message(body), minimum)
