"""`wl cron validate`: checks cron files without a server."""

from wlcron.cli.cron.definition import files_option
from wlcron.cli.files import find_documents
from wlcron.cli.options import output_option
from wlcron.cli.output import note, print_json, say
from wlcron.cli.tree import command
from wlcron.errors import DefinitionError


@command("validate", example="wl cron validate -f cron.yaml\nwl cron validate -f crons/")
@files_option
@output_option
def validate(path: str, output: str) -> int:
    """Check cron files and print every mistake; needs no server."""
    problems: list[str] = []
    documents = []
    try:
        documents = find_documents(path, named=False)
    except DefinitionError as error:
        problems = error.problems
    for problem in problems:
        note(problem)
    files = len({each.origin for each in documents})
    if output == "json":
        print_json({"valid": not problems, "crons": len(documents), "problems": problems})
    elif not problems:
        verb = "is" if len(documents) == 1 else "are"
        say(f"{_count(len(documents), 'cron')} in {_count(files, 'file')} {verb} valid.")
    return 1 if problems else 0


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
