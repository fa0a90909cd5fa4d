"""SNS's deliveries over HTTP: 2xx is recorded, 5xx is to be sent again."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from tests.api.announcing import DUE, Sns, announcing, refusal
from tests.api.conftest import Api
from tests.samples import MINUTE
from tests.sns.sender import FILE, TOPIC, signed
from wlcron.core.execution import Status
from wlcron.errors import RefusedError, RegistryUnavailableError


@pytest.fixture
async def sns(api: Api) -> AsyncIterator[Sns]:
    """Return SNS at the moment at which a cron is due."""
    async with announcing(api) as made:
        yield made


async def test_a_delivered_slot_is_recorded(sns: Sns) -> None:
    """Without a token: the signature says who it is."""
    assert (await sns.send()).status_code == 204
    assert await sns.rows() == [(DUE, Status.PENDING)]
    assert sns.counts == {"good": 1, "recorded": 1}


async def test_a_redelivery_is_harmless(sns: Sns) -> None:
    """The very same request, and another message about the same slot."""
    body = signed(sns.message())
    answers = [await sns.post(body), await sns.post(body), await sns.send(MessageId="another")]
    assert [answer.status_code for answer in answers] == [204, 204, 204]
    assert len(await sns.rows()) == 1
    assert sns.counts == {"good": 3, "recorded": 1, "duplicate": 2}


async def test_nothing_is_answered_before_it_is_recorded(sns: Sns) -> None:
    """SNS forgets what was answered."""
    sns.store.gate.clear()
    sending = asyncio.create_task(sns.send())
    await sns.store.came.wait()
    assert (sending.done(), await sns.rows()) == (False, [])
    sns.store.gate.set()
    assert (await sending).status_code == 204
    assert await sns.rows() == [(DUE, Status.PENDING)]


async def test_what_the_store_does_not_take_is_to_be_sent_again(sns: Sns) -> None:
    """The answer tells nothing of the store; the log does."""
    sns.store.is_away = True
    with capture_logs() as logs:
        said = refusal(await sns.send(), 503)
    assert "secret" not in said
    assert [line["problem"] for line in logs] == ["no such file: /srv/secret.db"]
    sns.store.is_away = False
    assert (await sns.send()).status_code == 204
    assert sns.counts == {"good": 2, "store-unavailable": 1, "recorded": 1}


async def test_without_a_certificate_it_is_to_be_sent_again(sns: Sns) -> None:
    """Nothing can be said of its signature."""
    sns.place.status = 503
    assert "cannot be had" in refusal(await sns.send(), 503)
    sns.place.status = 200
    assert (await sns.send()).status_code == 204
    assert sns.counts == {"unchecked": 1, "good": 1, "recorded": 1}


async def test_ahead_of_our_clock_it_is_to_be_sent_again(sns: Sns) -> None:
    """Our clock is behind, and will not be for ever."""
    assert "early" in refusal(await sns.send(Message="pi " + (DUE + 2 * MINUTE).isoformat()), 503)
    assert sns.counts == {"good": 1, "early": 1}


async def test_what_is_of_no_cron_of_ours_is_taken_and_told(sns: Sns) -> None:
    """To send it again would change nothing."""
    with capture_logs() as logs:
        answers = [await sns.send(Message=text) for text in ("gone " + DUE.isoformat(), "Hello!")]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert sns.counts == {"good": 2, "unknown-cron": 1, "foreign": 1}
    assert [line["event"] for line in logs] == [
        "a slot of no cron of ours",
        "a message announces no slot",
    ]


async def test_a_subscription_is_confirmed_by_its_token(sns: Sns) -> None:
    """Through SNS's API: its address is not visited, whatever it is."""
    address = f"{sns.origin}/visited"
    body = signed(sns.confirmation() | {"SubscribeURL": address})
    assert (await sns.post(body)).status_code == 204
    assert sns.confirmed == [(TOPIC, "2336412f37")]
    assert set(sns.place.asked) == {f"/{FILE}"}
    assert await sns.rows() == []


async def test_a_subscription_that_cannot_be_confirmed_now_is_tried_again(sns: Sns) -> None:
    """Its token is a secret, and in no answer and no log."""
    sns.refusal = RegistryUnavailableError("AWS does not answer")
    with capture_logs() as logs:
        answer = await sns.post(signed(sns.confirmation()))
    assert refusal(answer, 503) == "AWS does not answer"
    assert "2336412f37" not in f"{logs}{answer.text}"
    assert len(logs) == 1


async def test_a_subscription_that_never_can_be_confirmed_is_refused(sns: Sns) -> None:
    """Its token is too old, say: SNS need not ask again."""
    sns.refusal = RefusedError("ConfirmSubscription was refused: Invalid token")
    answer = await sns.post(signed(sns.confirmation()))
    assert refusal(answer, 403) == "ConfirmSubscription was refused: Invalid token"


async def test_the_end_of_a_subscription_is_told(sns: Sns) -> None:
    """Nobody would notice otherwise; it is not undone here."""
    with capture_logs() as logs:
        answer = await sns.post(signed(sns.confirmation("Unsubscribe")))
    assert answer.status_code == 204
    assert (sns.confirmed, [line["topic"] for line in logs]) == ([], [TOPIC])
