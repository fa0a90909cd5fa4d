"""Secrets that a task definition refers to, read as ECS reads them before it starts."""

import json

from tests.aws_lab.box import Box
from tests.aws_lab.front import Moto, RefusedError
from tests.aws_lab.running import StartError

_PARTS = 7  # of a secret's ARN; then come the key within its JSON, the stage and the version


def read_secrets(moto: Moto, box: Box) -> dict[str, str]:
    """Return variables with their values from Secrets Manager and SSM; raise StartError."""
    secrets = box.definition.get("secrets") or ()
    try:
        return {one["name"]: _read(moto, one["valueFrom"]) for one in secrets}
    except (RefusedError, KeyError) as error:
        raise StartError(
            "ResourceInitializationError: unable to pull secrets or registry auth: execution"
            f" resource retrieval failed: unable to retrieve secret from asm: {error}"
        ) from error


def _read(moto: Moto, source: str) -> str:
    if ":secretsmanager:" not in source:
        name = source.partition(":parameter")[2] or source
        # An ARN has no slash of its own before a name that begins with none.
        plain = name if name.count("/") > 1 else name.lstrip("/")
        given = {"Name": plain, "WithDecryption": True}
        return str(moto.ask("ssm", "GetParameter", given)["Parameter"]["Value"])
    parts = source.split(":")
    found = moto.ask("secretsmanager", "GetSecretValue", {"SecretId": ":".join(parts[:_PARTS])})
    key = parts[_PARTS] if len(parts) > _PARTS else ""
    return str(json.loads(found["SecretString"])[key] if key else found["SecretString"])
