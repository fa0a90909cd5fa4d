"""What docs/alerts.md shows is taken by the product, and is what the product says."""

import importlib.util
import json
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest

from tests.channels.samples import OPENED
from wlcron.app.alerts import alerts_of, monitors_of
from wlcron.channels.webhook.body import body_of, headers_of
from wlcron.cli.program import wl
from wlcron.config import load
from wlcron.core.incident import Condition
from wlcron.cronfile import parse_cron_file

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "alerts.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")
PICTURES = ROOT / "docs" / "pictures"
MOST_BYTES = 400 * 1024
SECRETS = {
    "slack-url": "https://hooks.slack.com/services/T0/B0/x",
    "payments-slack-url": "https://hooks.slack.com/services/T0/B1/x",
    "pagerduty-key": "R0123456789012345678901234567890",
    "discord-url": "discord://123456789/abcdefghijkl",
}


def blocks(language: str) -> list[str]:
    """Return the blocks of a language, without what sets them in."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```", TEXT, re.DOTALL | re.MULTILINE)
    return [re.sub(rf"(?m)^{indent}", "", body) for indent, body in found]


def commands() -> Iterator[list[str]]:
    """Yield the words of each command that is named in a sentence or shown."""
    shown = re.findall(r"(?m)^ *(?:\$ )?wl ([^\n#]+)$", "\n".join(blocks("console")))
    shown += re.findall(r"(?m)^\$ wl (.+)$", "\n".join(blocks("text")))
    named = re.findall(r"`wl ([^`]+)`", re.sub(r"(?ms)^ *```.*?```", "", TEXT))
    yield from (line.split() for line in (*shown, *named))


def scenes() -> ModuleType:
    """Return the script that makes what the document shows."""
    path = ROOT / "scripts" / "alert_scenes.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module


@pytest.mark.filterwarnings("ignore:.imghdr. is deprecated")  # apprise's own
@pytest.mark.parametrize("block", blocks("toml"), ids=lambda block: block.split("\n")[0])
async def test_every_table_can_be_copied(tmp_path: Path, block: str) -> None:
    """Into a wl.toml with which the server starts: nothing is misspelt, and all that it needs."""
    for path in re.findall(r'"(/run/secrets/[a-z-]+)"', block):
        file = tmp_path / Path(path).name
        file.write_text(SECRETS.get(file.name, "a-secret-of-the-tests"))
        block = block.replace(path, str(file))
    config = tmp_path / "wl.toml"
    config.write_text(block)
    settings = load({}, {}, config).alerts
    channels, monitors = alerts_of(settings, timedelta(seconds=5)).channels, monitors_of(settings)
    assert [*channels, *monitors, *settings.windows]
    for each in (*channels, *monitors):
        await each.close()


@pytest.mark.parametrize("block", blocks("yaml"))
def test_every_cron_file_is_one(block: str) -> None:
    """Without a mistake."""
    assert parse_cron_file(block, "alerts.md")


def test_the_signature_is_checked_as_the_document_says() -> None:
    """A genuine request is taken; a changed one, another's, and an old one are not."""
    [snippet] = blocks("python")
    names: dict[str, Any] = {}
    exec(compile(snippet, "alerts.md", "exec"), names)  # noqa: S102 -- it is the document's own
    is_genuine: Callable[[dict[str, str], bytes, str], bool] = names["is_genuine"]
    body, now = body_of(OPENED), datetime.now(UTC)
    headers = headers_of(OPENED, body, "secret", now)
    assert is_genuine(headers, body, "secret")
    assert not is_genuine(headers, body + b" ", "secret")
    assert not is_genuine(headers, body, "another")
    old = headers_of(OPENED, body, "secret", now - timedelta(minutes=6))
    assert not is_genuine(old, body, "secret")


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_exists(words: list[str]) -> None:
    """With its options."""
    command: click.Command = wl
    rest = list(words)
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), rest.pop(0))
        assert found is not None
        command = found
    known = {name for param in command.params for name in param.opts}
    assert {word for word in rest if word.startswith("-")} <= known


@pytest.mark.parametrize("condition", sorted(set(Condition) - {Condition.FLOOD}))
def test_every_condition_has_its_row(condition: Condition) -> None:
    """In the first table."""
    assert re.search(rf"(?m)^\| `{condition}` \|", TEXT)


async def test_what_is_shown_is_what_is_sent() -> None:
    """Else `scripts/render_alerts.py` has to be run again."""
    script = scenes()
    sent = script.payloads(await script.scenes(TEXT))
    assert json.loads((PICTURES / "payloads.json").read_text(encoding="utf-8")) == sent
    assert script.with_payloads(TEXT, sent) == TEXT


def test_every_link_leads_somewhere() -> None:
    """To a file, and to a heading of it."""
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", TEXT):
        name, _, anchor = target.partition("#")
        path = (DOCUMENT.parent / name).resolve() if name else DOCUMENT
        assert path.exists(), target
        headings = re.findall(r"(?m)^#+ (.+)$", path.read_text()) if path.suffix == ".md" else []
        anchors = {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}
        assert not anchor or anchor in anchors, target


def test_the_pictures_are_small_and_shown() -> None:
    """Whoever clones the project has to load them."""
    files = list(PICTURES.glob("*.png"))
    assert all(f"pictures/{file.name}" in TEXT for file in files)
    assert sum(file.stat().st_size for file in files) < MOST_BYTES
