"""`description`: what to run, and within which limits."""

import re
from collections.abc import Callable

from wlcron.core.cron import DEFAULT_STOP_GRACE, Container
from wlcron.cronfile.nodes import Mapping, Node, Sequence
from wlcron.cronfile.place import Place, items, members, pairs, value
from wlcron.cronfile.problems import quoted
from wlcron.cronfile.readers import duration, line_of_text, number, size, text

KEYS = (
    "image",
    "arguments",
    "env",
    "cpu",
    "memory",
    "user",
    "working-directory",
    "stop-grace",
)

_LEAST_CPU = 0.01  # Docker refuses less: a millisecond in each period of 100 ms
_MOST_CPU = 1024
_LEAST_MEMORY = 6 * 1024**2  # Docker 20.10 and later refuse less, and so does ECS
_MOST_MEMORY = 64 * 1024**4
_LONGEST_STRING = (
    128 * 1024 - 1
)  # bytes, of an argument or of NAME=value: Linux' MAX_ARG_STRLEN less a NUL
_LONGEST_REFERENCE = 512
_LONGEST_PATH = 4095  # Linux' PATH_MAX without the NUL that ends it

# The grammar of github.com/distribution/reference, which Docker and ECS share.
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])"
_PATH = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_IMAGE = re.compile(
    rf"(?:{_HOST}(?::[0-9]+)?/)?{_PATH}(?:/{_PATH})*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?"
    r"(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?"
)
_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,31})?")
_OUR_PREFIX = "WL_"


def read_container(place: Place) -> Container:
    """Read a description; what is wrong with it is noted, and its default stands in."""
    below = members(place, KEYS)
    container = Container(
        image=value(below.get("image"), _image, None),
        arguments=_arguments(below.get("arguments")),
        env=_env(below.get("env")),
        cpu=value(below.get("cpu"), number(_LEAST_CPU, _MOST_CPU), None),
        memory=value(below.get("memory"), size(_LEAST_MEMORY, _MOST_MEMORY), None),
        user=value(below.get("user"), _user, None),
        working_directory=value(below.get("working-directory"), _directory, None),
        stop_grace=value(below.get("stop-grace"), duration, DEFAULT_STOP_GRACE),
    )
    if isinstance(place.node, Mapping) and not below.keys() & {"image", "arguments"}:
        place.refuse("says nothing to run; give it an image, arguments or both")
    return container


def _arguments(place: Place | None) -> tuple[str, ...]:
    if place is not None and place.node == Sequence(place.node.line, ()):
        place.refuse("is empty; give it the command and what follows it, or remove it")
    return tuple(value(item, _program_string(_LONGEST_STRING), "") for item in items(place))


def _env(place: Place | None) -> dict[str, str]:
    env = {}
    for name, below in (pairs(place) if place else {}).items():
        if not _ENV_NAME.fullmatch(name):
            below.refuse(
                "a variable's name is made of A-Z, a-z, 0-9 and _, and begins with no digit"
            )
        elif name.startswith(_OUR_PREFIX):
            below.refuse(f"variables that begin with {_OUR_PREFIX} are set by the service")
        env[name] = value(below, _program_string(_LONGEST_STRING - len(f"{name}=")), "")
    return env


def _program_string(longest: int) -> Callable[[Node], str]:
    def read(node: Node) -> str:
        given = text(node)
        if len(given.encode()) > longest:
            raise ValueError(
                f"must have at most {longest} bytes; Linux starts no program with more"
            )
        return given

    return read


def _image(node: Node) -> str:
    image = line_of_text(_LONGEST_REFERENCE)(node)
    if not _IMAGE.fullmatch(image):
        raise ValueError(
            f"{quoted(image)} names no image; write it as perl:5.40 or ghcr.io/team/app:1.2"
        )
    return image


def _user(node: Node) -> str:
    user = text(node)
    if not _USER.fullmatch(user):
        raise ValueError(f'{quoted(user)} names no user; write it as "1000", "1000:1000" or "app"')
    return user


def _directory(node: Node) -> str:
    directory = line_of_text(_LONGEST_PATH)(node)
    if not directory.startswith("/"):
        raise ValueError(f"must be an absolute path such as /app, not {quoted(directory)}")
    return directory
