"""What a server was told, checked."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from wlcron.aws.settings import AwsSettings
from wlcron.config.alerts import AlertSettings


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server was told, checked."""

    data_dir: Path
    listen: tuple[str, int]
    engine: str
    database: str
    default_timeout: timedelta
    keep_for: timedelta
    keep: int
    log_limit: int
    log_format: str
    docker_host: str
    guard_image: str
    token: str
    aws: AwsSettings = field(default_factory=AwsSettings)
    alerts: AlertSettings = field(default_factory=AlertSettings)
