"""Why a message of SNS is not taken."""

from enum import StrEnum

from wlcron.errors import RefusedError, WlcronError

_LONGEST_SHOWN = 80


class Flaw(StrEnum):
    """What is wrong with a message; metrics count by it."""

    MALFORMED = "malformed"
    OVERSIZED = "oversized"
    RAW = "raw"
    FOREIGN_TOPIC = "foreign-topic"
    STALE = "stale"
    OLD_SIGNATURE = "old-signature"
    CERTIFICATE = "certificate"
    FORGED = "forged"


class SnsError(RefusedError):
    """A message cannot be taken, now or later."""

    def __init__(self, says: str, flaw: Flaw = Flaw.MALFORMED) -> None:
        super().__init__(says)
        self.flaw = flaw


class CertificateUnavailableError(WlcronError):
    """A certificate could not be had now; ask again later."""


def shown(text: str) -> str:
    """Return a stranger's text as a sentence may quote it: short, and in ASCII."""
    return ascii(text[:_LONGEST_SHOWN]) + "…" * (len(text) > _LONGEST_SHOWN)
