"""The certificates that SNS signs with: fetched from SNS alone, checked, and kept."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wlcron.bounded import Bounded
from wlcron.sns.errors import CertificateUnavailableError, Flaw, SnsError, shown

if TYPE_CHECKING:  # what is large is loaded by servers that take messages alone
    from datetime import datetime

    import aiohttp
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

PATIENCE = 5.0  # seconds; SNS waits 15 for the whole answer
LARGEST = 64 * 1024  # bytes; SNS's are of 2 KiB
_KEPT, _FAILURES_KEPT = 32, 256
_FETCHES_AT_ONCE = 8
SILENCE = 5.0  # seconds in which a failed fetch is not tried again
_MOST_URL = 300  # characters
# The whole address is matched, and may hold no character that two readers could take for
# different things. The second label is a region: in `sns.s3-us-west-2.amazonaws.com` it would be
# somebody's bucket. There is no query, for SNS answers queries with texts of others.
_FILE = r"[A-Za-z0-9_-][A-Za-z0-9._-]*\.pem"
_OF_AWS = re.compile(
    rf"https://sns\.[a-z]{{2,8}}(-[a-z]{{2,12}})+-[0-9]{{1,2}}\.amazonaws\.com(\.cn)?/{_FILE}"
)
_OF_LABORATORY = re.compile(_FILE)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is needed of one."""

    key: RSAPublicKey
    begin: datetime
    end: datetime


class Certificates:
    """Certificates by their address.

    `endpoint` is AWS_ENDPOINT_URL where one is configured: its origin is taken for SNS's, too.
    """

    def __init__(
        self, endpoint: str = "", patience: float = PATIENCE, silence: float = SILENCE
    ) -> None:
        self._origin = _origin(endpoint)
        self._patience, self._silence = patience, silence
        self._session: aiohttp.ClientSession | None = None
        self._kept: Bounded[str, Certificate] = Bounded(_KEPT)
        self._fetches: dict[str, asyncio.Task[Certificate]] = {}
        self._failed: Bounded[str, tuple[float, str]] = Bounded(
            _FAILURES_KEPT
        )  # until when, and why

    async def key(self, url: str, now: datetime) -> RSAPublicKey:
        """Return the key of a certificate that is valid at `now`.

        Raises SnsError for an address or a certificate that is not SNS's, and
        CertificateUnavailableError where it could not be fetched: ask again later.
        """
        certificate = self._kept.get(url)
        if certificate is None:
            if not is_allowed(url, self._origin):
                text = f"the message's SigningCertURL {shown(url)} is not SNS's"
                raise SnsError(text, Flaw.CERTIFICATE)
            certificate = await self._fetched(url)
        if not certificate.begin <= now <= certificate.end:
            valid = f"{certificate.begin:%Y-%m-%d} to {certificate.end:%Y-%m-%d}"
            text = f"the certificate at {shown(url)} is valid from {valid} only"
            raise SnsError(text, Flaw.CERTIFICATE)
        return certificate.key

    async def close(self) -> None:
        """Let go of connections."""
        for fetch in list(self._fetches.values()):
            fetch.cancel()
        await asyncio.gather(*self._fetches.values(), return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _fetched(self, url: str) -> Certificate:
        """Return a certificate that was not kept; those who ask at once wait for one fetch."""
        fetch = self._fetches.get(url) or self._begin(url)
        # Whoever asked first may leave; the others want it all the same.
        return await asyncio.shield(fetch)

    def _begin(self, url: str) -> asyncio.Task[Certificate]:
        until, why = self._failed.get(url) or (0.0, "")
        if asyncio.get_running_loop().time() < until:
            raise CertificateUnavailableError(why)
        if len(self._fetches) >= _FETCHES_AT_ONCE:
            raise CertificateUnavailableError("too many certificates are being fetched: wait")
        fetch = asyncio.create_task(self._fetch(url), name="fetch a certificate")
        self._fetches[url] = fetch
        fetch.add_done_callback(lambda fetch: self._end(url, fetch))
        return fetch

    def _end(self, url: str, fetch: asyncio.Task[Certificate]) -> None:
        del self._fetches[url]
        if fetch.cancelled():
            return
        if (error := fetch.exception()) is None:
            self._kept.put(url, fetch.result())
        else:
            until = asyncio.get_running_loop().time() + self._silence
            self._failed.put(url, (until, str(error)))

    async def _fetch(self, url: str) -> Certificate:
        import aiohttp

        if self._session is None:
            # Proxies of the environment hold, as they do for AWS's own clients.
            self._session = aiohttp.ClientSession(auto_decompress=False, trust_env=True)
        try:
            async with asyncio.timeout(self._patience):
                pem = await _download(self._session, url)
        except TimeoutError:
            raise _unavailable(url, f"no answer in {self._patience:g} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise _unavailable(url, type(error).__name__) from error
        return read_certificate(pem, url)


def is_allowed(url: str, origin: str = "") -> bool:
    """Whether an address is one under which SNS (or the laboratory's origin) has certificates."""
    if len(url) > _MOST_URL:
        return False
    if origin and url.startswith(f"{origin}/"):
        return _OF_LABORATORY.fullmatch(url.removeprefix(f"{origin}/")) is not None
    return _OF_AWS.fullmatch(url) is not None


def read_certificate(pem: bytes, url: str) -> Certificate:
    """Return what is needed of a certificate in PEM, that was found at an address."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.x509 import InvalidVersion, load_pem_x509_certificate

    try:
        found = load_pem_x509_certificate(pem)
        key = found.public_key()
    except (ValueError, TypeError, InvalidVersion, UnsupportedAlgorithm) as error:
        raise _unavailable(url, "what is there is no certificate") from error
    if not isinstance(key, RSAPublicKey):
        raise _unavailable(url, "its key is not RSA's")
    return Certificate(key, found.not_valid_before_utc, found.not_valid_after_utc)


async def _download(session: aiohttp.ClientSession, url: str) -> bytes:
    headers = {"Accept-Encoding": "identity"}
    async with session.get(url, allow_redirects=False, headers=headers) as answer:
        if answer.status != HTTPStatus.OK:
            raise _unavailable(url, f"the answer was {answer.status}")
        pem = bytearray()
        async for part in answer.content.iter_any():
            pem += part
            if len(pem) > LARGEST:
                raise _unavailable(url, f"it is larger than {LARGEST // 1024} KiB")
        return bytes(pem)


def _unavailable(url: str, why: str) -> CertificateUnavailableError:
    return CertificateUnavailableError(f"SNS's certificate at {shown(url)} cannot be had: {why}")


def _origin(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else ""
