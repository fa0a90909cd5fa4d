"""What goes wrong on the way to a mail server -> ChannelError."""

import os
import ssl
from collections.abc import Iterator

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponseException,
    SMTPSenderRefused,
)

from wlcron.channel import ChannelError
from wlcron.channels.email.progress import Refusal, is_permanent
from wlcron.channels.email.server import MailServer
from wlcron.channels.library import one_line

# ValueError and RuntimeError: what aiosmtplib makes of answers that are none.
FAULTS = (SMTPException, OSError, ValueError, RuntimeError)
_LONGEST_ANSWER = 200


def refusal(code: int, text: str, server: MailServer) -> Refusal:
    """Return a server's answer as it may be shown: short, and without the password."""
    if server.password:
        text = text.replace(server.password, "***")
    return Refusal(code, one_line(text, _LONGEST_ANSWER))


def explain(error: Exception, server: MailServer) -> ChannelError:
    """Return what one of FAULTS means for an alert."""
    if isinstance(error, SMTPAuthenticationError):
        # Its text is left out: some servers repeat what they were sent.
        what = f"{server.place} does not take user and password ({error.code})"
        if is_permanent(error.code):
            what += ": check user and password of this channel"
        return ChannelError(what, is_permanent=is_permanent(error.code))
    if isinstance(error, SMTPResponseException):
        return _refused(error, server)
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return _insecure(cause, server)
    if isinstance(error, TimeoutError):
        return ChannelError(f"{server.place} did not answer in time")
    if type(error) is SMTPException:  # aiosmtplib's own: the server lacks what was asked for
        says = one_line(str(error), _LONGEST_ANSWER)
        text = f"{server.place} cannot be used as configured: {says} See tls and user."
        return ChannelError(text, is_permanent=True)
    return ChannelError(f"{server.place} cannot be reached: {_reason(error)}")


def _refused(error: SMTPResponseException, server: MailServer) -> ChannelError:
    answer = refusal(error.code, error.message, server)
    what = f"the sender {error.sender}" if isinstance(error, SMTPSenderRefused) else "the mail"
    return ChannelError(
        f"{server.place} refused {what}: {answer}", is_permanent=answer.is_permanent
    )


def _insecure(error: ssl.SSLError, server: MailServer) -> ChannelError:
    # Not permanent: certificates run out at night and are renewed in the morning.
    if isinstance(error, ssl.SSLCertVerificationError):
        return ChannelError(
            f"the certificate of {server.place} is not trusted: {error.verify_message};"
            " name its authority's certificate in ca-file"
        )
    reason = one_line(error.reason or "no reason is known", _LONGEST_ANSWER)
    return ChannelError(f"no TLS with {server.place}: {reason}; see tls and the port in smtp")


def _reason(error: Exception) -> str:
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.strerror:
            # asyncio puts addresses into it; names that are not found have numbers below zero.
            number = cause.errno or 0
            return os.strerror(number) if number > 0 else cause.strerror
    if isinstance(error, ConnectionError):
        return "there is no connection, or no longer"
    return f"its answer makes no sense ({type(error).__name__})"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
