"""Mail servers for tests, on this machine: one that takes mail or refuses it, one that says lines.

And a certificate of theirs, that nobody has signed.
"""

import asyncio
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TAKEN = "250 2.0.0 taken"
USER, PASSWORD = "wl", "p4ssw0rd-of-the-mail"


@dataclass(slots=True)
class MailServer:
    """Notes mails, and answers to recipients and to data as told; the last answer again."""

    port: int = 0
    mails: list[Envelope] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)  # recipients, in order
    users: list[str] = field(default_factory=list)  # who has logged in
    secure: list[bool] = field(default_factory=list)  # whether each mail came over TLS
    to_recipients: defaultdict[str, deque[str]] = field(
        default_factory=lambda: defaultdict(lambda: deque(["250 ok"]))
    )
    to_data: deque[str] = field(default_factory=lambda: deque([TAKEN]))

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name, as its arguments are
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _: list[str]
    ) -> str:
        """Note a recipient, and answer."""
        self.asked_for.append(address)
        answer = _next(self.to_recipients[address])
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 -- the same
        self, server: SMTP, _: Session, envelope: Envelope
    ) -> str:
        """Note a mail, and answer."""
        self.mails.append(envelope)
        assert server.transport is not None
        self.secure.append(server.transport.get_extra_info("sslcontext") is not None)
        return _next(self.to_data)

    def log_in(
        self, _server: SMTP, _session: Session, _: Envelope, __: str, data: LoginPassword
    ) -> AuthResult:
        """Let USER in by PASSWORD."""
        good = data.login == USER.encode() and data.password == PASSWORD.encode()
        if good:
            self.users.append(data.login.decode())
        return AuthResult(success=good, handled=False)


def _next(answers: deque[str]) -> str:
    return answers.popleft() if len(answers) > 1 else answers[0]


@asynccontextmanager
async def mail_server(
    *, tls: ssl.SSLContext | None = None, implicit: bool = False, login: bool = False
) -> AsyncIterator[MailServer]:
    """Run one: with `tls` it offers STARTTLS, or begins with TLS (`implicit`)."""
    there = MailServer()

    def protocol() -> SMTP:
        return SMTP(
            there,
            hostname="mail.test",
            tls_context=None if implicit else tls,
            require_starttls=tls is not None and not implicit,
            authenticator=there.log_in if login else None,
            auth_required=login,
            loop=asyncio.get_running_loop(),
        )

    async with _listening(protocol, tls if implicit else None) as there.port:
        yield there


@asynccontextmanager
async def talker(*replies: bytes) -> AsyncIterator[int]:
    """Run a server that says these, the first at once and each other to a line; yield its port.

    After the last one it says nothing for ever; where that is empty, it hangs up.
    """

    class Talk(asyncio.Protocol):
        def __init__(self) -> None:
            self.left = deque(replies)

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            self.transport = transport
            self.say()

        def data_received(self, _: bytes) -> None:
            self.say()

        def say(self) -> None:
            reply = self.left.popleft() if self.left else None
            if reply:
                self.transport.write(reply)
            elif reply == b"":
                self.transport.close()

    async with _listening(Talk) as port:
        yield port


@asynccontextmanager
async def _listening(
    protocol: Callable[[], asyncio.BaseProtocol], tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


def make_certificate(directory: Path, *, name: str = "127.0.0.1") -> tuple[ssl.SSLContext, Path]:
    """Return a server's TLS with a certificate for a host's name, and the certificate's file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([_san(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, key_file = directory / "certificate.pem", directory / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key_file)
    return tls, certificate


def _san(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
