"""What anybody may post to the SNS endpoint, and what an address may hold as a certificate."""

import json
from functools import cache
from urllib.parse import urlsplit

from tests.fuzz.rules import is_one_sentence
from tests.fuzz.targets import DATA, Target, words
from tests.samples import NOON
from tests.sns.sender import TOPIC, certificate, key_of, notification
from wlcron.sns import LARGEST, CertificateUnavailableError, SnsError
from wlcron.sns.admission import check_claims
from wlcron.sns.certificates import is_allowed, read_certificate
from wlcron.sns.message import SnsMessage, parse_message, string_to_sign
from wlcron.sns.signature import verify


def check_message(data: bytes) -> None:
    """Read a message as far as its signature, which nobody can guess."""
    try:
        message = parse_message(data)
    except SnsError as error:
        is_one_sentence(error)
        return
    assert len(data) <= LARGEST
    string_to_sign(message)
    _check_address(message.certificate_url)
    _refuse(message)


def check_certificate(data: bytes) -> None:
    """Read what stands where a certificate should."""
    try:
        found = read_certificate(data, "https://sns.eu-central-1.amazonaws.com/a.pem")
    except CertificateUnavailableError as error:
        is_one_sentence(error)
        return
    assert found.begin.tzinfo is not None
    assert found.end.tzinfo is not None


def check_address(data: bytes) -> None:
    """Judge the address of a certificate."""
    _check_address(data.decode(errors="surrogateescape"))


def _check_address(url: str) -> None:
    if is_allowed(url):
        parts = urlsplit(url)
        labels = (parts.hostname or "").removesuffix(".cn").split(".")
        assert (parts.scheme, labels[0], labels[2:]) == ("https", "sns", ["amazonaws", "com"]), url
        assert parts.netloc == parts.hostname, url
        assert parts.path.endswith(".pem"), url
        assert not parts.query + parts.fragment, url


def _refuse(message: SnsMessage) -> None:
    try:
        check_claims(message, NOON, {TOPIC}, "1")
        verify(message, _key())
    except SnsError as error:
        is_one_sentence(error)
    else:
        raise AssertionError("nobody has signed it")


@cache
def _key():  # type: ignore[no-untyped-def] # noqa: ANN202 -- cryptography's, loaded when wanted
    return key_of("SNS").public_key()


_DOCUMENTED = json.loads((DATA / "sns" / "documented.json").read_text())
_ADDRESS = b"https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-1.pem"
SNS_MESSAGES = Target(
    "sns-messages",
    check_message,
    [
        *(json.dumps(each["json"]).encode() for each in _DOCUMENTED if "json" in each),
        json.dumps(notification()).encode(),
    ],
    (*words("Notification SubscriptionConfirmation 1 2 AAAA= 2026-11-23T12:00:00.000Z"), _ADDRESS),
    is_json=True,
)
SNS_ADDRESSES = Target(
    "sns-addresses",
    check_address,
    [_ADDRESS, _ADDRESS.replace(b".com", b".com.cn")],
    words("https:// http:// sns. .amazonaws.com .amazonaws.com.cn / // @ ? # %2e .pem .. evil.com"),
)
SNS_CERTIFICATES = Target(
    "sns-certificates",
    check_certificate,
    [certificate(), b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"],
    words("-----BEGIN -----END CERTIFICATE----- MII"),
)
