"""How far a pull is: the daemon's messages -> one sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wlcron.engines.doubt import mapping, text, whole_number

_ARRIVED = frozenset({"Download complete", "Pull complete", "Already exists", "Extracting"})


@dataclass(slots=True)
class PullProgress:
    """Adds up the layers of one image."""

    image: str
    _sizes: dict[str, tuple[int, int]] = field(default_factory=dict)  # (bytes here, bytes in all)

    def hear(self, message: Mapping[str, Any]) -> None:
        """Take in one message of the daemon's stream."""
        layer, status = text(message.get("id")), text(message.get("status"))
        if not layer:
            return
        if status == "Downloading":
            detail = mapping(message.get("progressDetail"))
            current, total = (whole_number(detail.get(key)) or 0 for key in ("current", "total"))
            self._sizes[layer] = (min(current, total), total)
        elif status in _ARRIVED and layer in self._sizes:
            total = self._sizes[layer][1]
            self._sizes[layer] = (total, total)

    def sentence(self) -> str:
        """Return how far it is."""
        here = sum(current for current, _ in self._sizes.values())
        total = sum(size for _, size in self._sizes.values())
        if not total:
            return f"pulling {self.image}"
        return f"pulling {self.image}: {100 * here // total} % of {total / 1e6:.1f} MB"
