"""The program `wl`: runs a command and turns whatever goes wrong into one sentence."""

import io
import os
import sys
from collections.abc import Sequence

import click

from wlcron.cli.output import note
from wlcron.cli.tree import LazyGroup
from wlcron.cli.wire import UnreachableError
from wlcron.errors import DefinitionError, WlcronError

FAILED, MISUSED, UNREACHABLE, INTERRUPTED = 1, 2, 3, 130

wl = LazyGroup(
    "wl",
    purpose="Runs containers on a schedule, and knows afterwards what happened.",
    example="wl server\nwl cron create my-cron-job -f cron.yaml\nwl cron status my-cron-job",
    members={
        "server": "wlcron.cli.server:server",
        "cron": "wlcron.cli.groups:cron",
        "incident": "wlcron.cli.groups:incident",
        "channel": "wlcron.cli.groups:channel",
        "silence": "wlcron.cli.groups:silence",
        "schedule": "wlcron.cli.groups:schedule",
        "rehearse": "wlcron.cli.rehearse:rehearse_crons",
        "aws": "wlcron.cli.groups:aws",
        "backup": "wlcron.cli.backup:backup",
        "restore": "wlcron.cli.restore:restore",
        "doctor": "wlcron.cli.doctor:doctor",
        "completion": "wlcron.cli.completion:completion",
    },
)
wl.context_settings = {"help_option_names": ["-h", "--help"]}
click.version_option(package_name="wlcron", message="wl %(version)s")(wl)


def run(arguments: Sequence[str] | None = None, program: click.Command = wl) -> int:
    """Run `wl` with these arguments, or those of the process; return its exit code."""
    _never_fail_on_characters()
    try:
        code = program.main(arguments, prog_name="wl", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        return _complain("interrupted.", INTERRUPTED)
    except click.ClickException as error:
        return _correct(error)
    except WlcronError as error:
        return _explain(error)
    except Exception as error:  # noqa: BLE001 - nobody shall ever be shown a traceback unasked
        return _confess(error)
    return code if isinstance(code, int) else 0


def _correct(error: click.ClickException) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return MISUSED
    context = error.ctx if isinstance(error, click.UsageError) else None
    hint = f' Try "{context.command_path} --help".' if context else ""
    sentence = error.format_message()
    end = "" if sentence.endswith((".", "?", "!")) else "."
    return _complain(f"{sentence}{end}{hint}", error.exit_code)


def _explain(error: WlcronError) -> int:
    if isinstance(error, DefinitionError):
        for problem in error.problems:
            note(problem)
        return _complain("nothing was changed; correct what is named above and try again.", FAILED)
    return _complain(str(error), UNREACHABLE if isinstance(error, UnreachableError) else FAILED)


def _confess(error: Exception) -> int:
    if os.environ.get("WL_DEBUG"):
        import traceback

        traceback.print_exception(error)
    if isinstance(error, OSError):
        # Python's own end would try once more to write what could not be written, and complain.
        sys.stdout = io.StringIO()
        return _complain(f"{error.strerror or error}.", FAILED)
    return _complain(
        f"this is a mistake in wl itself ({type(error).__name__}: {error}); run the command again "
        "with WL_DEBUG=1 and report what it prints to the project.",
        FAILED,
    )


def _complain(sentence: str, code: int) -> int:
    note(f"wl: {sentence}")
    return code


def _never_fail_on_characters() -> None:
    # An old locale cannot print everything; an escape is better than no answer.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
