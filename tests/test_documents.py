"""The documents: what they point at is there."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.user import WL
from wlcron.cronfile import parse_cron_file

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    page.relative_to(ROOT).as_posix() for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
)
_YAML = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
CRON_FILES = [
    pytest.param(page, text, id=f"{page}-{number}")
    for page in PAGES
    if page == "README.md" or page.startswith("docs/")
    for number, text in enumerate(_YAML.findall((ROOT / page).read_text()), 1)
    if "schedule:" in text and "description:" in text
]
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_TARGET = re.compile(r"^(?:\$ )?make ([a-z][a-z-]+)\b", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    """Each relative link names a file that is there, and a heading that it has."""
    path = ROOT / page
    for place, anchor in _links(_FENCE.sub("", path.read_text())):
        target = (path.parent / place).resolve() if place else path
        assert target.exists(), f"{page} links to {place}"
        assert not anchor or anchor in _anchors(target), f"{page} links to {place}#{anchor}"


@pytest.mark.parametrize("page", PAGES)
def test_what_is_to_be_made_can_be_made(page: str) -> None:
    """Each `make TARGET` in code is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(_TARGET.findall(_code((ROOT / page).read_text()))) <= targets


@pytest.mark.parametrize(("page", "text"), CRON_FILES)
def test_cron_files_are_taken(page: str, text: str) -> None:
    """Each whole cron file in the documents is one that the server would take."""
    assert parse_cron_file(text, page)


def test_the_rehearsal_of_the_examples_is_as_shown() -> None:
    """What the README prints is what a newcomer will see."""
    shown = re.search(
        r"^\$ wl (rehearse .*)\n((?:.*\n)*?)```", (ROOT / "README.md").read_text(), re.MULTILINE
    )
    assert shown is not None
    command = [str(WL), *shlex.split(shown[1])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 -- our own program
    assert done.stdout == shown[2]


def _links(text: str) -> Iterator[tuple[str, str]]:
    for link in _LINK.findall(text):
        if "://" not in link and not link.startswith("mailto:"):
            place, _, anchor = link.partition("#")
            yield place, anchor


def _anchors(page: Path) -> set[str]:
    """Return the names under which GitHub finds a page's headings."""
    if page.suffix != ".md":
        return set()
    headings = _HEADING.findall(_FENCE.sub("", page.read_text()))
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def _code(text: str) -> str:
    return "\n".join([*_FENCE.findall(text), *re.findall(r"`([^`\n]+)`", _FENCE.sub("", text))])
