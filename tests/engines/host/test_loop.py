"""Instants and files of the guard's event loop."""

import os
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from wlcron.engines.host.guard.loop import Loop
from wlcron.engines.host.protocol import boottime


@given(st.lists(st.tuples(st.integers(-50, -1), st.booleans()), max_size=30))
def test_calls_are_made_in_order_unless_cancelled(calls: list[tuple[int, bool]]) -> None:
    """Whatever is due is called once, the earliest first."""
    loop, made = Loop(longest_wait=0.0), list[int]()
    now = boottime()
    for when, is_cancelled in calls:
        timer = loop.call_at(now + when, partial(made.append, when))
        if is_cancelled:
            loop.cancel(timer)
            loop.cancel(timer)
    loop.run_turn(busy=True)
    loop.run_turn(busy=True)
    assert made == sorted(when for when, is_cancelled in calls if not is_cancelled)


def test_what_is_not_due_is_not_called() -> None:
    """A deadline in an hour is not kept now."""
    loop, made = Loop(longest_wait=0.0), list[int]()
    loop.call_at(boottime() + 3600, lambda: made.append(1))
    loop.run_turn(busy=True)
    assert made == []


def test_cancelled_calls_do_not_pile_up() -> None:
    """A million short jobs with long deadlines leave no million timers."""
    loop, made = Loop(longest_wait=0.0), list[int]()
    kept = loop.call_at(boottime() - 1, lambda: made.append(1))
    for _ in range(10_000):
        loop.cancel(loop.call_at(boottime() + 3600, lambda: made.append(2)))
    assert len(loop) < 3_000
    loop.run_turn(busy=True)
    assert made == [1]
    assert kept.call is None


def test_a_file_is_told_of_while_it_is_watched() -> None:
    """Readable files are called for in every turn, until they are unwatched."""
    loop, made = Loop(longest_wait=10.0), list[int]()
    reader, writer = os.pipe()
    loop.watch(reader, lambda: made.append(1))
    loop.run_turn(busy=True)
    os.write(writer, b"x")
    loop.run_turn(busy=False)
    loop.run_turn(busy=False)
    loop.unwatch(reader)
    loop.unwatch(reader)
    loop.run_turn(busy=True)
    assert made == [1, 1]
    os.close(reader)
    os.close(writer)
