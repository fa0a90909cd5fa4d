"""Registry credentials in Docker's configuration file."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from wlcron.engines.docker.credentials import registry_auth

HUB = "https://index.docker.io/v1/"


def encoded(user: str, password: str) -> dict[str, str]:
    """Return an entry as `docker login` writes it."""
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


def kept(folder: Path, config: object) -> dict[str, str]:
    """Write a configuration file; return an environment in which it counts."""
    (folder / "config.json").write_text(json.dumps(config))
    return {"DOCKER_CONFIG": str(folder), "PATH": f"{folder}:/usr/bin:/bin"}


def helper(folder: Path, name: str, script: str) -> None:
    """Make a credential helper."""
    program = folder / f"docker-credential-{name}"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def read(header: str | None) -> Any:  # noqa: ANN401 -- JSON of any shape
    """Return what a header says."""
    return json.loads(base64.urlsafe_b64decode(header)) if header else None


@pytest.mark.parametrize("key", ["ghcr.io", "https://ghcr.io", "https://ghcr.io/v2/"])
async def test_an_entry_is_found_by_its_host(tmp_path: Path, key: str) -> None:
    """However the login was written."""
    environ = kept(tmp_path, {"auths": {key: encoded("me", "it:is")}})
    assert read(await registry_auth("ghcr.io", environ)) == {
        "username": "me",
        "password": "it:is",
        "serveraddress": "ghcr.io",
    }
    assert await registry_auth("ghcr.io:5000", environ) is None


async def test_docker_hub_goes_by_its_old_name(tmp_path: Path) -> None:
    """`docker login` keeps it under its first address."""
    environ = kept(tmp_path, {"auths": {HUB: encoded("me", "secret")}})
    assert read(await registry_auth("docker.io", environ))["serveraddress"] == HUB


async def test_an_identity_token_is_passed_on(tmp_path: Path) -> None:
    """It stands in the place of a password."""
    environ = kept(tmp_path, {"auths": {"a.io": {"auth": "", "identitytoken": "t"}}})
    assert read(await registry_auth("a.io", environ))["identitytoken"] == "t"


async def test_a_helper_is_asked(tmp_path: Path) -> None:
    """By the registry's own helper, else by the one for all; it is told the registry."""
    helper(tmp_path, "one", """read server; echo '{"Username":"'$server'","Secret":"1"}'""")
    helper(tmp_path, "all", """read server; echo '{"Username":"<token>","Secret":"2"}'""")
    environ = kept(tmp_path, {"credsStore": "all", "credHelpers": {"a.io": "one"}})
    assert read(await registry_auth("a.io", environ))["username"] == "a.io"
    assert read(await registry_auth("b.io", environ))["identitytoken"] == "2"


async def test_a_helper_that_knows_nothing_is_no_error(tmp_path: Path) -> None:
    """The registry may be open to all."""
    helper(tmp_path, "all", "echo credentials not found in native keychain; exit 1")
    assert await registry_auth("a.io", kept(tmp_path, {"credsStore": "all"})) is None


@pytest.mark.parametrize(
    "config",
    [
        [],
        {"auths": {"a.io": {"auth": "!secret!"}}},
        {"auths": {"a.io": "secret"}},
        {"auths": ["secret"]},
        {"credsStore": "is-not-installed"},
        {"credsStore": "broken"},
        {"credHelpers": {"a.io": "other"}},
    ],
)
async def test_what_is_broken_is_logged_without_a_secret(tmp_path: Path, config: object) -> None:
    """The pull is tried with no credentials; the log has the kind of trouble alone."""
    helper(tmp_path, "broken", "echo secret")
    helper(tmp_path, "other", """echo '{"secret": 1}'""")
    with capture_logs() as logged:
        assert await registry_auth("a.io", kept(tmp_path, config)) is None
    assert [event["event"] for event in logged] == ["no registry credentials"]
    assert "secret" not in str(logged)


async def test_no_file_is_no_credentials(tmp_path: Path) -> None:
    """Most machines have none."""
    assert await registry_auth("a.io", {"DOCKER_CONFIG": str(tmp_path)}) is None


async def test_an_empty_entry_is_no_credentials(tmp_path: Path) -> None:
    """With a store, `docker login` leaves one behind."""
    assert await registry_auth("a.io", kept(tmp_path, {"auths": {"a.io": {}}})) is None
