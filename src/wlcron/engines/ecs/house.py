"""What tells our tasks from everybody else's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from wlcron.aws.names import LONGEST, resource_name
from wlcron.aws.settings import AwsSettings
from wlcron.engines.ecs.placement import cluster_name

_ACCOUNT_AT = 4  # arn:partition:service:region:account:…


@dataclass(frozen=True, slots=True)
class House:
    """One server's tasks: of this cluster, in this account, of definitions with this prefix."""

    cluster: str  # name
    account: str  # empty: not known here, so any
    prefix: str  # of families

    def owns(self, task: Mapping[str, Any]) -> bool:
        """Whether this task (as in an event, or from DescribeTasks) was started by us."""
        arn = task.get("clusterArn")
        if not isinstance(arn, str) or arn.rpartition("/")[2] != self.cluster:
            return False
        if self.account and _account_in(arn) != self.account:
            return False
        definition = task.get("taskDefinitionArn")
        is_family = isinstance(definition, str) and family_of(definition).startswith(self.prefix)
        return is_family and _is_execution_id(task.get("startedBy"))


def house_of(settings: AwsSettings) -> House:
    """Return what the settings say of whose tasks are ours."""
    known = (settings.cluster, settings.topic, settings.execution_role, settings.task_role)
    accounts = [_account_in(arn) for arn in known] + [_account_of_queue(settings.queue)]
    return House(
        cluster=cluster_name(settings),
        account=next(filter(None, accounts), ""),
        prefix=prefix_of(settings.instance),
    )


def prefix_of(instance: str) -> str:
    """Return what the families of all of an instance's crons begin with."""
    return resource_name(instance, "")[: LONGEST - 9]  # a very long name is shortened behind it


def family_of(definition_arn: str) -> str:
    """Return the family of a task definition, without its revision."""
    return definition_arn.rpartition("/")[2].partition(":")[0]


def _account_in(arn: str) -> str:
    parts = arn.split(":")
    return parts[_ACCOUNT_AT] if parts[0] == "arn" and len(parts) > _ACCOUNT_AT else ""


def _account_of_queue(url: str) -> str:
    account = url.rstrip("/").rpartition("/")[0].rpartition("/")[2]
    return account if account.isdecimal() else ""


def _is_execution_id(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False
