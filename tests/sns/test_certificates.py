"""Certificates come from SNS alone, however an address was made to mislead."""

import asyncio
from collections import Counter
from datetime import datetime

import pytest
from aiohttp import web

from tests.samples import DAY, NOON, SECOND
from tests.sns.sender import (
    CERTIFICATE,
    FILE,
    certificate,
    key_of,
    of_another_version,
    other_key,
    serving,
)
from wlcron.sns.certificates import LARGEST, Certificates, is_allowed
from wlcron.sns.errors import CertificateUnavailableError, Flaw, SnsError

SNS = "https://sns.eu-central-1.amazonaws.com"
LABORATORY = "http://127.0.0.1:5000"


class Place:
    """Answers with a certificate, and counts how often it was asked."""

    def __init__(self, pem: bytes = certificate(), status: int = 200) -> None:
        self.pem, self.status = pem, status
        self.gate = asyncio.Event()
        self.gate.set()
        self.came = asyncio.Event()
        self.asked = Counter[str]()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer when the gate is open."""
        self.asked[request.path] += 1
        self.came.set()
        await self.gate.wait()
        headers = {"Location": "/elsewhere.pem"} if self.status == 302 else None
        return web.Response(body=self.pem, status=self.status, headers=headers)


@pytest.mark.parametrize(
    "url",
    [
        CERTIFICATE,
        f"{SNS}/SimpleNotificationService-010a507c1833636cd94bdb98bd93083a.pem",
        "https://sns.us-gov-west-1.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.ap-southeast-2.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-1.pem",
    ],
)
def test_an_address_of_sns_is_allowed(url: str) -> None:
    """Of each partition."""
    assert is_allowed(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        FILE,
        f"//sns.eu-central-1.amazonaws.com/{FILE}",
        f"http://sns.eu-central-1.amazonaws.com/{FILE}",
        f"HTTPS://sns.eu-central-1.amazonaws.com/{FILE}",
        f"ftp://sns.eu-central-1.amazonaws.com/{FILE}",
        "file:///etc/ssl/cert.pem",
        f"https://sns.amazonaws.com/{FILE}",
        f"https://amazonaws.com/{FILE}",
        f"https://sns..amazonaws.com/{FILE}",
        f"https://evil.com/{FILE}",
        f"https://evil.com/?https://sns.eu-central-1.amazonaws.com/{FILE}",
        f"https://evil.com#https://sns.eu-central-1.amazonaws.com/{FILE}",
        f"https://sns.eu-central-1.amazonaws.com.evil.com/{FILE}",
        f"https://sns.eu-central-1.amazonaws.com.cn.evil.com/{FILE}",
        f"https://sns.eu-central-1.amazonaws.comm/{FILE}",
        f"https://sns.eu-central-1.amazonaws.com./{FILE}",
        f"https://sns.eu-central-1.amazonaws.org/{FILE}",
        f"https://evilsns.eu-central-1.amazonaws.com/{FILE}",
        f"https://evil.sns.eu-central-1.amazonaws.com/{FILE}",
        f"https://sns-eu-central-1.amazonaws.com/{FILE}",
        f"https://snsxeu-central-1xamazonawsxcom/{FILE}",
        f"https://sqs.eu-central-1.amazonaws.com/{FILE}",
        f"https://sns.s3.amazonaws.com/{FILE}",
        f"https://sns.s3-us-west-2.amazonaws.com/{FILE}",
        f"https://sns.s3-website-us-west-2.amazonaws.com/{FILE}",
        f"https://sns.eu-central-1.s3.amazonaws.com/{FILE}",
        f"https://sns.eu-central-1.amazonaws.com@evil.com/{FILE}",
        f"https://evil.com@sns.eu-central-1.amazonaws.com/{FILE}",
        f"https://user:word@sns.eu-central-1.amazonaws.com/{FILE}",
        f"https://sns.eu-central-1.amazonaws.com:443/{FILE}",
        f"https://sns.eu-central-1.amazonaws.com:8443/{FILE}",
        f"https://sns.eu-central-1.amazonaws.com:/{FILE}",
        f"https://evil.com\\@sns.eu-central-1.amazonaws.com/{FILE}",
        f"https://evil.com\\.sns.eu-central-1.amazonaws.com/{FILE}",
        f"https:\\\\sns.eu-central-1.amazonaws.com/{FILE}",
        f"https://sns.eu-centrаl-1.amazonaws.com/{FILE}",  # noqa: RUF001 -- a Cyrillic letter misleads
        f"https://sns。eu-central-1。amazonaws。com/{FILE}",
        f"https://sns.eu-central-１.amazonaws.com/{FILE}",  # noqa: RUF001 -- a wide digit does, too
        f"https://sns.eu-central-1.amazonaws.com%2eevil.com/{FILE}",
        f"https://sns.eu-central-1.amazonaws.com%00.evil.com/{FILE}",
        f"{SNS}/{FILE}\n",
        f"\n{SNS}/{FILE}",
        f" {SNS}/{FILE}",
        f"{SNS}/{FILE} ",
        f"{SNS}/{FILE}\x00",
        f"https://sns.eu-central-1.amazonaws.com\n.evil.com/{FILE}",
        f"{SNS}/",
        f"{SNS}",
        f"{SNS}/certificate.txt",
        f"{SNS}/.pem",
        f"{SNS}/../x.pem",
        f"{SNS}/a/{FILE}",
        f"{SNS}//{FILE}",
        f"{SNS}/%2e%2e%2f{FILE}",
        f"{SNS}/?Action=Echo&Text=x.pem",
        f"{SNS}/{FILE}?Action=GetTopicAttributes",
        f"{SNS}/?x={FILE}",
        f"{SNS}/{FILE}#",
        f"{SNS}/#{FILE}",
        f"{SNS}/{FILE};x.pem",
        f"{SNS}/{'x' * 300}.pem",
        f"{LABORATORY}/{FILE}",
        f"https://127.0.0.1/{FILE}",
        f"https://169.254.169.254/{FILE}",
        f"https://[::1]/{FILE}",
    ],
)
async def test_an_address_that_misleads_is_never_asked(url: str) -> None:
    """The whole address is matched, so that no two readers can understand it differently."""
    assert not is_allowed(url)
    certificates = Certificates()
    with pytest.raises(SnsError, match="is not SNS's") as caught:
        await certificates.key(url, NOON)
    assert caught.value.flaw is Flaw.CERTIFICATE
    assert str(caught.value).replace("…", "").isascii()
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "url",
    [
        f"http://127.0.0.1:5001/{FILE}",
        f"http://127.0.0.1:50001/{FILE}",
        f"http://127.0.0.1/{FILE}",
        f"https://127.0.0.1:5000/{FILE}",
        f"http://127.0.0.1:5000@evil.com/{FILE}",
        f"http://127.0.0.1:5000.evil.com/{FILE}",
        f"{LABORATORY}/a/{FILE}",
        f"{LABORATORY}/{FILE}?x=1",
        f"{LABORATORY}/{FILE}\n",
    ],
)
def test_the_laboratorys_origin_alone_is_taken_where_it_is_configured(url: str) -> None:
    """Scheme, host and port have to be the same."""
    assert is_allowed(f"{LABORATORY}/{FILE}", LABORATORY)
    assert is_allowed(CERTIFICATE, LABORATORY)
    assert not is_allowed(url, LABORATORY)


async def test_a_certificate_is_fetched_once() -> None:
    """Also by many at the same time."""
    place = Place()
    place.gate.clear()
    async with serving(place.answer) as origin:
        certificates = Certificates(f"{origin}/")
        asking = [asyncio.create_task(certificates.key(f"{origin}/a.pem", NOON)) for _ in range(9)]
        await place.came.wait()
        asking[0].cancel()  # whoever asked first may leave
        place.gate.set()
        found = await asyncio.gather(*asking[1:])
        found.append(await certificates.key(f"{origin}/a.pem", NOON))
        await certificates.close()
    assert place.asked == {"/a.pem": 1}
    assert found == [key_of("SNS").public_key()] * 9


@pytest.mark.parametrize("now", [NOON - 2 * DAY, NOON + 2 * DAY])
async def test_a_certificate_is_good_between_its_dates_only(now: datetime) -> None:
    """Also one that is kept: it may end meanwhile."""
    async with serving(Place().answer) as origin:
        certificates = Certificates(origin)
        for good in (NOON - DAY, NOON, NOON + DAY):
            await certificates.key(f"{origin}/a.pem", good)
        with pytest.raises(SnsError, match="valid from 2026-11-22 to 2026-11-24 only"):
            await certificates.key(f"{origin}/a.pem", now)
        await certificates.close()


@pytest.mark.parametrize(
    ("pem", "status", "says"),
    [
        (certificate(), 302, "the answer was 302"),
        (certificate(), 404, "the answer was 404"),
        (certificate(), 503, "the answer was 503"),
        (b"", 200, "no certificate"),
        (b"<html>", 200, "no certificate"),
        (other_key(), 200, "no certificate"),
        (certificate()[:-200], 200, "no certificate"),
        (of_another_version(), 200, "no certificate"),
        (certificate() + b"\n" * LARGEST, 200, "larger than 64 KiB"),
        (b"x" * 10_000_000, 200, "larger than 64 KiB"),
    ],
    ids=range(10),
)
async def test_what_cannot_be_had_now_is_to_be_asked_again(
    pem: bytes, status: int, says: str
) -> None:
    """A redirect is not followed, and no more is read than a certificate may be long."""
    place = Place(pem, status)
    async with serving(place.answer) as origin:
        certificates = Certificates(origin)
        with pytest.raises(CertificateUnavailableError, match=says):
            await certificates.key(f"{origin}/a.pem", NOON)
        await certificates.close()
    assert place.asked == {"/a.pem": 1}


async def test_a_place_that_never_answers_is_left_after_a_while() -> None:
    """SNS waits for 15 seconds, and then delivers again."""
    place = Place()
    place.gate.clear()
    async with serving(place.answer) as origin:
        certificates = Certificates(origin, patience=0.05)
        with pytest.raises(CertificateUnavailableError, match=r"no answer in 0\.05 s"):
            await certificates.key(f"{origin}/a.pem", NOON)
        await certificates.close()


async def test_nobody_there_is_to_be_asked_again() -> None:
    """The network may come back."""
    async with serving(Place().answer) as origin:
        pass
    certificates = Certificates(origin)
    with pytest.raises(CertificateUnavailableError, match="ClientConnectorError"):
        await certificates.key(f"{origin}/a.pem", NOON)
    await certificates.close()


async def test_a_failure_is_not_repeated_at_once_and_not_remembered_for_long() -> None:
    """Whoever sends forgeries would else have us ask as often as they send."""
    place = Place(status=503)
    async with serving(place.answer) as origin:
        patient, restless = Certificates(origin), Certificates(origin, silence=0)
        for certificates in (patient, patient, restless, restless):
            with pytest.raises(CertificateUnavailableError, match="503"):
                await certificates.key(f"{origin}/a.pem", NOON)
        assert place.asked == {"/a.pem": 3}
        place.status = 200
        await restless.key(f"{origin}/a.pem", NOON)
        await asyncio.gather(patient.close(), restless.close())


async def test_strangers_cannot_have_us_ask_for_many_at_once() -> None:
    """Addresses of SNS's are easily made up."""
    place = Place()
    place.gate.clear()
    async with serving(place.answer) as origin:
        certificates = Certificates(origin)
        asking = [
            asyncio.create_task(certificates.key(f"{origin}/{number}.pem", NOON))
            for number in range(20)
        ]
        done, _ = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        assert "too many" in str(done.pop().exception())
        place.gate.set()
        found = await asyncio.gather(*asking, return_exceptions=True)
        await certificates.close()
    refused = [each for each in found if isinstance(each, CertificateUnavailableError)]
    assert (len(refused), len(place.asked)) == (12, 8)


async def test_few_certificates_are_kept() -> None:
    """The oldest one goes, and is fetched again when it is wanted."""
    place = Place()
    async with serving(place.answer) as origin:
        certificates = Certificates(origin)
        for number in range(40):
            await certificates.key(f"{origin}/{number}.pem", NOON)
        await certificates.key(f"{origin}/39.pem", NOON + SECOND)
        await certificates.key(f"{origin}/0.pem", NOON)
        await certificates.close()
    assert (place.asked["/39.pem"], place.asked["/0.pem"]) == (1, 2)


async def test_closing_ends_what_is_under_way() -> None:
    """A server that stops does not wait for anybody."""
    place = Place()
    place.gate.clear()
    async with serving(place.answer) as origin:
        certificates = Certificates(origin)
        asking = asyncio.create_task(certificates.key(f"{origin}/a.pem", NOON))
        await place.came.wait()
        await certificates.close()
        with pytest.raises(asyncio.CancelledError):
            await asking
