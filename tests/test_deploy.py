"""What is in `deploy/` for Prometheus and Grafana, and the document about it."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.app.exposition import Shop, families

ROOT = Path(__file__).parent.parent
RULES = ROOT / "deploy/prometheus/alerts.yml"
BOARD = ROOT / "deploy/grafana/wlcron.json"
PAGE = ROOT / "docs/monitoring.md"
_NAME = re.compile(r"\bwlcron_[a-z_]+")
_SUFFIX = re.compile(r"_(?:bucket|count|sum)$")


def rules() -> list[dict[str, Any]]:
    """Return the rules, of all groups."""
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    """Return what is on the board."""
    found: list[dict[str, Any]] = json.loads(BOARD.read_text())["panels"]
    return found


def expressions() -> Iterator[str]:
    """Yield what the rules and the board ask Prometheus."""
    for rule in rules():
        yield rule["expr"]
    for panel in panels():
        for target in panel["targets"]:
            yield target["expr"]


async def shown() -> set[str]:
    """Return the names of all metrics that a server can show."""
    shop = Shop()
    await shop.be_busy()
    await shop.be_driven()
    names = set(families(await shop.exposition.text(is_ready=True)))
    await shop.close()
    return names


async def test_only_metrics_that_are_shown_are_asked_for() -> None:
    """A name that rots is an alert that never comes."""
    asked = {_SUFFIX.sub("", name) for text in expressions() for name in _NAME.findall(text)}
    assert len(asked) > 10
    assert asked - await shown() == set()


async def test_the_document_lists_all_metrics_and_no_others() -> None:
    """With their labels, for whoever writes a rule."""
    listed = set(re.findall(r"^\| `(wlcron_[a-z_]+)", PAGE.read_text(), re.MULTILINE))
    assert listed == await shown()


def test_every_rule_says_what_it_is_and_how_bad() -> None:
    """For whoever is woken by it."""
    for rule in rules():
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert set(rule["annotations"]) == {"summary", "description"}


def test_the_document_explains_every_rule() -> None:
    """By its name."""
    listed = re.findall(r"^\| `(Wlcron\w+)`", PAGE.read_text(), re.MULTILINE)
    assert listed == [rule["alert"] for rule in rules()]


def test_commands_that_rules_name_are_there() -> None:
    """Whoever is woken types what stands there."""
    commands = set(re.findall(r"`(wl [a-z ]+?)(?: \{\{.*?\}\})?`", RULES.read_text()))
    program = Path(shutil.which("wl", path=str(ROOT / ".venv/bin")) or "wl")
    for command in commands:
        done = subprocess.run(  # noqa: S603 -- the program that is tested
            [str(program), *command.split()[1:], "--help"], check=False, capture_output=True
        )
        assert done.returncode == 0, command


def test_the_board_is_one() -> None:
    """Each panel has an id of its own, a title, and a place that no other has."""
    found = panels()
    assert len({panel["id"] for panel in found}) == len(found)
    assert all(panel["title"] and panel["targets"] for panel in found)
    cells = [
        (panel["gridPos"]["x"] + x, panel["gridPos"]["y"] + y)
        for panel in found
        for x in range(panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def test_prometheus_takes_the_rules_and_what_the_board_asks(tmp_path: Path) -> None:
    """Where its own tool is installed (`prometheus` in Debian)."""
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("promtool is not installed: apt-get install prometheus")
    asked = [target["expr"] for panel in panels() for target in panel["targets"]]
    filled = [each.replace("$job", "wlcron").replace("$__rate_interval", "5m") for each in asked]
    recorded = [{"record": f"panel_{n}", "expr": each} for n, each in enumerate(filled)]
    board = tmp_path / "board.yml"
    board.write_text(json.dumps({"groups": [{"name": "board", "rules": recorded}]}))
    done = subprocess.run(  # noqa: S603 -- found above
        [tool, "check", "rules", str(RULES), str(board)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
