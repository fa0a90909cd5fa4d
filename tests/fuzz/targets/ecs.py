"""What comes out of the SQS queue: ECS's events, in SNS's envelope or without."""

import json

from tests.engines.ecs.tasks import EXECUTION, HOUSE, ours, stopped
from tests.fuzz.rules import can_be_stored, is_observation
from tests.fuzz.targets import DATA, Target, words
from tests.samples import NOON
from wlcron.engines.ecs.events import Passed, read_event
from wlcron.engines.ecs.observation import may_be_tried_again, observe


def check(data: bytes) -> None:
    """Read a message; of one of ours, see that its observation can be recorded."""
    event = read_event(data.decode(errors="replace"), HOUSE)
    if isinstance(event, Passed):
        return
    can_be_stored(event.version, event.at)
    may_be_tried_again(event.task)
    is_observation(observe(event.task, event.at or NOON), EXECUTION)


_OURS = [ours(), stopped(0), stopped(1, 0), stopped(137, 124), stopped(None, None)]
ECS_EVENTS = Target(
    "ecs-events",
    check,
    [
        *(json.dumps(each).encode() for each in _OURS),
        *(json.dumps({"Type": "Notification", "Message": json.dumps(_OURS[0])}).encode(),),
        *(path.read_bytes() for path in sorted((DATA / "ecs").glob("*.json"))[:6]),
    ],
    words(
        "RUNNING STOPPED PENDING EssentialContainerExited TaskFailedToStart UserInitiated job guard"
        " SpotInterruption OutOfMemoryError: CannotPullContainerError 2026-11-23T12:00:00Z 3600 1e9"
    ),
    is_json=True,
)
