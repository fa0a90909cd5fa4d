"""A container of a task."""

import uuid
from dataclasses import dataclass, field

from tests.aws_lab.place import ACCOUNT, REGION, Json, task_arn

DEFAULT_STOP_TIMEOUT = 30  # seconds


@dataclass
class Box:
    """A container of a task."""

    definition: Json
    override: Json
    task_id: str
    cluster: str
    status: str = "PENDING"
    exit_code: int | None = None
    reason: str | None = None
    key: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def name(self) -> str:
        """Return its name within the task."""
        return str(self.definition["name"])

    @property
    def is_essential(self) -> bool:
        """Whether the task ends with it."""
        return bool(self.definition.get("essential", True))

    @property
    def stop_timeout(self) -> float:
        """Return the seconds between TERM and KILL."""
        return float(self.definition.get("stopTimeout") or DEFAULT_STOP_TIMEOUT)

    @property
    def command(self) -> list[str]:
        """Return its arguments; empty: the image's own."""
        return list(self.override.get("command") or self.definition.get("command") or ())

    @property
    def environment(self) -> dict[str, str]:
        """Return its variables, those of RunTask last; secrets are read elsewhere."""
        both = (self.definition.get("environment"), self.override.get("environment"))
        return {one["name"]: one["value"] for given in both for one in given or ()}

    @property
    def needs(self) -> set[str]:
        """Return the names of those that start before it."""
        return {one["containerName"] for one in self.definition.get("dependsOn") or ()}

    def told(self) -> Json:
        """Return what ECS tells of it."""
        place = f"{self.cluster}/{self.task_id}/{self.key}"
        told = {
            "containerArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:container/{place}",
            "taskArn": task_arn(self.cluster, self.task_id),
            "name": self.name,
            "image": self.definition["image"],
            "lastStatus": self.status,
            "networkInterfaces": [],
            "cpu": str(self.definition.get("cpu", 0)),
        }
        if self.status != "PENDING":
            told["runtimeId"] = f"{self.task_id}-{int(self.key[:8], 16)}"
        for name in ("memory", "memoryReservation"):
            if name in self.definition:
                told[name] = str(self.definition[name])
        if self.exit_code is not None:
            told["exitCode"] = self.exit_code
        if self.reason is not None:
            told["reason"] = self.reason
        return told
