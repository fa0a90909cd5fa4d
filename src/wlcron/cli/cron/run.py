"""`wl cron run`: starts one execution now, and waits for its end if asked to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from time import sleep

import click

from wlcron.cli.answer import Answer
from wlcron.cli.client import Client
from wlcron.cli.executions import id_of, is_active
from wlcron.cli.options import connect, name_argument, output_option, server_options
from wlcron.cli.output import note, print_json, say
from wlcron.cli.tree import command
from wlcron.cli.wire import BrokenConnectionError, UnreachableError

RETRY_SECONDS = (0.2, 0.5, 1, 2, 5, 10, 10, 10, 10, 10)
POLL_SECONDS = 30
BREATH_SECONDS = 0.05
LARGEST_EXIT_CODE = 255


@command(
    "run",
    example="wl cron run my-cron-job --wait\n"
    "wl cron run my-cron-job --env DAY=2026-11-22 -- bash -c 'echo $DAY'",
)
@name_argument
@click.argument("arguments", metavar="[-- ARG...]", nargs=-1, type=click.UNPROCESSED)
@click.option("--wait", is_flag=True, help="Wait for its end; its exit code becomes wl's.")
@click.option("--env", multiple=True, metavar="KEY=VALUE", help="Set a variable; repeatable.")
@output_option
@server_options
def run(
    name: str, arguments: tuple[str, ...], env: tuple[str, ...], output: str, *, wait: bool
) -> int:
    """Start one execution now, beside the schedule, and print its ID.

    What follows -- replaces the cron's arguments. While another execution of the cron is under
    way it is skipped: exit code 1 and the reason.
    """
    client = connect()
    order: dict[str, object] = {
        "arguments": list(arguments) or None,
        "env": dict(map(_variable, env)),
    }
    execution = _start(client, name, order)
    with _told_when_left(name, id_of(execution)):
        if output == "text":
            say(id_of(execution))
        if wait:
            execution = _end_of(client, execution)
    if output == "json":
        print_json(execution.raw)
    return _exit_code(execution, waited=wait)


def _variable(setting: str) -> tuple[str, str]:
    key, equals, value = setting.partition("=")
    if not key or not equals:
        raise click.BadParameter(f'"{setting}" is not KEY=VALUE.', param_hint="--env")
    return key, value


def _start(client: Client, name: str, order: dict[str, object]) -> Answer:
    """Send the order; the key makes it safe to send it again when the connection breaks."""
    from uuid import uuid4

    key = [("Idempotency-Key", str(uuid4()))]
    send = partial(client.post, f"/v1/crons/{name}/executions", order, key)
    try:
        return send()
    except BrokenConnectionError:
        return _persistently(send)


@contextmanager
def _told_when_left(name: str, execution_id: str) -> Iterator[None]:
    """Say what becomes of an execution that is not waited for any longer."""
    try:
        yield
    except KeyboardInterrupt:
        note(f"{execution_id} goes on; end it with `wl cron stop {name}`.")
        raise
    except UnreachableError:
        note(f"{execution_id} goes on as far as is known; see `wl cron status {name}`.")
        raise


def _end_of(client: Client, execution: Answer) -> Answer:
    """Follow an execution until it is over, also across a restart of the server."""
    target = f"/v1/executions/{id_of(execution)}?wait={POLL_SECONDS}"
    while is_active(execution):
        sleep(BREATH_SECONDS)  # a server that is going down answers at once
        execution = _persistently(partial(client.get, target, patience=2 * POLL_SECONDS))
    return execution


def _persistently(ask: Callable[[], Answer]) -> Answer:
    """Ask until there is an answer, for about a minute: long enough for a server to restart."""
    for number, pause in enumerate(RETRY_SECONDS):
        try:
            return ask()
        except UnreachableError as error:
            if number == 0:
                note(f"{error} Trying again for a minute.")
            sleep(pause)
    return ask()


def _exit_code(execution: Answer, *, waited: bool) -> int:
    status = execution.text("status")
    if status == "SUCCESS" or (is_active(execution) and not waited):
        return 0
    note(f"wl: {id_of(execution)} is {status}: {execution.text('reason')}")
    code = execution.number("exit_code") or 0
    # Without success there is no 0, whatever the job said while it was being ended.
    return round(code) if 1 <= code <= LARGEST_EXIT_CODE else 1
