"""Cron files that nobody should have written: one clear sentence each, and nothing is created."""

import pytest

from tests.acceptance.crons import cron_file
from tests.acceptance.program import Server

ARGUMENTS = 'description: {image: busybox, arguments: ["true"]}\n'
BOMB = (
    "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + 'schedule: "* * * * *"\n'
)
FILES = {
    "malformed YAML": ("schedule: [1\n" + ARGUMENTS, ":"),
    "no YAML at all": ("\x00\x01\x02", ":"),
    "a list": ("- schedule\n", ":1: "),
    "nothing": ("", ":"),
    "an unknown key": ('schedule: "* * * * *"\ntimout: 5m\n' + ARGUMENTS, 'did you mean "timeout"'),
    "a duplicate key": ('schedule: "* * * * *"\nschedule: "* * * * *"\n' + ARGUMENTS, ":2: "),
    "an impossible hour": ('schedule: "cron(0 25 * * ? *)"\n' + ARGUMENTS, ":1: schedule: "),
    "an impossible date": ('schedule: "at(2027-02-30T10:00:00)"\n' + ARGUMENTS, ":1: schedule: "),
    "30 February": ('schedule: "cron(0 0 30 2 ? *)"\n' + ARGUMENTS, ":1: schedule: "),
    "no such zone": (
        'schedule: "* * * * *"\ntimezone: Europe/Berln\n' + ARGUMENTS,
        "Europe/Berlin",
    ),
    "a negative timeout": ('schedule: "* * * * *"\ntimeout: -5m\n' + ARGUMENTS, ":2: timeout: "),
    "an alias bomb": (BOMB + ARGUMENTS, ":"),
    "deep nesting": ("schedule: " + "[" * 5000 + "\n", ":"),
    "10 MB": ('schedule: "* * * * *"\n' + ARGUMENTS + "# x\n" * 2_500_000, "1 MiB"),
    "a name with a slash": ('name: a/b\nschedule: "* * * * *"\n' + ARGUMENTS, ":1: name: "),
    "NUL in an argument": (cron_file("echo \0"), "arguments"),
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("command", ["create", "validate"])
async def test_a_bad_file_is_refused_with_its_place(
    host: Server, name: str, kind: str, command: str
) -> None:
    """Exit code 1, short sentences, no traceback, no cron."""
    text, told = FILES[kind]
    arguments = ("cron", command, *([name] if command == "create" else []))
    answer = await host.wl(*arguments, "-f", "-", stdin=text)
    assert answer.code == 1, answer
    assert told in answer.err
    assert "Traceback" not in answer.err
    assert "mistake in wl itself" not in answer.err
    assert len(answer.err) < 1000
    assert (await host.wl("cron", "status", name)).code == 1


@pytest.mark.parametrize("kind", FILES)
async def test_the_api_trusts_no_client(host: Server, name: str, kind: str) -> None:
    """The same file sent past `wl` is a problem document that names what is wrong."""
    text, _ = FILES[kind]
    answer = await host.ask("PUT", f"/v1/crons/{name}", text)
    assert answer["status"] in {413, 422, 409}
    assert answer["detail"]
    assert len(answer["detail"]) < 1000
    assert (await host.ask("GET", f"/v1/crons/{name}"))["status"] == 404


@pytest.mark.parametrize(
    "name", ["a/b", "../etc", "A", "a_b", "-a", "a" * 64, "a\nb", "\x1b[31m", "<b>", "", "ä"]
)
async def test_a_bad_name_is_wrong_usage(host: Server, name: str) -> None:
    """The sentence says which names there are, and steers no terminal."""
    answer = await host.wl("cron", "create", "--file", "-", "--", name, stdin=cron_file())
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert "a to z, 0 to 9 and inner hyphens" in answer.err
    assert "\x1b" not in answer.err


async def test_markup_and_control_characters_are_shown_harmless(host: Server, name: str) -> None:
    """A job's definition steers no terminal, wherever it is shown."""
    text = cron_file("true", labels={"team": "<script>\x1b[31m"})
    answer = await host.wl("cron", "create", name, "-f", "-", stdin=text)
    assert "\x1b" not in answer.out + answer.err
    assert answer.code in {0, 1}
    reason = await host.wl("cron", "pause", name, "--reason", "\x1b]0;gotcha\x07<b>")
    shown = (await host.wl("cron", "status", name)).out
    assert "\x1b" not in reason.out + shown


async def test_a_file_that_is_not_there_is_one_sentence(host: Server, name: str) -> None:
    """It names the file."""
    answer = await host.wl("cron", "create", name, "-f", "no-such.yaml")
    assert answer.code == 1
    assert "no-such.yaml: cannot be read: No such file or directory" in answer.err
