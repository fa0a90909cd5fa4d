"""What a Docker 20.10 said; recorded, and cut down to what may matter."""

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent.parent.parent / "data" / "docker"


def recorded(name: str) -> Any:  # noqa: ANN401 -- JSON of any shape
    """Return a recorded document."""
    return json.loads((_FOLDER / f"{name}.json").read_text())


def die_event(of: str, role: str = "job") -> dict[str, Any]:
    """Return the `die` event of the execution whose inspection is recorded under a name."""
    execution = recorded(of)["Config"]["Labels"]["wlcron.execution"]
    wanted = {"wlcron.execution": execution, "wlcron.role": role}
    [event] = [
        event
        for event in recorded("events")
        if event["Action"] == "die" and wanted.items() <= event["Actor"]["Attributes"].items()
    ]
    found: dict[str, Any] = event
    return found
