"""Exit codes in words."""

import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlcron.core.exitcodes import meaning


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (124, "out of time"),
        (126, "cannot be executed"),
        (127, "not found"),
        (132, "another processor"),
        (137, "memory"),
        (139, "crashed"),
        (143, "told to end"),
    ],
)
def test_codes_that_mean_the_same_everywhere_are_explained(code: int, says: str) -> None:
    """What a person would look up first."""
    assert says in meaning(code)


def test_a_signal_is_named_as_the_system_names_it() -> None:
    """Its number is what is over 128."""
    for code in range(129, 160):
        if words := meaning(code):
            assert f"({signal.Signals(code - 128).name})" in words


@given(st.integers().filter(lambda code: not 124 <= code <= 160))
def test_codes_that_the_job_alone_knows_are_left_alone(code: int) -> None:
    """0, 1, 2, 255, and what no system can return."""
    assert meaning(code) == ""
