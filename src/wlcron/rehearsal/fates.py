"""The file that says how long executions take: cron by cron, in YAML or JSON.

shop-backup: 40m
certificates: [5s, 7s, {takes: 2m, exit-code: 1}]
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import timedelta

from wlcron.cronfile.json_nodes import is_json, read_json
from wlcron.cronfile.limits import Budget
from wlcron.cronfile.nodes import Mapping as MappingNode
from wlcron.cronfile.nodes import Node, Sequence
from wlcron.cronfile.place import Place, items, members, nearest, not_a, pairs, required, value
from wlcron.cronfile.problems import Problems, TooManyProblemsError, UnreadableError, quoted
from wlcron.cronfile.readers import duration, whole_number
from wlcron.cronfile.text import check_characters, decode
from wlcron.cronfile.yaml_nodes import read_yaml
from wlcron.errors import DefinitionError
from wlcron.rehearsal.parts import Fate

KEYS = ("takes", "exit-code")
_LARGEST_CODE = 255
_PLACEHOLDER = timedelta(0)  # never leaves this module: the missing value was refused


def read_fates(
    text: str | bytes, origin: str, crons: Collection[str]
) -> Mapping[str, tuple[Fate, ...]]:
    """Read the fates of executions by cron; `crons` are those that there are.

    Raises DefinitionError with a line `origin:LINE: key: sentence` for each mistake.
    """
    problems = Problems(origin)
    fates: dict[str, tuple[Fate, ...]] = {}
    with suppress(TooManyProblemsError):
        root = _root(text, problems)
        if root is not None:
            for name, place in pairs(Place(root, root.line, "", problems)).items():
                fates[name] = _of_cron(name, place, crons)
    if not fates and not problems:
        problems.add(1, "", "holds no durations; write one such as shop-backup: 40m")
    if problems:
        raise DefinitionError(problems.lines())
    return fates


def _root(text: str | bytes, problems: Problems) -> Node | None:
    try:
        decoded = decode(text)
        check_characters(decoded, problems)
        if problems:
            return None
        if is_json(decoded):
            return read_json(decoded, 1, Budget())
        return read_yaml(decoded, 1, Budget())
    except UnreadableError as error:
        problems.add(error.line, "", error.sentence)
        return None


def _of_cron(name: str, place: Place, crons: Collection[str]) -> tuple[Fate, ...]:
    if name not in crons:
        meant = nearest(name, crons)
        hint = f"; did you mean {quoted(meant)}?" if meant else ""
        place.refuse(f"no cron of that name is rehearsed{hint}")
    each = items(place) if isinstance(place.node, Sequence) else [place]
    if not each:
        place.refuse("must hold at least one duration such as 10m")
    return tuple(_fate(one) for one in each)


def _fate(place: Place) -> Fate:
    if not isinstance(place.node, MappingNode):
        if isinstance(place.node, Sequence):
            place.refuse(not_a("a duration such as 10m, or takes and exit-code", place.node))
        return Fate(value(place, duration, _PLACEHOLDER))
    below = members(place, KEYS)
    takes = required(below, "takes", place, "give it a duration such as 10m")
    code = value(below.get("exit-code"), whole_number(0, _LARGEST_CODE), 0)
    return Fate(value(takes, duration, _PLACEHOLDER), code)
