"""SNS: verified deliveries a second, over HTTP, with a store that answers at once.

The API and its web server run in this process as a server runs them, on one core, over a store in
memory; the load comes from another process. Each delivery announces the slot of one of many crons,
is signed in version 2 by a key of RSA-2048, and is answered when it is on record. The certificate
was fetched before. The floor is the checking of the same signatures and nothing else.
"""

import asyncio
import base64
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from filling import make_crons
from measuring import Row, above, median, progress, rate
from wlcron.api.build import build_api
from wlcron.api.context import Context
from wlcron.api.sns import SnsEndpoint
from wlcron.app import calm_garbage_collection
from wlcron.app.listening import listen
from wlcron.core.cron import Cron
from wlcron.deliveries import Deliveries
from wlcron.engines.fake import FakeEngine
from wlcron.sns import Certificates, Gate
from wlcron.sns.message import parse_message, string_to_sign
from wlcron.sns.signature import verify
from wlcron.stores.memory import MemoryStore
from wlcron.triggers.clock import Clock
from wlcron.triggers.eventbridge.delivery import read_delivery, rule_input
from wlcron.webserver import WebServer

CRONS, ROUNDS = 6000, 3
CONNECTIONS = 16
SLOWEST = rate(2000, "deliveries")
_TOPIC = "arn:aws:sns:eu-central-1:123456789012:wl"
_SLOT = datetime(2026, 11, 23, 12, tzinfo=UTC)
_NOW = _SLOT + timedelta(seconds=1)
_LOAD = Path(__file__).parent / "sns_load.py"


@dataclass(frozen=True, slots=True)
class _Sender:
    """SNS: its key, and where it has its certificate."""

    key: rsa.RSAPrivateKey
    origin: str

    @property
    def url(self) -> str:
        """Return where the certificate is."""
        return f"{self.origin}/sns.pem"

    def body(self, cron: str) -> bytes:
        """Return a delivery as it is posted."""
        said = rule_input("bench", cron, is_exact=True)["InputTemplate"]
        stamp = f"{_SLOT:%Y-%m-%dT%H:%M:%SZ}"
        message = {
            "Type": "Notification",
            "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
            "TopicArn": _TOPIC,
            "Message": said.replace("<time>", f'"{stamp}"').replace("<id>", '"53dc4d37"'),
            "Timestamp": stamp,
            "SignatureVersion": "2",
            "SigningCertURL": self.url,
            "UnsubscribeURL": "https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe",
            "Signature": "",
        }
        text = string_to_sign(parse_message(json.dumps(message).encode()))
        signature = self.key.sign(text, padding.PKCS1v15(), hashes.SHA256())
        return json.dumps(message | {"Signature": base64.b64encode(signature).decode()}).encode()


class _Server(WebServer):
    """Leaves signals to the benchmark."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def measure() -> list[Row]:
    """Deliver the slots of all crons a few times; the medians are handed in."""
    calm_garbage_collection()
    ours, used, floor = [], [], []
    async with _sns() as sender:
        progress("sns: signing deliveries")
        crons = make_crons(CRONS, "* * * * *", "true", created_at=_SLOT - timedelta(minutes=1))
        bodies = [sender.body(cron.name) for cron in crons]
        for number in range(ROUNDS):
            progress(f"sns: {CRONS:,} deliveries, round {number + 1} of {ROUNDS}")
            floor.append(_only_check(sender, bodies))
            seconds, cpu = await _deliver(sender, crons, bodies)
            ours.append(seconds)
            used.append(cpu)
    share = f"{median(floor) / median(ours):.0%} of it for signatures"
    core = f"{median(used) / CRONS * 1e6:.0f} µs of a core each"
    return [
        above(
            "SNS endpoint: verified deliveries over HTTP",
            rate(CRONS / median(ours), "deliveries", f"{share}, {core}"),
            SLOWEST,
            rate(CRONS / median(floor), "signatures", "their check alone"),
        )
    ]


@asynccontextmanager
async def _sns() -> AsyncIterator[_Sender]:
    """Yield whoever signs, while the certificate can be fetched."""
    key = rsa.generate_private_key(65537, 2048)
    pem = _certificate(key)

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=pem)

    place = web.Application()
    place.router.add_get("/sns.pem", answer)
    runner = web.AppRunner(place)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield _Sender(key, f"http://{host}:{port}")
    finally:
        await runner.cleanup()


def _certificate(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(_SLOT - timedelta(days=1))
        .not_valid_after(_SLOT + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


def _only_check(sender: _Sender, bodies: list[bytes]) -> float:
    """Return the seconds that the checks of these signatures take."""
    messages, key = [parse_message(body) for body in bodies], sender.key.public_key()
    begin = time.perf_counter()
    for message in messages:
        verify(message, key)
    return time.perf_counter() - begin


async def _deliver(sender: _Sender, crons: list[Cron], bodies: list[bytes]) -> tuple[float, float]:
    """Return the seconds until all are answered, and of CPU; see that all are on record."""
    store, certificates = MemoryStore(), Certificates(sender.origin)
    for cron in crons:
        await store.put_cron(replace(cron, revision=0))
    await certificates.key(sender.url, _NOW)
    gate = Gate(frozenset({_TOPIC}), certificates)
    endpoint = SnsEndpoint(gate, read_delivery, Deliveries(store, instance="bench"), _confirm)
    with listen("127.0.0.1", 0) as listening:
        server = _Server(build_api(_context(store, endpoint)), lambda: None)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        begin = time.process_time()
        said = await _load(listening.getsockname()[1], bodies)
        used = time.process_time() - begin
        server.stop()
        await serving
    await certificates.close()
    if gate.counts != {"good": CRONS, "recorded": CRONS}:
        raise RuntimeError(f"not all deliveries were recorded: {gate.counts}")
    return float(said["seconds"]), used


async def _load(port: int, bodies: list[bytes]) -> dict[str, Any]:
    command = (sys.executable, str(_LOAD), str(port), str(CONNECTIONS))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    output, _ = await process.communicate(b"\n".join(bodies))
    said: dict[str, Any] = json.loads(output)
    if said["statuses"] != {"204": CRONS}:
        raise RuntimeError(f"not all deliveries were taken: {said['statuses']}")
    return said


def _context(store: MemoryStore, endpoint: SnsEndpoint) -> Context:
    return Context(
        store=store,
        engine=FakeEngine(),
        trigger=Clock(),
        clock=lambda: _NOW,
        wake=lambda *_: None,
        problems=dict,
        metrics=_no_metrics,
        token="bench",  # noqa: S106 -- nobody has to keep it
        default_timeout=timedelta(hours=1),
        sns=endpoint,
    )


async def _no_metrics(_is_ready: bool) -> bytes:  # noqa: FBT001 -- as the context has it
    return b""


async def _confirm(_topic: str, _token: str) -> None:
    raise RuntimeError("nobody subscribes here")
