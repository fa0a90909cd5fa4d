"""Alert -> the body and the headers of a webhook's request."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has none

from tests.channels.samples import ALERTS, CLOSED, OPENED, REMINDED, TEST
from tests.samples import DAY, MINUTE, NOON
from wlcron.channels.webhook.body import body_of, headers_of, id_of

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT / "tests/data/channels/webhook"
SCHEMA = json.loads((ROOT / "docs/webhook.schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
SECRET = "the-key-that-signs"  # noqa: S105 -- a test's
ANY = st.text(st.characters() | st.characters(categories=["Cs", "Cc"]))


def fields(body: bytes) -> dict[str, Any]:
    """Return what a body says."""
    read = json.loads(body)
    assert isinstance(read, dict)
    return read


def test_the_schema_is_one() -> None:
    """A schema with a mistake allows everything."""
    Draft202012Validator.check_schema(SCHEMA)
    assert not VALIDATOR.is_valid({})
    assert not VALIDATOR.is_valid(fields(body_of(OPENED)) | {"at": "yesterday"})


@pytest.mark.parametrize("name", ALERTS)
def test_each_body_is_as_recorded_and_as_documented(name: str) -> None:
    """Programs of others read it: nothing of it changes unseen."""
    body = fields(body_of(ALERTS[name]))
    VALIDATOR.validate(body)
    assert set(body) == set(SCHEMA["properties"])
    assert body == json.loads((DATA / f"{name}.json").read_text())


@given(text=ANY)
def test_whatever_a_text_holds_the_body_is_as_documented(text: str) -> None:
    """It is JSON in ASCII, and what headers repeat is printable."""
    alert = replace(
        REMINDED,
        key=text,
        cron=text,
        condition=text,
        summary=text,
        log=text,
        command=text,
        link=text,
        source=text,
        facts=((text, text),),
    )
    body = body_of(alert)
    VALIDATOR.validate(fields(body))
    assert body.isascii()
    headers = headers_of(alert, body, SECRET, NOON)
    assert all(value.isascii() and value.isprintable() for value in headers.values())
    assert all(" " not in value for value in headers.values())


def test_a_huge_alert_is_cut() -> None:
    """The last lines of a log say why it failed."""
    huge = "x" * 10_000_000
    facts = ((huge, huge),) * 1000
    alert = replace(OPENED, log=f"{huge}\nthe end", summary=huge, command=huge, facts=facts)
    body = fields(body_of(alert))
    VALIDATOR.validate(body)
    assert body["log"].endswith("\nthe end")


def test_the_signature_is_what_a_receiver_computes() -> None:
    """HMAC-SHA256 of `timestamp.body` with the secret, as the schema's document says."""
    body = body_of(OPENED)
    headers = headers_of(OPENED, body, SECRET, NOON)
    timestamp = headers["X-Wlcron-Timestamp"]
    assert datetime.fromtimestamp(int(timestamp), UTC) == NOON
    signed = f"{timestamp}.{body.decode()}".encode()
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-Wlcron-Signature"] == f"v1={expected}"


def test_time_body_and_secret_are_all_signed() -> None:
    """A request that was recorded can neither be changed nor be sent again later."""
    body = body_of(OPENED)
    signatures = [
        headers_of(OPENED, body, SECRET, NOON)["X-Wlcron-Signature"],
        headers_of(OPENED, body, SECRET, NOON + MINUTE)["X-Wlcron-Signature"],
        headers_of(OPENED, body + b" ", SECRET, NOON)["X-Wlcron-Signature"],
        headers_of(OPENED, body, f"{SECRET}!", NOON)["X-Wlcron-Signature"],
    ]
    assert len(set(signatures)) == len(signatures)


def test_a_message_that_comes_twice_has_the_same_id() -> None:
    """Also when it is told later than it was first tried; and no other message has it."""
    for alert in (OPENED, CLOSED):
        assert id_of(replace(alert, at=alert.at + MINUTE)) == id_of(alert)
    alerts = [
        *(OPENED, REMINDED, CLOSED, TEST),
        replace(OPENED, key="another"),
        replace(REMINDED, at=REMINDED.at + DAY),
        replace(TEST, at=TEST.at + MINUTE),
    ]
    assert len({id_of(alert) for alert in alerts}) == len(alerts)
    assert id_of(OPENED) == f"{OPENED.key}/opened"
    headers = headers_of(OPENED, body_of(OPENED), SECRET, NOON)
    assert headers["Idempotency-Key"] == fields(body_of(OPENED))["id"]
