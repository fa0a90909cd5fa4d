"""SNS as the tests have it: a key and a certificate of its own, and where that is fetched from."""

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cache
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from tests.samples import DAY, NOON
from wlcron.sns.message import parse_message, string_to_sign

TOPIC = "arn:aws:sns:eu-central-1:123456789012:wlcron"
FILE = "SimpleNotificationService-1.pem"
CERTIFICATE = f"https://sns.eu-central-1.amazonaws.com/{FILE}"
_HASHES = {"1": hashes.SHA1, "2": hashes.SHA256}

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@cache  # making one takes a while
def key_of(_name: str) -> rsa.RSAPrivateKey:
    """Return somebody's key."""
    return rsa.generate_private_key(65537, 2048)


def certificate(begin: datetime = NOON - DAY, end: datetime = NOON + DAY) -> bytes:
    """Return a certificate of SNS's key in PEM."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key_of("SNS").public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(end)
        .sign(key_of("SNS"), hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


def notification(**more: object) -> dict[str, Any]:
    """Return a notification that nobody has signed; `more` goes over it."""
    return {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": "Grüße",
        "Timestamp": NOON.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "SignatureVersion": "2",
        "Signature": "",
        "SigningCertURL": CERTIFICATE,
        "UnsubscribeURL": "https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe",
    } | more


def confirmation(kind: str = "SubscriptionConfirmation", **more: object) -> dict[str, Any]:
    """Return a confirmation that nobody has signed."""
    address = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription"
    of_its_own = {"Type": kind, "Token": "2336412f37", "SubscribeURL": address}
    return notification(**(of_its_own | more))


def signed(message: dict[str, Any], by: str = "SNS") -> bytes:
    """Return a message as it is posted, signed by somebody."""
    text = string_to_sign(parse_message(json.dumps(message).encode()))
    algorithm = _HASHES[message["SignatureVersion"]]()
    signature = key_of(by).sign(text, padding.PKCS1v15(), algorithm)
    return json.dumps(message | {"Signature": base64.b64encode(signature).decode()}).encode()


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[str]:
    """Yield the origin of a server that answers whatever is asked of it."""
    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


def of_another_version() -> bytes:
    """Return a certificate that says it is of a version that there is not."""
    pem = certificate().decode()
    body = base64.b64decode("".join(pem.splitlines()[1:-1]))
    # The version stands in brackets of its own at the beginning: [0] INTEGER 2, which is X.509 v3.
    assert body.count(b"\xa0\x03\x02\x01\x02") == 1
    changed = base64.encodebytes(body.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x42"))
    return b"-----BEGIN CERTIFICATE-----\n" + changed + b"-----END CERTIFICATE-----\n"


def other_key() -> bytes:
    """Return a public key in PEM, which is no certificate."""
    form, encoding = serialization.PublicFormat.SubjectPublicKeyInfo, serialization.Encoding.PEM
    return key_of("SNS").public_key().public_bytes(encoding, form)
