"""What fields were parsed into is remembered, within a limit."""

import pytest

from wlcron.schedule.memo import Memo


def test_a_value_is_made_once_while_it_is_remembered() -> None:
    """A second look at the same text costs no parsing."""
    memo: Memo[str, list[str]] = Memo(list)
    assert memo["*/5"] == ["*", "/", "5"]
    assert memo["*/5"] is memo["*/5"]


def test_memory_is_bounded() -> None:
    """Whoever sends ever new texts fills nothing."""
    memo: Memo[int, int] = Memo(abs)
    sizes = {memo[-number] and len(memo) for number in range(1, 10_000)}
    assert max(sizes) <= 1024
    assert memo[-1] == 1


def test_an_error_is_not_remembered() -> None:
    """What could not be read is tried anew."""
    memo: Memo[str, int] = Memo(int)
    with pytest.raises(ValueError, match="invalid literal"):
        memo["five"]
    assert not memo
