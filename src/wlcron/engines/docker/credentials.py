"""Registry credentials, as the Docker command line keeps them.

They stand in the Docker configuration file itself, or with a helper program that it names
(https://docs.docker.com/reference/cli/docker/login/#credential-stores). Nothing of them is logged.
"""

import asyncio
import base64
import binascii
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog

from wlcron.engines.docker.image import DOCKER_HUB

HELPER_TIMEOUT = 15.0  # seconds; a helper may ask a key ring or a cloud
_HUB_KEY = "https://index.docker.io/v1/"
# What a helper gives as user name when the secret is a token and no password.
_TOKEN = "<token>"  # noqa: S105 -- a marker, no secret
_log = structlog.get_logger("wlcron.docker")


async def registry_auth(registry: str, environ: Mapping[str, str]) -> str | None:
    """Return the X-Registry-Auth header for a registry (host[:port]), or None for nobody.

    Raises nothing: whatever is wrong with the file or a helper is logged, and the pull is tried
    without credentials, so that the registry has the last word.
    """
    try:
        config = _read(environ)
        helper = helper_for(config, registry)
        found = await _ask(helper, registry, environ) if helper else stored_auth(config, registry)
    except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
        _log.warning("no registry credentials", registry=registry, problem=type(error).__name__)
        return None
    return header(found) if found else None


def helper_for(config: Mapping[str, Any], registry: str) -> str | None:
    """Return the name of the helper program that keeps a registry's credentials, if one does."""
    helpers = config.get("credHelpers") or {}
    for key in _keys(registry):
        if key in helpers:
            return str(helpers[key])
    return config.get("credsStore") or None


def stored_auth(config: Mapping[str, Any], registry: str) -> dict[str, str] | None:
    """Return the credentials that stand in the configuration file itself."""
    for key, entry in (config.get("auths") or {}).items():
        if _host(key) in {_host(known) for known in _keys(registry)}:
            return _from_entry(entry, registry)
    return None


def from_helper(answer: bytes, registry: str) -> dict[str, str]:
    """Return the credentials in a helper's answer."""
    given = json.loads(answer)
    if given["Username"] == _TOKEN:
        return {"identitytoken": given["Secret"], "serveraddress": _keys(registry)[0]}
    return {
        "username": given["Username"],
        "password": given["Secret"],
        "serveraddress": _keys(registry)[0],
    }


def header(auth: Mapping[str, str]) -> str:
    """Return credentials as the Engine API takes them in X-Registry-Auth."""
    return base64.urlsafe_b64encode(json.dumps(auth).encode()).decode("ascii")


def _read(environ: Mapping[str, str]) -> dict[str, Any]:
    folder = environ.get("DOCKER_CONFIG")
    path = (Path(folder) if folder else Path.home() / ".docker") / "config.json"
    if not path.exists():
        return {}
    config = json.loads(path.read_bytes())
    if not isinstance(config, dict):
        raise TypeError("the Docker configuration file is no JSON object")
    return config


async def _ask(helper: str, registry: str, environ: Mapping[str, str]) -> dict[str, str] | None:
    process = await asyncio.create_subprocess_exec(
        f"docker-credential-{helper}",
        "get",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environ,
    )
    try:
        async with asyncio.timeout(HELPER_TIMEOUT):
            answer, _ = await process.communicate(_keys(registry)[0].encode())
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    # It fails when it knows nothing of the registry, which is no error.
    return from_helper(answer, registry) if process.returncode == 0 else None


def _from_entry(entry: Mapping[str, str], registry: str) -> dict[str, str] | None:
    auth = {"serveraddress": _keys(registry)[0]}
    if token := entry.get("identitytoken"):
        return {**auth, "identitytoken": token}
    if entry.get("username"):
        return {**auth, "username": entry["username"], "password": entry.get("password", "")}
    try:
        user, _, password = base64.b64decode(entry.get("auth", "")).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError("an auth entry is not base64 of user:password") from error
    return {**auth, "username": user, "password": password} if user else None


def _keys(registry: str) -> list[str]:
    """List the names under which a registry is kept, the usual one first."""
    if registry == DOCKER_HUB:
        return [_HUB_KEY, "index.docker.io", DOCKER_HUB]
    return [registry, f"https://{registry}"]


def _host(key: str) -> str:
    return key.removeprefix("https://").removeprefix("http://").split("/", 1)[0]
