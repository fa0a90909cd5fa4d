"""The laboratory's own key: what it signs, anybody can check with the certificate it serves."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = (
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
)
_HASHES = {"1": hashes.SHA1, "2": hashes.SHA256}


@dataclass(frozen=True)
class Signer:
    """Signs messages as SNS does."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    @property
    def path(self) -> str:
        """Return where the certificate is served, as SNS names it."""
        digest = hashes.Hash(hashes.SHA256())
        digest.update(self._public())
        return f"/SimpleNotificationService-{digest.finalize().hex()[:32]}.pem"

    def sign(self, message: Mapping[str, str], version: str) -> str:
        """Return the signature of a message, in version "1" or "2"."""
        algorithm = _HASHES[version]()
        signed = self.key.sign(text_to_sign(message).encode(), padding.PKCS1v15(), algorithm)
        return base64.b64encode(signed).decode()

    def certificate(self) -> bytes:
        """Return a certificate of the key, in PEM."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        now = datetime.now(UTC)
        built = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .sign(self.key, hashes.SHA256())
        )
        return built.public_bytes(serialization.Encoding.PEM)

    def _public(self) -> bytes:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.key.public_key().public_bytes(serialization.Encoding.DER, form)


def text_to_sign(message: Mapping[str, str]) -> str:
    """Return what SNS signs: keys and values in byte order, each on a line of its own."""
    keys = _NOTIFICATION if message["Type"] == "Notification" else _CONFIRMATION
    return "".join(f"{key}\n{message[key]}\n" for key in keys if key in message)
