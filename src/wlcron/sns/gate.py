"""Lets in what SNS has sent to us, and nothing else."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wlcron.sns.certificates import Certificates
from wlcron.sns.message import SnsError, SnsMessage, parse_message
from wlcron.sns.signature import check_version, verify

# SNS tries HTTP endpoints for an hour, and a message keeps its time ("Amazon SNS message delivery
# retries"); clocks may differ a little.
OLDEST = timedelta(hours=1, minutes=5)
EARLIEST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Gate:
    """Checks messages: cheap and local things first, the signature last."""

    topics: frozenset[str]  # ARNs
    certificates: Certificates
    oldest_version: str = "2"
    counts: Counter[str] = field(default_factory=Counter)  # by flaw; what was let in: "good"

    async def admit(self, body: bytes, now: datetime, *, is_raw: bool = False) -> SnsMessage:
        """Return the message of a request; `now` is zone-aware.

        Raises SnsError for what must never be sent again, CertificateUnavailableError for what
        may be.
        """
        try:
            message = await self._admit(body, now, is_raw=is_raw)
        except SnsError as error:
            self.counts[error.flaw] += 1
            raise
        self.counts["good"] += 1
        return message

    async def _admit(self, body: bytes, now: datetime, *, is_raw: bool) -> SnsMessage:
        if is_raw:
            raise SnsError(
                "raw", "raw messages are not signed: switch the subscription's raw delivery off"
            )
        message = parse_message(body)
        if message.topic not in self.topics:
            raise SnsError("topic", "the topic is not the one whose messages are taken here")
        if not now - OLDEST <= message.at <= now + EARLIEST:
            raise SnsError("time", "the message is too old, or from the future: check the clock")
        check_version(message, self.oldest_version)
        verify(message, await self.certificates.key(message.certificate_url))
        return message
