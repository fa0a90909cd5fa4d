"""What has to hold of a message before anything is done because of it."""

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from wlcron.sns.certificates import Certificates
from wlcron.sns.errors import Flaw, SnsError, shown
from wlcron.sns.message import SnsMessage
from wlcron.sns.signature import check_version, verify

# A repeated delivery keeps its first Timestamp, and SNS repeats for an hour at most.
OLDEST = timedelta(hours=1)
AHEAD = timedelta(minutes=5)


def check_claims(
    message: SnsMessage, now: datetime, topics: AbstractSet[str], minimum_version: str
) -> None:
    """Raise SnsError where a message would not be taken if it were signed; costs next to nothing.

    Everybody may own a topic, and subscribe our address to it: what SNS has signed is not yet
    what was meant for us.
    """
    if message.topic not in topics:
        text = f"the topic {shown(message.topic)} is none of those that slots come on"
        raise SnsError(text, Flaw.FOREIGN_TOPIC)
    if not now - OLDEST <= message.timestamp <= now + AHEAD:
        text = (
            f"the message's Timestamp {shown(message.signed_timestamp)} is more than an hour old,"
            " or ahead of this server's clock"
        )
        raise SnsError(text, Flaw.STALE)
    check_version(message, minimum_version)


async def check_signature(message: SnsMessage, now: datetime, certificates: Certificates) -> None:
    """Raise SnsError where SNS has not signed the message.

    Raises CertificateUnavailableError where that cannot be told now.
    """
    verify(message, await certificates.key(message.certificate_url, now))
