"""Fargate has a few sizes: what is asked for is rounded up to the next one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlcron.engines.ecs.sizes import Size, fargate_size


@pytest.mark.parametrize(
    ("cpu", "memory", "expected"),
    [
        (0, 0, (256, 512)),
        (1, 1, (256, 512)),
        (256, 513, (256, 1024)),
        (256, 2049, (512, 3072)),
        (257, 0, (512, 1024)),
        (512, 4096, (512, 4096)),
        (1024, 0, (1024, 2048)),
        (0, 8193, (2048, 9216)),
        (4096, 30720, (4096, 30720)),
        (4096, 30721, (8192, 32768)),
        (8192, 61441, (16384, 65536)),
        (16384, 122880, (16384, 122880)),
    ],
)
def test_the_next_size_is_taken(cpu: int, memory: int, expected: tuple[int, int]) -> None:
    """The table of the developer guide."""
    assert fargate_size(cpu, memory) == Size(*expected)


@pytest.mark.parametrize(("cpu", "memory"), [(16385, 0), (0, 122881)])
def test_beyond_the_largest_there_is_none(cpu: int, memory: int) -> None:
    """None is no size."""
    assert fargate_size(cpu, memory) is None


@given(cpu=st.integers(0, 16384), memory=st.integers(0, 122880))
def test_nobody_gets_less_than_was_asked_for(cpu: int, memory: int) -> None:
    """And no size is smaller in both."""
    size = fargate_size(cpu, memory)
    assert size is not None
    assert size.cpu >= cpu
    assert size.memory >= memory
