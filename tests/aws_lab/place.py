"""The account and the region that the laboratory is, and how things there are called."""

from typing import Any, TypeAlias

ACCOUNT = "123456789012"
REGION = "us-east-1"
Json: TypeAlias = dict[str, Any]


def task_arn(cluster: str, task_id: str) -> str:
    """Return the ARN of a task."""
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/{cluster}/{task_id}"


def cluster_arn(cluster: str) -> str:
    """Return the ARN of a cluster."""
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{cluster}"
