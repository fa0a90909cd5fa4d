"""Reading cron files in tests: what comes out of them, or what is said about them."""

from pathlib import Path

from wlcron.cronfile import Entry, parse_cron_file
from wlcron.errors import DefinitionError

CRON_FILES = Path(__file__).parents[1] / "data" / "cronfiles"
ORIGIN = "cron.yaml"
SMALLEST = 'schedule: "rate(5 minutes)"\ndescription: {image: perl}\n'
_SAID = "=> "


def entry(text: str | bytes) -> Entry:
    """Read a file that holds one cron."""
    (only,) = parse_cron_file(text, ORIGIN)
    return only


def refusals(text: str | bytes) -> list[str]:
    """Return what is said about a file with mistakes, as `LINE: key: sentence`."""
    try:
        parse_cron_file(text, ORIGIN)
    except DefinitionError as error:
        return [problem.removeprefix(f"{ORIGIN}:") for problem in error.problems]
    return []


def mistakes(file: str) -> list[tuple[str, list[str]]]:
    """Return the blocks of a file in tests/data/cronfiles: lines, and what is said about them."""
    blocks = (CRON_FILES / file).read_text().rstrip("\n").split("\n\n")
    return [_mistake(block.split("\n")) for block in blocks]


def _mistake(lines: list[str]) -> tuple[str, list[str]]:
    given = [line for line in lines if not line.startswith(_SAID)]
    said = [line.removeprefix(_SAID) for line in lines if line.startswith(_SAID)]
    return "\n".join(given), said
