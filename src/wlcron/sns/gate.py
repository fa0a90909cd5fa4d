"""Lets in what SNS has sent to us, and nothing else."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from wlcron.sns.admission import check_claims, check_signature
from wlcron.sns.certificates import Certificates
from wlcron.sns.errors import Flaw, SnsError
from wlcron.sns.message import SnsMessage, parse_message


@dataclass(frozen=True, slots=True)
class Gate:
    """Checks messages: cheap and local things first, the signature last."""

    topics: frozenset[str]  # ARNs
    certificates: Certificates
    minimum_version: str = "2"
    counts: Counter[str] = field(default_factory=Counter)  # by flaw; what was let in: "good"

    async def admit(self, body: bytes, now: datetime, *, is_raw: bool = False) -> SnsMessage:
        """Return the message of a request; `now` is zone-aware.

        Raises SnsError for what must never be sent again, CertificateUnavailableError for what
        may be.
        """
        try:
            message = _signed(body, is_raw=is_raw)
            check_claims(message, now, self.topics, self.minimum_version)
            await check_signature(message, now, self.certificates)
        except SnsError as error:
            self.counts[error.flaw] += 1
            raise
        self.counts["good"] += 1
        return message


def _signed(body: bytes, *, is_raw: bool) -> SnsMessage:
    if is_raw:
        text = "raw messages are not signed: switch the subscription's raw delivery off"
        raise SnsError(text, Flaw.RAW)
    return parse_message(body)
