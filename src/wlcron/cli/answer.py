"""Answers of the server, read with suspicion: what has the wrong shape ends in one sentence."""

import json
from datetime import UTC, datetime

from wlcron.errors import WlcronError

_LARGEST = 1e12


class GarbledAnswerError(WlcronError):
    """The server answered something that no server of this version answers."""


class Answer:
    """A JSON object whose members are asked for by name and type."""

    def __init__(self, value: object) -> None:
        if not isinstance(value, dict):
            raise GarbledAnswerError(_sentence("is no object"))
        self.raw: dict[str, object] = value

    def text(self, key: str) -> str:
        """Return a member that must be a string."""
        value = self.raw.get(key)
        if not isinstance(value, str):
            raise GarbledAnswerError(_sentence(f'has no text "{key}"'))
        return value

    def optional_text(self, key: str) -> str | None:
        """Return a string, or None where there is null or nothing."""
        return None if self.raw.get(key) is None else self.text(key)

    def number(self, key: str) -> float | None:
        """Return a number of bearable size, or None where there is null or nothing."""
        value = self.raw.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise GarbledAnswerError(_sentence(f'has no number "{key}"'))
        if not -_LARGEST < value < _LARGEST:
            raise GarbledAnswerError(_sentence(f'has an impossible number "{key}"'))
        return value

    def instant(self, key: str) -> datetime | None:
        """Return an ISO 8601 instant as a UTC datetime, or None where there is null or nothing."""
        value = self.optional_text(key)
        if value is None:
            return None
        try:
            instant = datetime.fromisoformat(value)
            return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
        except (ValueError, OverflowError) as error:
            raise GarbledAnswerError(_sentence(f'has no instant "{key}"')) from error

    def is_true(self, key: str) -> bool:
        """Whether a member is true."""
        return self.raw.get(key) is True

    def part(self, key: str) -> "Answer":
        """Return a member that must be an object."""
        return Answer(self.raw.get(key))

    def optional_part(self, key: str) -> "Answer | None":
        """Return an object, or None where there is null or nothing."""
        return None if self.raw.get(key) is None else self.part(key)

    def parts(self, key: str) -> list["Answer"]:
        """Return a list of objects."""
        return [Answer(value) for value in self._list(key)]

    def optional_parts(self, key: str) -> list["Answer"]:
        """Return a list of objects; a missing one is empty."""
        return [] if self.raw.get(key) is None else self.parts(key)

    def texts(self, key: str) -> list[str]:
        """Return a list of strings; a missing one is empty."""
        values = [] if self.raw.get(key) is None else self._list(key)
        return [value for value in values if isinstance(value, str)]

    def _list(self, key: str) -> list[object]:
        value = self.raw.get(key)
        if not isinstance(value, list):
            raise GarbledAnswerError(_sentence(f'has no list "{key}"'))
        return value


def parse_answer(body: bytes) -> Answer:
    """Read a body; GarbledAnswerError where it is no JSON object."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise GarbledAnswerError(_sentence("is no JSON")) from error
    return Answer(value)


def _sentence(what: str) -> str:
    return (
        f"The server's answer {what}: check with `wl doctor` "
        "that it is a wlcron server of the same version as wl."
    )
