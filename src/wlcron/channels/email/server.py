"""Where mail is handed over, and who it is from and to: what the configuration says."""

import re
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from enum import StrEnum

from wlcron.channels.email.text import header_line
from wlcron.given import Given

_LAST_PORT = 65535
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_PLACE = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_MAILBOX = rf"({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})*)"
_BARE = re.compile(_MAILBOX)
_NAMED = re.compile(rf'"?([^"<>@]*?)"?\s*<{_MAILBOX}>')
_LONGEST_NAME = 100
_LONGEST_ADDRESS = 254  # RFC 5321


class Tls(StrEnum):
    """How the way to the server is kept private."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"


_PORTS = {Tls.STARTTLS: 587, Tls.IMPLICIT: 465, Tls.NONE: 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A server that takes mail."""

    host: str
    port: int
    tls: Tls
    trust: ssl.SSLContext = field(repr=False)
    user: str = ""  # empty: it asks for none
    password: str = field(default="", repr=False)

    @property
    def place(self) -> str:
        """Return what a sentence calls it."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Who a mail is from and to."""

    sender: Address
    recipients: tuple[Address, ...]


def read_addresses(given: Given) -> Addresses:
    """Read `from` and `to`; raises ConfigurationError."""
    recipients = tuple(_address(given, "to", text) for text in given.texts("to"))
    if not recipients:
        raise given.problem("to", "is missing: name an address, or a list of them")
    sender = _address(given, "from", given.text("from"))
    once = {recipient.addr_spec: recipient for recipient in recipients}
    return Addresses(sender, tuple(once.values()))


def read_server(given: Given) -> MailServer:
    """Read `smtp`, `tls`, `user`, `password` and `ca-file`; raises ConfigurationError."""
    host, port = _place(given)
    tls = _tls(given, host)
    user, password = given.text("user", ""), given.secret("password", "")
    if bool(user) != bool(password):
        present, missing = ("user", "password") if user else ("password", "user")
        raise given.problem(missing, f"is missing: {present} is of no use alone")
    return MailServer(
        host=host,
        port=_PORTS[tls] if port is None else port,
        tls=tls,
        trust=_trust(given),
        user=user,
        password=password,
    )


def _address(given: Given, key: str, text: str) -> Address:
    named = _NAMED.fullmatch(text.strip())
    bare = _BARE.fullmatch(text.strip())
    name = named[1].strip() if named else ""
    is_good = (named or bare) and len(text) <= _LONGEST_ADDRESS
    if not is_good or header_line(name, _LONGEST_NAME) != name:
        raise given.problem(
            key, "must be an address such as ops@example.com or Operations <ops@example.com>"
        )
    user, domain = named.group(2, 3) if named else bare.group(1, 2) if bare else ("", "")
    return Address(name, user, domain)


def _place(given: Given) -> tuple[str, int | None]:
    place = _PLACE.fullmatch(given.text("smtp"))
    if place is None or int(place[3] or 1) not in range(1, _LAST_PORT + 1):
        raise given.problem("smtp", "must be HOST or HOST:PORT, such as smtp.example.com:587")
    return place[1] or place[2], int(place[3]) if place[3] else None


def _tls(given: Given, host: str) -> Tls:
    # A mail server on this machine has seldom a certificate of that name, and needs none.
    word = given.text("tls", Tls.NONE if host in _HERE else Tls.STARTTLS)
    try:
        return Tls(word)
    except ValueError:
        raise given.problem("tls", f"must be one of {', '.join(Tls)}") from None


def _trust(given: Given) -> ssl.SSLContext:
    trust = ssl.create_default_context()
    if file := given.text("ca-file", ""):
        try:
            trust.load_verify_locations(cafile=file)
        except ssl.SSLError as error:
            what = f"names {file}, which holds no certificates in PEM"
            raise given.problem("ca-file", what) from error
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no path"
            what = f"names {file}, which cannot be read: {reason}"
            raise given.problem("ca-file", what) from error
    return trust
