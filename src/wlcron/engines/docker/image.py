"""Image references: what a name like `perl` stands for, as Docker reads it."""

import re
from dataclasses import dataclass

DOCKER_HUB = "docker.io"

# The grammar of github.com/distribution/reference.
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]+)?")
_REST = re.compile(
    rf"(?P<path>{_COMPONENT}(?:/{_COMPONENT})*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?"
    r"(?:@(?P<digest>[A-Za-z][A-Za-z0-9]*(?:[+._-][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?",
    re.ASCII,
)
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class Reference:
    """An image's full name."""

    registry: str  # host, maybe with a port
    repository: str
    version: str  # a tag or a digest

    @property
    def name(self) -> str:
        """Return registry and repository."""
        return f"{self.registry}/{self.repository}"


def parse_reference(text: str) -> Reference | None:
    """Return the image that a text names, or None when no image can have this name."""
    registry, slash, rest = text.partition("/")
    if not slash or not _is_registry(registry):
        registry, rest = DOCKER_HUB, text
    match = _REST.fullmatch(rest)
    if match is None or not _HOST.fullmatch(registry) or len(match["path"]) > _LONGEST_NAME:
        return None
    path = match["path"]
    if registry == "index.docker.io":
        registry = DOCKER_HUB
    if registry == DOCKER_HUB and "/" not in path:
        path = f"library/{path}"
    return Reference(registry, path, match["digest"] or match["tag"] or "latest")


def _is_registry(component: str) -> bool:
    """Whether the first part of a name is a host: Docker goes by its looks."""
    return "." in component or ":" in component or component == "localhost"
