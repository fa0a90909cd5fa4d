"""`wl cron silence`, `wl silence list` and `wl silence end`: when nobody is told."""

import click

from wlcron.cli.answer import Answer
from wlcron.cli.options import connect, output_option, server_options
from wlcron.cli.output import print_json, printable, say, table
from wlcron.cli.times import NONE, instant_text
from wlcron.cli.tree import command

HEADER = ("ID", "Crons", "Until", "Reason")
ID_LENGTH = 8


@command(
    "silence",
    example="wl cron silence my-cron-job --for 2h --reason upgrade\n"
    "wl cron silence --label team=payments --for 30m",
)
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--for", "duration", metavar="DURATION", required=True, help="For how long, as 2h.")
@click.option("--label", "labels", metavar="KEY=VALUE", multiple=True, help="Crons with it alone.")
@click.option("--all", "is_for_all", is_flag=True, help="Every cron.")
@click.option("--reason", default="", help="Shown by `wl silence list`.")
@output_option
@server_options
def silence(
    name: str | None,
    duration: str,
    labels: tuple[str, ...],
    reason: str,
    output: str,
    *,
    is_for_all: bool,
) -> None:
    """Have nobody told of a cron's incidents for a time; the cron itself goes on.

    What is still wrong at the end is told then.
    """
    if is_for_all == bool(name or labels):
        raise click.UsageError("Give the NAME of a cron, labels, or --all.")
    order = {
        "cron": name or "",
        "labels": dict(map(_label, labels)),
        "for": _seconds(duration),
        "reason": reason,
    }
    made = connect().post("/v1/silences", order)
    if output == "json":
        print_json(made.raw)
    else:
        say(f"Nobody is told of {_whom(made)} until {instant_text(made.instant('until'))}.")


@command("list", example="wl silence list")
@output_option
@server_options
def list_silences(output: str) -> None:
    """List silences that are not over."""
    silences = connect().get("/v1/silences").parts("silences")
    if output == "json":
        print_json([each.raw for each in silences])
    elif not silences:
        say("Nothing is silenced.")
    else:
        for line in table(HEADER, [_row(each) for each in silences]):
            say(line)


@command("end", example="wl silence end 3f2a91c0")
@click.argument("silence_id", metavar="ID")
@server_options
def end_silence(silence_id: str) -> None:
    """End a silence before its time; what is wrong is told at once."""
    if not silence_id or not set(silence_id) <= set("0123456789abcdef-"):
        raise click.BadParameter(f'"{silence_id}" is no id of a silence.', param_hint="ID")
    connect().delete(f"/v1/silences/{silence_id}")
    say("It is over.")


def _row(each: Answer) -> tuple[str, ...]:
    return (
        each.text("id")[:ID_LENGTH],
        _whom(each),
        instant_text(each.instant("until")),
        each.optional_text("reason") or NONE,
    )


def _whom(each: Answer) -> str:
    labels = [f"{key}={value}" for key, value in each.part("labels").raw.items()]
    name = each.optional_text("cron")
    if name and labels:
        return printable(f"{name} with {', '.join(labels)}")
    return printable(name or (f"crons with {', '.join(labels)}" if labels else "any cron"))


def _label(given: str) -> tuple[str, str]:
    key, equals, value = given.partition("=")
    if not equals or not key:
        raise click.BadParameter(f'"{given}" is no label: write KEY=VALUE.', param_hint="--label")
    return key, value


def _seconds(duration: str) -> float:
    from wlcron.cronfile import parse_duration

    try:
        return parse_duration(duration).total_seconds()
    except ValueError as error:
        raise click.BadParameter(f"it {error}.", param_hint="--for") from error
