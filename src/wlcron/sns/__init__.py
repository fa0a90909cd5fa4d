"""Amazon SNS's messages over HTTP: what they say, and whether SNS has sent them."""

from wlcron.sns.certificates import Certificates, CertificateUnavailableError
from wlcron.sns.gate import Gate
from wlcron.sns.message import Kind, SnsError, SnsMessage

__all__ = ["CertificateUnavailableError", "Certificates", "Gate", "Kind", "SnsError", "SnsMessage"]
