"""The `aws.…` options, checked."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSettings:
    """Where in AWS crons live, and how their tasks are run."""

    region: str = ""  # empty: as AWS's own tools find it
    instance: str = "default"  # tells several wlcron of one account apart, in names and tags
    tables: str = "wl-default"  # prefix of the two tables' names
    trigger: str = "clock"  # the server itself; or EventBridge's "rules" or "scheduler"
    patience: timedelta = timedelta(minutes=2)  # after which a slot is planned without EventBridge
    topic: str = ""  # ARN of the topic on which slots come
    trigger_role: str = ""  # ARN of the role under which EventBridge Scheduler publishes
    signature: str = "2"  # the oldest version of SNS's signatures that is taken
    queue: str = ""  # URL of the queue on which ECS's events come
    cluster: str = "default"
    launch_type: str = "FARGATE"  # or "EC2"
    capacity_providers: tuple[str, ...] = ()  # in place of a launch type
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    public_ip: bool = False
    execution_role: str = ""  # ARN: pulls images, writes logs, reads secrets
    task_role: str = ""  # ARN: what jobs may do themselves
    log_group: str = "/wlcron"
    guard_image: str = "public.ecr.aws/docker/library/busybox:stable"
    ecs_reads_per_minute: int = 60
