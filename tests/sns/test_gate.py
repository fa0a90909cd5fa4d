"""Only what SNS has signed, for our topic and lately, is let in."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from tests.samples import HOUR, MINUTE, NOON, SECOND
from tests.sns.sender import FILE, TOPIC, notification, serving, signed
from tests.sns.test_certificates import Place
from wlcron.sns import Certificates, CertificateUnavailableError, Flaw, Gate, SnsError


class World:
    """A gate, and where certificates are."""

    def __init__(self, origin: str, place: Place) -> None:
        self.place = place
        self.gate = Gate(frozenset({TOPIC}), Certificates(origin))
        self._address = f"{origin}/{FILE}"

    def message(self, **more: object) -> dict[str, Any]:
        """Return a notification whose certificate can be had."""
        return notification(**({"SigningCertURL": self._address} | more))

    async def flaw(self, body: bytes, **how: Any) -> Flaw | None:  # noqa: ANN401 -- of admit
        """Return why it is refused, and see that nobody was asked for a certificate before."""
        try:
            await self.gate.admit(body, **({"now": NOON} | how))
        except SnsError as error:
            return error.flaw
        return None


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Return a gate at noon."""
    place = Place()
    async with serving(place.answer) as origin:
        made = World(origin, place)
        yield made
        await made.gate.certificates.close()


async def test_what_sns_has_signed_for_us_is_let_in(world: World) -> None:
    """Again and again: a repeated delivery is the same message."""
    body = signed(world.message())
    for now in (NOON, NOON + MINUTE, NOON + HOUR):
        assert (await world.gate.admit(body, now)).message == "Grüße"
    assert world.gate.counts == {"good": 3}


@pytest.mark.parametrize(
    ("age", "flaw"),
    [
        (HOUR + SECOND, Flaw.STALE),
        (HOUR, None),
        (-5 * MINUTE, None),
        (-5 * MINUTE - SECOND, Flaw.STALE),
    ],
)
async def test_what_was_kept_for_later_is_refused(
    world: World, age: timedelta, flaw: Flaw | None
) -> None:
    """SNS repeats for an hour; whoever repeats later has recorded it."""
    assert await world.flaw(signed(world.message()), now=NOON + age) is flaw


@pytest.mark.parametrize(
    "topic",
    ["", TOPIC + "x", TOPIC[:-1], TOPIC.upper(), TOPIC.replace("123456789012", "210987654321")],
)
async def test_the_topic_of_somebody_else_is_refused(world: World, topic: str) -> None:
    """Everybody may own one and subscribe our address; SNS signs for all of them."""
    assert await world.flaw(signed(world.message(TopicArn=topic))) is Flaw.FOREIGN_TOPIC


async def test_what_is_refused_anyhow_has_no_certificate_fetched(world: World) -> None:
    """The cheap checks come first."""
    late = NOON + 2 * HOUR
    assert await world.flaw(b"{}") is Flaw.MALFORMED
    assert await world.flaw(signed(world.message()), is_raw=True) is Flaw.RAW
    assert await world.flaw(signed(world.message(TopicArn="t"))) is Flaw.FOREIGN_TOPIC
    assert await world.flaw(signed(world.message()), now=late) is Flaw.STALE
    assert await world.flaw(signed(world.message(SignatureVersion="1"))) is Flaw.OLD_SIGNATURE
    assert not world.place.asked


async def test_a_forgery_is_refused_and_counted(world: World) -> None:
    """By its kind, for the metrics."""
    assert await world.flaw(signed(world.message(), by="Mallory")) is Flaw.FORGED
    misleading = signed(world.message(SigningCertURL=f"https://evil.com/{FILE}"))
    assert await world.flaw(misleading) is Flaw.CERTIFICATE
    assert world.gate.counts == {"forged": 1, "certificate": 1}


async def test_what_cannot_be_checked_now_is_neither_let_in_nor_refused(world: World) -> None:
    """It is for SNS to deliver it again."""
    world.place.status = 503
    with pytest.raises(CertificateUnavailableError):
        await world.gate.admit(signed(world.message()), NOON)
    assert not world.gate.counts
