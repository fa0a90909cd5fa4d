"""`wl cron status`: what a cron is and how its last executions went."""

import click

from wlcron.cli.alerts.incidents import told_text
from wlcron.cli.answer import Answer
from wlcron.cli.executions import id_of, newest
from wlcron.cli.options import connect, name_argument, output_option, server_options
from wlcron.cli.output import print_json, printable, say, status_text, table
from wlcron.cli.times import NONE, duration_text, instant_text
from wlcron.cli.tree import command

HEADER = ("ID", "Started At", "Duration", "Status", "Exit Code")
ID_LENGTH = 15
LEAST_WIDTHS = (18, 24, 8, 7)  # so that the table has one shape, whatever happened
NEVER_RUN = "NEVER RUN"
SELF_EVIDENT = ("SUCCESS", "RUNNING")


@command("status", example="wl cron status my-cron-job\nwl cron status my-cron-job -n 50 -o json")
@name_argument
@click.option(
    "-n",
    "--number",
    type=click.IntRange(1, 10_000),
    default=10,
    show_default=True,
    help="How many executions.",
)
@output_option
@server_options
def status(name: str, number: int, output: str) -> None:
    """Show a cron's status and its last executions, newest first.

    The status is that of the execution under way, else of the last one. Times are in UTC.
    """
    client = connect()
    standing, executions = newest(client, name, number)
    cron, incidents = standing.part("cron"), standing.optional_parts("incidents")
    if output == "json":
        lists = {"executions": executions, "incidents": incidents}
        print_json(
            {"cron": cron.raw} | {key: [each.raw for each in own] for key, own in lists.items()}
        )
        return
    said = [*_incidents(incidents), *_remarks(cron, executions)]
    for line in (*_summary(cron), *_history(executions), *(["", *said] if said else [])):
        say(line)


def _incidents(incidents: list[Answer]) -> list[str]:
    return [
        f"Alert    = {printable(each.text('condition'))} since"
        f" {instant_text(each.instant('opened_at'))}, told to {printable(told_text(each))}"
        for each in incidents
    ]


def _summary(cron: Answer) -> list[str]:
    current = cron.optional_text("status") or NEVER_RUN
    return [
        f"Name     = {printable(cron.text('name'))}",
        f"Status   = {status_text(current)}",
        f"Schedule = {printable(cron.text('schedule'))}",
        "",
    ]


def _history(executions: list[Answer]) -> list[str]:
    rows = [_row(execution) for execution in executions]
    return ["Last Executions:", *table(HEADER, rows, least=LEAST_WIDTHS)]


def _row(execution: Answer) -> tuple[str, ...]:
    exit_code = execution.number("exit_code")
    return (
        f"{id_of(execution)[:ID_LENGTH]}...",
        instant_text(execution.instant("started_at")),
        duration_text(execution.number("duration")),
        execution.text("status"),
        NONE if exit_code is None else str(round(exit_code)),
    )


def _remarks(cron: Answer, executions: list[Answer]) -> list[str]:
    """Return what else there is to say, below the table so that its shape stays what it is."""
    remarks = [f"Note     = {printable(remark)}" for remark in cron.texts("remarks")]
    if executions and executions[0].text("status") not in SELF_EVIDENT:
        remarks.insert(0, f"Reason   = {printable(executions[0].text('reason'))}")
    if pause := cron.optional_part("paused"):
        remarks.insert(0, f"Paused   = {printable(pause_text(pause))}")
    return remarks


def pause_text(pause: Answer) -> str:
    """Return since when, until when and why a cron is paused."""
    until = pause.instant("until")
    end = f" until {instant_text(until)}" if until else " until it is resumed"
    reason = pause.optional_text("reason")
    return f"since {instant_text(pause.instant('since'))}{end}" + (f" ({reason})" if reason else "")
