"""Damaged documents of every kind, a few of each; `make fuzz` tries many more."""

from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import Target, all_targets

_TARGETS = all_targets()
_FEW = 60


@pytest.mark.parametrize("target", _TARGETS.values(), ids=list(_TARGETS))
def test_a_whole_document_breaks_no_rule(target: Target) -> None:
    """What the damaged ones are made of."""
    for seed in target.seeds:
        target.check(seed)


@pytest.mark.parametrize("target", _TARGETS.values(), ids=list(_TARGETS))
def test_a_damaged_document_breaks_no_rule(target: Target) -> None:
    """It is read, or refused by an error of ours that is one sentence."""

    @settings(max_examples=max(_FEW, settings().max_examples if _is_searching() else 0))
    @given(st.sampled_from(list(target.seeds)), st.randoms(use_true_random=False))
    def tried(seed: bytes, random: Random) -> None:
        target.check(target.mutate(seed, random, target.words))

    tried()


@pytest.mark.parametrize("target", _TARGETS.values(), ids=list(_TARGETS))
def test_any_bytes_break_no_rule(target: Target) -> None:
    """The same of what is no document at all."""

    @settings(max_examples=max(_FEW // 2, settings().max_examples if _is_searching() else 0))
    @given(st.binary(max_size=200))
    @example(b"")
    def tried(data: bytes) -> None:
        target.check(data)

    tried()


def _is_searching() -> bool:
    """Whether new examples are looked for: HYPOTHESIS_PROFILE=search."""
    return not settings().derandomize
