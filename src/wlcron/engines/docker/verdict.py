"""What of a definition a daemon can run, as far as that is known without asking it."""

from collections.abc import Iterator

from wlcron.core.cron import Container, Definition
from wlcron.engine import Verdict
from wlcron.engines.docker.image import parse_reference
from wlcron.engines.docker.request import LEAST_MEMORY

_LEAST_CPU = 0.01  # cores; Docker's least


def judge(definition: Definition) -> Verdict:
    """Return what speaks against running a definition in a container."""
    return Verdict(refusals=tuple(_refusals(definition.description)))


def _refusals(container: Container) -> Iterator[str]:
    if not container.image:
        yield "description.image is missing: the docker engine runs nothing without an image"
    elif parse_reference(container.image) is None:
        yield (
            f'description.image: "{container.image}" is no name of an image;'
            " write it like perl, perl:5.40 or ghcr.io/team/job:1"
        )
    if container.memory is not None and container.memory < LEAST_MEMORY:
        yield "description.memory is less than Docker's least, 6 MiB: give it more"
    if container.cpu is not None and container.cpu < _LEAST_CPU:
        yield "description.cpu is less than Docker's least, 0.01 cores: give it more"
