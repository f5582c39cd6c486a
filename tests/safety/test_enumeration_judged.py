"""The classifier that judges how even answers are hears a difference where there is one, and none elsewhere."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from tests.measure.enumeration_judged import Probe, judged

PROBES = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class Planted:
    """How the known are answered otherwise. slower: seconds; told: in place of the same."""

    slower: float = 0.0
    told: str = "same"


def probes(planted: Planted) -> list[Probe]:
    """Tries of known and unknown, by chance; always the same ones."""
    chance = random.Random(20261124)
    return [
        Probe(
            is_known=is_known,
            told={"bytes": planted.told if is_known else "same", "length": str(chance.randrange(3))},
            took={"time": chance.gauss(0.05, 0.01) + (planted.slower if is_known else 0.0)},
        )
        for is_known in (chance.random() < 0.5 for _ in range(PROBES))
    ]


def test_where_known_and_unknown_are_answered_alike_no_feature_beats_chance() -> None:
    found = judged(probes(Planted()))
    assert {each.feature for each in found} == {"bytes", "length", "time"}
    assert not [each for each in found if each.beats_chance]


@pytest.mark.parametrize(
    ("planted", "feature"),
    [(Planted(slower=0.005), "time"), (Planted(slower=-0.005), "time"), (Planted(told="more"), "bytes")],
)
def test_a_difference_is_heard_of(planted: Planted, feature: str) -> None:
    first, *others = judged(probes(planted))
    assert first.feature == feature
    assert first.beats_chance
    assert not [each for each in others if each.beats_chance]
