"""What SNS has not sent to us, over HTTP: 4xx is never to be sent again."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.api.announcing import DUE, Sns, announcing, refusal
from tests.api.conftest import Api
from tests.samples import HOUR, MINUTE, SECOND
from tests.sns.sender import FILE, TOPIC, signed
from wlcron.api.sns import PATH
from wlcron.sns import LARGEST


@pytest.fixture
async def sns(api: Api) -> AsyncIterator[Sns]:
    """Return SNS at the moment at which a cron is due."""
    async with announcing(api) as made:
        yield made


@pytest.mark.parametrize(
    ("more", "status", "says"),
    [
        ({"by": "Mallory"}, 403, "signature does not fit"),
        ({"TopicArn": TOPIC + "x"}, 403, "none of those that slots come on"),
        ({"Timestamp": (DUE - HOUR - SECOND).isoformat()}, 403, "more than an hour old"),
        ({"Timestamp": (DUE + 6 * MINUTE).isoformat()}, 403, "ahead of this server's clock"),
        ({"SignatureVersion": "1"}, 403, "set the topic's attribute SignatureVersion to 2"),
        ({"SigningCertURL": f"https://evil.com/{FILE}"}, 403, "is not SNS's"),
        ({"SigningCertURL": f"https://sns.s3-us-west-2.amazonaws.com/{FILE}"}, 403, "is not SNS's"),
    ],
    ids=range(7),
)
async def test_what_is_not_for_us_is_never_to_be_sent_again(
    sns: Sns, more: dict[str, Any], status: int, says: str
) -> None:
    """4xx: SNS gives up at once, and nothing was done because of it."""
    assert says in refusal(await sns.send(**more), status)
    assert await sns.rows() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"This is a test message.", 400),
        (b"[]", 400),
        (b"\xff", 400),
        (b'{"Type": "Notification", "Type": "Notification"}', 400),
        (b'{"Type": "Notification"}', 400),
        (b'{"Type": 7}', 400),
        (b"[" * 100_000, 400),
        (b"{" + b" " * LARGEST, 413),
        (b"x" * 2_000_000, 413),
    ],
    ids=range(10),
)
async def test_garbage_is_never_to_be_sent_again(sns: Sns, body: bytes, status: int) -> None:
    """Whatever it is, it is one sentence."""
    assert "\n" not in refusal(await sns.post(body), status)


async def test_a_stranger_fills_no_memory(sns: Sns) -> None:
    """Nobody has to have a token here, so less is read than of a cron file."""
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * 65536

    answer = await sns.api.client.post(PATH, content=endless(), headers={"Authorization": ""})
    assert "larger than 256 KiB" in refusal(answer, 413)
    assert sent == 5


@pytest.mark.parametrize("raw", ["true", "True", "TRUE"])
async def test_raw_messages_are_refused_with_the_remedy(sns: Sns, raw: str) -> None:
    """Anybody could have sent them."""
    answer = await sns.post(signed(sns.message()), x_amz_sns_rawdelivery=raw)
    assert "switch the subscription's raw delivery off" in refusal(answer, 400)


async def test_headers_are_not_believed(sns: Sns) -> None:
    """They are not signed: type and topic are the body's."""
    body = signed(sns.message(TopicArn="arn:aws:sns:eu-central-1:1:theirs"))
    refusal(await sns.post(body, x_amz_sns_topic_arn=TOPIC), 403)
    headers = {"x_amz_sns_message_type": "SubscriptionConfirmation", "Content_Type": "image/png"}
    assert (await sns.post(signed(sns.message()), **headers)).status_code == 204
    assert (len(await sns.rows()), sns.confirmed) == (1, [])


async def test_a_subscription_to_a_foreign_topic_is_not_confirmed(sns: Sns) -> None:
    """Nor one that SNS has not signed."""
    asked = sns.confirmation()
    refusal(await sns.post(signed(asked | {"TopicArn": "arn:aws:sns:x:1:theirs"})), 403)
    refusal(await sns.post(signed(asked, by="Mallory")), 403)
    assert sns.confirmed == []


async def test_a_flood_is_one_line_a_minute_for_each_kind(sns: Sns) -> None:
    """Everybody may send anything as often as they like; metrics count it."""
    with capture_logs() as logs:
        for _ in range(20):
            await sns.post(b"garbage")
            await sns.send(by="Mallory")
        assert len(logs) == 2
        sns.api.now += MINUTE
        await sns.post(b"garbage" * 1000)
    assert len(logs) == 3
    assert sns.counts == {"malformed": 21, "forged": 20}
    assert all(len(json.dumps(line)) < 500 for line in logs)


async def test_no_stranger_writes_into_the_log_or_the_answer_as_they_like(sns: Sns) -> None:
    """What is quoted of them is short and in ASCII."""
    evil = "\x1b[31m\u202e" + "x" * 10_000
    with capture_logs() as logs:
        answers = [
            await sns.post(json.dumps(sns.message(**{key: evil})).encode())
            for key in ("Type", "TopicArn", "Timestamp", "SigningCertURL", "SignatureVersion")
        ]
    said = "".join([*(answer.text for answer in answers), *(str(line) for line in logs)])
    assert len(said) < 5000
    assert not {"\x1b", "\u202e"} & set(said)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_only_posts_are_heard(sns: Sns, method: str) -> None:
    """As everywhere: 405 with what is possible."""
    answer = await sns.api.client.request(method, PATH, headers={"Authorization": ""})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_where_nothing_is_announced_there_is_no_such_route(api: Api) -> None:
    """404 to everybody; a path beside it wants the token as ever."""
    answer = await api.client.post(PATH, content=b"{}", headers={"Authorization": ""})
    assert "no trigger in AWS is configured" in refusal(answer, 404)
    for path in (f"{PATH}/", f"{PATH}/x", "/v1/aws", "//v1/aws/sns", "/V1/AWS/SNS"):
        beside = await api.client.post(path, content=b"{}", headers={"Authorization": ""})
        assert beside.status_code == 401
