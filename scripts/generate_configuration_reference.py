"""Writes the table of options in docs/configuration.md from the options themselves."""

from pathlib import Path

from wlcron.config import reference

PAGE = Path(__file__).parent.parent / "docs" / "configuration.md"
BEGIN, END = "<!-- options: begin -->\n", "<!-- options: end -->\n"


def page() -> str:
    """Return the page with a fresh table."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + reference() + END + after


if __name__ == "__main__":
    PAGE.write_text(page())
