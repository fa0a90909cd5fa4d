"""Amazon SNS's messages over HTTP: what they say, and whether SNS has sent them."""

from wlcron.sns.certificates import Certificates
from wlcron.sns.errors import CertificateUnavailableError, Flaw, SnsError
from wlcron.sns.gate import Gate
from wlcron.sns.message import LARGEST, SnsMessage, Type

__all__ = [
    "LARGEST",
    "CertificateUnavailableError",
    "Certificates",
    "Flaw",
    "Gate",
    "SnsError",
    "SnsMessage",
    "Type",
]
