"""Engine `docker`: jobs as containers of a Docker or Podman daemon, each with its guard."""

from wlcron.engines.docker.diagnosis import find_docker
from wlcron.engines.docker.engine import DockerEngine

__all__ = ["DockerEngine", "find_docker"]
