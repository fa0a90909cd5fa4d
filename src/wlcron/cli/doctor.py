"""`wl doctor`: what is good and what is wrong, here and at the server."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from wlcron.cli.access import Access, configuration_file, find_access
from wlcron.cli.client import Client
from wlcron.cli.options import chosen_config, chosen_url, output_option, server_options
from wlcron.cli.output import print_json, say, table
from wlcron.cli.tree import command
from wlcron.errors import WlcronError


class Finding(NamedTuple):
    """One thing that was looked at."""

    good: bool
    subject: str
    says: str


@command("doctor", example="wl doctor\nwl doctor --url http://10.0.0.7:8067")
@output_option
@server_options
def doctor(output: str) -> int:
    """Say what this machine, this configuration and the server can do, and what is wrong."""
    findings = list(_findings())
    if output == "json":
        print_json({"findings": [finding._asdict() for finding in findings]})
    else:
        rows = [("good" if good else "BAD", subject, says) for good, subject, says in findings]
        for line in table(("", "Subject", "Finding"), rows)[1:]:
            say(line)
    return 0 if all(finding.good for finding in findings) else 1


def _findings() -> Iterator[Finding]:
    yield _configuration()
    try:
        access = find_access(os.environ, url=chosen_url(), config=chosen_config())
    except WlcronError as error:
        yield Finding(good=False, subject="server", says=str(error))
        return
    yield _token(access)
    yield from _server(access)


def _configuration() -> Finding:
    from wlcron.app.alerts import check_alerts
    from wlcron.config import load

    file = configuration_file(os.environ, chosen_config())
    try:
        check_alerts(load({}, os.environ, Path(file) if file else None).alerts)
    except WlcronError as error:
        return Finding(good=False, subject="configuration", says=str(error))
    says = f"{file} is valid" if file else "no wl.toml, so defaults and the environment hold"
    return Finding(good=True, subject="configuration", says=says)


def _token(access: Access) -> Finding:
    secret, source = access.token
    says = f"read from {source}" if secret else f"{source} cannot be read; WL_TOKEN is not set"
    return Finding(good=secret is not None, subject="token", says=says)


def _server(access: Access) -> Iterator[Finding]:
    try:
        answer = Client(access).get("/v1/doctor")
        yield Finding(good=True, subject="server", says=f"{access.address.url} answers")
        for each in answer.parts("findings"):
            yield Finding(each.is_true("good"), each.text("subject"), each.text("says"))
    except WlcronError as error:
        yield Finding(good=False, subject="server", says=str(error))
