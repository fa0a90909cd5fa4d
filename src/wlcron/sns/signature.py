"""Whether SNS has signed a message (SNS developer guide, "Verifying message signatures")."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from wlcron.sns.errors import Flaw, SnsError, shown
from wlcron.sns.message import SnsMessage, string_to_sign

if TYPE_CHECKING:  # cryptography is loaded by servers that take messages alone
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

OLDEST, NEWEST = "1", "2"  # SHA-1 and SHA-256


def check_version(message: SnsMessage, minimum: str = NEWEST) -> None:
    """Raise SnsError where a message is signed in a way that is not taken."""
    version = message.signature_version
    if version not in {OLDEST, NEWEST}:
        text = f"the message's SignatureVersion {shown(version)} is none that is known"
        raise SnsError(text, Flaw.OLD_SIGNATURE)
    if version < minimum:
        text = (
            f"the message is signed in version {version}: set the topic's attribute"
            f" SignatureVersion to {minimum}"
        )
        raise SnsError(text, Flaw.OLD_SIGNATURE)


def verify(message: SnsMessage, key: RSAPublicKey) -> None:
    """Raise SnsError where this key's owner has not signed the message."""
    from cryptography.exceptions import InvalidSignature

    padding, algorithm = _scheme(message.signature_version)
    try:
        key.verify(message.signature, string_to_sign(message), padding, algorithm)
    except InvalidSignature:
        raise SnsError("the message's signature does not fit it", Flaw.FORGED) from None


@cache  # two of them
def _scheme(version: str) -> tuple[PKCS1v15, HashAlgorithm]:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA1, SHA256

    # Version 1 is SNS's own, and taken only where the server was told to.
    return PKCS1v15(), SHA256() if version == NEWEST else SHA1()  # noqa: S303 -- see above
