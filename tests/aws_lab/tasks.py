"""A task and its containers, and how ECS tells of them."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.aws_lab.box import Box
from tests.aws_lab.place import ACCOUNT, REGION, Json, cluster_arn, task_arn


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a task is to stop."""

    code: str  # stopCode
    reason: str
    is_lost: bool = False  # its host went with it: no exit codes
    is_silent: bool = False  # and no event says so


@dataclass
class Task:
    """A task, from RunTask to its end."""

    cluster: str
    definition: Json  # as DescribeTaskDefinition tells it
    request: Json  # RunTask's parameters
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    last_status: str = "PROVISIONING"
    desired_status: str = "RUNNING"
    version: int = 1
    stamps: dict[str, datetime] = field(default_factory=dict)
    ending: Ending | None = None
    boxes: list[Box] = field(default_factory=list)

    def __post_init__(self) -> None:
        overrides = {
            one["name"]: one
            for one in (self.request.get("overrides") or {}).get("containerOverrides") or ()
        }
        self.boxes = [
            Box(one, overrides.get(one["name"], {"name": one["name"]}), self.id, self.cluster)
            for one in self.definition["containerDefinitions"]
        ]
        self.stamp("createdAt")

    @property
    def arn(self) -> str:
        """Return its ARN."""
        return task_arn(self.cluster, self.id)

    @property
    def started_by(self) -> str | None:
        """Return RunTask's startedBy."""
        return self.request.get("startedBy")

    @property
    def is_over(self) -> bool:
        """Whether it has stopped."""
        return self.last_status == "STOPPED"

    def stamp(self, *names: str) -> None:
        """Note that something happens now."""
        self.stamps |= dict.fromkeys(names, datetime.now(UTC))

    def move(self, status: str) -> None:
        """Go on to another status."""
        self.last_status = status
        self.version += 1

    def layers(self) -> Iterator[list[Box]]:
        """Yield the containers that start together, in order; raise ValueError for a ring."""
        left, started = list(self.boxes), set[str]()
        while left:
            ready = [box for box in left if box.needs <= started]
            if not ready:
                raise ValueError("the containers wait for one another")
            yield ready
            started |= {box.name for box in ready}
            left = [box for box in left if box not in ready]

    def told(self, *, with_tags: bool = False) -> Json:
        """Return what the API tells: instants are seconds since 1970."""
        tags = {"tags": self.request.get("tags") or []} if with_tags else {}
        return self._told() | {k: at.timestamp() for k, at in self.stamps.items()} | tags

    def as_detail(self) -> Json:
        """Return what an event tells: instants are ISO 8601."""
        stamps = self.stamps | {"updatedAt": datetime.now(UTC)}
        return self._told() | {k: _iso(at) for k, at in stamps.items()}

    def _told(self) -> Json:
        told = self._fixed() | {
            "lastStatus": self.last_status,
            "desiredStatus": self.desired_status,
            "version": self.version,
            "containers": [box.told() for box in self.boxes],
            "connectivity": "CONNECTED",
        }
        if self.ending is not None and self.desired_status == "STOPPED":
            told["stoppedReason"] = self.ending.reason
            if self.ending.code:
                told["stopCode"] = self.ending.code
        return told

    def _fixed(self) -> Json:
        definition = self.definition
        fixed = {
            "taskArn": self.arn,
            "clusterArn": cluster_arn(self.cluster),
            "taskDefinitionArn": definition["taskDefinitionArn"],
            "group": self.request.get("group") or f"family:{definition['family']}",
            "overrides": self._told_overrides(),
            "attachments": [],
            "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
            "availabilityZone": f"{REGION}a",
            "cpu": definition.get("cpu") or "0",
            "memory": definition.get("memory") or "0",
            "enableExecuteCommand": False,
        } | _place(self.cluster, self.request)
        if self.started_by is not None:
            fixed["startedBy"] = self.started_by
        return fixed

    def _told_overrides(self) -> Json:
        given: Mapping[str, Any] = self.request.get("overrides") or {}
        return dict(given) | {"containerOverrides": [box.override for box in self.boxes]}


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _place(cluster: str, request: Json) -> Json:
    strategy = request.get("capacityProviderStrategy")
    provider = strategy[0]["capacityProvider"] if strategy else None
    launch_type = request.get("launchType") or "EC2"
    if provider is not None:
        launch_type = "FARGATE" if provider.startswith("FARGATE") else "EC2"
    place: Json = {"launchType": launch_type}
    if provider is not None:
        place["capacityProviderName"] = provider
    if launch_type == "FARGATE":
        return place | {
            "platformVersion": "1.4.0",
            "platformFamily": "Linux",
            "ephemeralStorage": {"sizeInGiB": 20},
        }
    instance = f"container-instance/{cluster}/{'0' * 31}1"
    return place | {"containerInstanceArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:{instance}"}
