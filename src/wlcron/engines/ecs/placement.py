"""Where tasks run: launch type or capacity providers, and the network, by the settings."""

from typing import Any

from wlcron.aws.settings import AwsSettings

_FARGATE = "FARGATE"  # and FARGATE_SPOT


def cluster_name(settings: AwsSettings) -> str:
    """Return the cluster's name, also where its ARN is given."""
    return settings.cluster.rpartition("/")[2]


def is_fargate(settings: AwsSettings) -> bool:
    """Whether tasks run on Fargate; capacity providers count before the launch type."""
    kinds = settings.capacity_providers or (settings.launch_type,)
    return all(kind.startswith(_FARGATE) for kind in kinds)


def compatibility(settings: AwsSettings) -> str:
    """Return what a task definition has to be compatible with."""
    if is_fargate(settings):
        return _FARGATE
    return "EC2" if settings.capacity_providers else settings.launch_type


def network_mode(settings: AwsSettings) -> str:
    """Return the network mode of a task definition."""
    return "awsvpc" if is_fargate(settings) or settings.subnets else "bridge"


def placement(settings: AwsSettings) -> dict[str, Any]:
    """Return the part of RunTask's parameters that says where."""
    where: dict[str, Any] = {}
    if settings.capacity_providers:
        where["capacityProviderStrategy"] = [
            {"capacityProvider": name, "weight": 1} for name in settings.capacity_providers
        ]
    else:
        where["launchType"] = settings.launch_type
    if network_mode(settings) == "awsvpc":
        where["networkConfiguration"] = {"awsvpcConfiguration": _network(settings)}
    return where


def _network(settings: AwsSettings) -> dict[str, Any]:
    network: dict[str, Any] = {"subnets": list(settings.subnets)}
    if settings.security_groups:
        network["securityGroups"] = list(settings.security_groups)
    if is_fargate(settings):  # EC2 refuses to be told
        network["assignPublicIp"] = "ENABLED" if settings.public_ip else "DISABLED"
    return network
