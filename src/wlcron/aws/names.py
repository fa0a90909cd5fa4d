"""Names and tags of what is made in AWS: by them alone it is known again as ours."""

import hashlib
from collections.abc import Mapping

LONGEST = 64  # of a rule, a schedule
INSTANCE_TAG = "wlcron:instance"
CRON_TAG = "wlcron:cron"
VERSION_TAG = "wlcron:version"
_DIGITS = 8


def resource_name(instance: str, cron: str) -> str:
    """Return `wl-<instance>-<cron>`, shortened to something as unique where it is too long."""
    name = f"wl-{instance}-{cron}"
    if len(name) <= LONGEST:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGITS]
    return f"{name[: LONGEST - _DIGITS - 1]}-{digest}"


def tags_of(instance: str, cron: str) -> dict[str, str]:
    """Return the tags of what is made for a cron."""
    return {INSTANCE_TAG: instance, CRON_TAG: cron}


def is_ours(tags: Mapping[str, str], instance: str, cron: str) -> bool:
    """Whether something with these tags was made for this cron by this instance."""
    return tags.get(INSTANCE_TAG) == instance and tags.get(CRON_TAG) == cron
