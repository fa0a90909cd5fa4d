"""A webhook of the tests' own: how a server is told of it, and what it heard."""

import json
from typing import Any

from tests.acceptance.user import PATIENCE
from tests.conftest import eventually
from tests.vendors import Vendor


def table_of(hook: Vendor, **more: object) -> dict[str, object]:
    """Return the table of a channel that leads there."""
    url, secret = f"{hook.url}/hook", "a secret of its own"
    return {"type": "webhook", "url": url, "secret": secret, "allow-private": True, **more}


def settings_of(hook: Vendor, **channels: dict[str, object]) -> dict[str, str]:
    """Return the variables of a server with the channel `hook`, and with others in front of it."""
    tables = {**channels, "hook": table_of(hook)}
    return {"WL_CHANNELS": json.dumps(tables), "WL_ALERTS_SOURCE": "here"}


def heard(hook: Vendor) -> list[dict[str, Any]]:
    """Return what was told, in the order in which it came."""
    return [request.json for request in hook.requests]


async def told(hook: Vendor, count: int) -> list[tuple[str, str]]:
    """Wait for so many messages; return what each is about."""
    await eventually(lambda: len(hook.requests) >= count, within=PATIENCE)
    return [(each["condition"], each["step"]) for each in heard(hook)]
