"""Clients of a laboratory, and patience, for its own tests."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import boto3

from tests.aws_lab.process import Lab

Make: TypeAlias = Callable[[str], Any]

_WITHIN = 30.0  # seconds


def clients_of(lab: Lab) -> Make:
    """Return what makes a client of a service."""
    given = lab.environment()
    return partial(
        boto3.client,
        endpoint_url=lab.url,
        region_name=given["AWS_REGION"],
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
    )


def wait_until(holds: Callable[[], object]) -> None:
    """Return as soon as a condition holds; fail when it never does."""
    end = time.monotonic() + _WITHIN
    while not holds():
        assert time.monotonic() < end, "it did not come to hold"
        time.sleep(0.02)
