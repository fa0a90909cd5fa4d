"""How far a pull is."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wlcron.engines.docker.progress import PullProgress


def downloading(layer: str, current: int, total: int) -> dict[str, Any]:
    """Return the daemon's message on a layer."""
    detail = {"current": current, "total": total}
    return {"id": layer, "status": "Downloading", "progressDetail": detail}


def after(*messages: dict[str, Any]) -> str:
    """Return the sentence after these messages."""
    progress = PullProgress("perl:5.40")
    for message in messages:
        progress.hear(message)
    return progress.sentence()


def test_a_pull_begins_without_a_number() -> None:
    """Sizes are not known before the first layer comes."""
    begun = {"id": "5.40", "status": "Pulling from library/perl"}
    assert after(begun, {"status": "Digest: sha256:0"}) == "pulling perl:5.40"


def test_layers_are_added_up() -> None:
    """What is here, of what is known to come."""
    messages = downloading("a", 1_000_000, 4_000_000), downloading("b", 2_500_000, 6_000_000)
    assert after(*messages) == "pulling perl:5.40: 35 % of 10.0 MB"


def test_a_layer_that_has_arrived_counts_in_full() -> None:
    """Its last message has no numbers."""
    messages = downloading("a", 1, 4_000_000), {"id": "a", "status": "Download complete"}
    assert after(*messages) == "pulling perl:5.40: 100 % of 4.0 MB"


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 10**9), st.integers(0, 10**9))))
def test_no_pull_is_further_than_its_end(told: list[tuple[str, int, int]]) -> None:
    """Whatever the numbers are."""
    sentence = after(*(downloading(*one) for one in told))
    percent = sentence.removeprefix("pulling perl:5.40").removeprefix(": ").split(" %")[0]
    assert percent == "" or 0 <= int(percent) <= 100


def test_a_message_of_another_shape_says_nothing() -> None:
    """A pull goes on whatever is told of it."""
    strange: list[dict[str, Any]] = [
        {"id": ["a"], "status": "Downloading"},
        {"id": "a", "status": "Downloading", "progressDetail": "x"},
        {"id": "a", "status": "Downloading", "progressDetail": {"current": "1", "total": 10**400}},
    ]
    assert after(*strange) == "pulling perl:5.40"
