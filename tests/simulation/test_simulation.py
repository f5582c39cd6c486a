"""A short run of `make simulate`: every history holds, and a seed decides all of it."""

from __future__ import annotations

import os

import pytest

from tests.simulation.history import tell

SEED = int(os.environ.get("EVENROLL_SIMULATE_SEED", "1"))
HISTORIES = int(os.environ.get("EVENROLL_SIMULATE", "60"))
PART = 10


@pytest.mark.parametrize("first", range(0, HISTORIES, PART))
def test_every_history_holds(first: int) -> None:
    for number in range(first, min(first + PART, HISTORIES)):
        told = tell(seed=SEED, number=number)
        assert not told.broken, f"invariant {told.invariant}: {told.broken}; make simulate SEED={SEED} ONLY={number}"


def test_a_seed_decides_everything() -> None:
    once, again, other = (tell(seed=seed, number=3, logged=True) for seed in (5, 5, 6))
    assert once.log and once.log == again.log
    assert other.log != once.log
