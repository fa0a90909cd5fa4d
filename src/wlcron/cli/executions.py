"""Finding executions of a cron: the newest ones, one by the beginning of its id, the active one."""

from collections.abc import Iterator
from itertools import chain, islice

from wlcron.cli.answer import Answer, GarbledAnswerError
from wlcron.cli.client import Client
from wlcron.errors import NotFoundError, RefusedError

PAGE = 100
ID_CHARACTERS = frozenset("0123456789abcdef-")
ACTIVE = frozenset({"PENDING", "STARTING", "RUNNING"})
NEVER_STARTED = frozenset({"SKIPPED", "MISSED"})


def newest(client: Client, name: str, count: int) -> tuple[Answer, list[Answer]]:
    """Return how a cron stands and so many of its executions, newest first."""
    pages = _pages(client, name, min(count, PAGE))
    first = next(pages)
    executions = (each for page in chain([first], pages) for each in page.parts("executions"))
    return first, list(islice(executions, count))


def by_id(client: Client, cron: str, beginning: str) -> Answer:
    """Return the execution whose id begins so; it must be one of this cron."""
    execution = client.get(f"/v1/executions/{beginning}")
    owner = execution.text("cron")
    if owner != cron:
        raise RefusedError(f"{id_of(execution)} is an execution of {owner}, not of {cron}.")
    return execution


def active(client: Client, cron: str) -> Answer:
    """Return the execution that is under way."""
    execution = client.get(f"/v1/crons/{cron}").optional_part("active")
    if execution is None:
        raise NotFoundError(f"No execution of {cron} is under way.")
    return execution


def latest(client: Client, cron: str) -> Answer:
    """Return the newest execution that was meant to start, so that it can have a log."""
    for page in _pages(client, cron, PAGE):
        for execution in page.parts("executions"):
            if execution.text("status") not in NEVER_STARTED:
                return execution
    raise NotFoundError(f"{cron} has not been run yet; start it with `wl cron run {cron}`.")


def id_of(execution: Answer) -> str:
    """Return the id, which goes into the paths of further requests and so must look like one."""
    execution_id = execution.text("id")
    if set(execution_id) <= ID_CHARACTERS:
        return execution_id
    raise GarbledAnswerError("The server's execution has no id; check it with `wl doctor`.")


def is_active(execution: Answer) -> bool:
    """Whether an execution is not over yet."""
    return execution.text("status") in ACTIVE


def _pages(client: Client, name: str, size: int) -> Iterator[Answer]:
    path = f"/v1/crons/{name}/executions?limit={size}"
    page = client.get(path)
    yield page
    while page.parts("executions") and (cursor := page.optional_text("next")):
        page = client.get(f"{path}&before={quoted(cursor)}")
        yield page


def quoted(cursor: str) -> str:
    """Return a cursor for use in a target."""
    from urllib.parse import quote

    return quote(cursor, safe="")
