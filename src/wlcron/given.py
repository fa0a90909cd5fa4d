"""What a table of the configuration holds, read key by key."""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from wlcron.errors import ConfigurationError


class Given:
    """The values of one table, such as `channels.team-slack`; see `done`.

    Everything raises ConfigurationError with one sentence that names table and key, and shows
    no value: it may be a secret.
    """

    def __init__(self, table: str, values: Mapping[str, object]) -> None:
        self.table = table
        self._values = values
        self._known: set[str] = set()

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; without a default it has to be given."""
        self._known.add(key)
        value = self._values.get(key, default)
        if value is None:
            raise self.problem(key, "is missing")
        if not isinstance(value, str):
            raise self.problem(key, "must be a text")
        if default is None and not value.strip():
            raise self.problem(key, "must be a text that is not empty")
        return value

    def secret(self, key: str, default: str | None = None) -> str:
        """Return a secret, given as `key` or in the file that `key-file` names."""
        file = f"{key}-file"
        self._known |= {key, file}
        if file not in self._values:
            return self.text(key, default)
        if key in self._values:
            raise self.problem(key, f"is given twice: leave {file} out, or {key}")
        path = self.text(file)
        try:
            value = Path(path).read_text().strip()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            raise self.problem(file, f"names {path}, which cannot be read: {reason}") from error
        if not value:
            raise self.problem(file, f"names {path}, which is empty")
        return value

    def is_off(self, key: str) -> bool:
        """Whether a key that may hold something else is `false`."""
        self._known.add(key)
        return self._values.get(key) is False

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        self._known.add(key)
        value = self._values.get(key, default)
        if not isinstance(value, bool):
            raise self.problem(key, "must be true or false")
        return value

    def number(self, key: str, default: int, least: int, most: int) -> int:
        """Return a whole number between these."""
        self._known.add(key)
        value = self._values.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.problem(key, f"must be a whole number from {least} to {most}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, or a single one; empty where it is not given."""
        self._known.add(key)
        value = self._values.get(key, [])
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
            raise self.problem(key, "must be a list of texts")
        return tuple(listed)

    def know(self, key: str) -> None:
        """Take note of a key that somebody else reads."""
        self._known.add(key)

    def done(self) -> None:
        """Refuse keys that nobody has asked for; to be called when all have been."""
        for key in self._values:
            if key not in self._known:
                near = get_close_matches(key, list(self._known), n=1)
                meant = f'; did you mean "{near[0]}"?' if near else ""
                raise self.problem(key, f"is unknown{meant}")

    def problem(self, key: str, what: str) -> ConfigurationError:
        """Return the error about one key, on one line whatever the names are."""
        text = f"{self.table}: {key} {what}"
        return ConfigurationError("".join(c if c.isprintable() else "?" for c in text))
