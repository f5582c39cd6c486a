"""An honest classifier: how it tells known from unknown is chosen on half of the probes, and judged on the other."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

SIGMAS = 3.5
"""Of so many features judged at once one passes this by chance in some four hundred measurements."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """What one try came to. told: what was answered, by feature; took: seconds, by feature."""

    is_known: bool
    told: Mapping[str, str]
    took: Mapping[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """How often the classifier of a feature was right on the half that it had not seen; share: 0 to 1."""

    feature: str
    share: float
    probes: int

    @property
    def most(self) -> float:
        """As often as this chance alone is right: half, and its confidence."""
        return 0.5 + SIGMAS * math.sqrt(0.25 / self.probes)

    @property
    def beats_chance(self) -> bool:
        """Whether it tells known from unknown."""
        return self.share > self.most


def judged(probes: Sequence[Probe]) -> Sequence[Judged]:
    """Each feature by itself, the best first. probes: in the order of asking; both halves hold all of its times."""
    learned, asked = _halves(probes)
    found = [*_by_words(learned, asked), *_by_times(learned, asked)]
    return sorted(found, key=lambda each: -each.share)


def _halves(probes: Sequence[Probe]) -> tuple[Sequence[Probe], Sequence[Probe]]:
    """Two halves, each with as many known as unknown."""
    known = [each for each in probes if each.is_known]
    unknown = [each for each in probes if not each.is_known]
    size = min(len(known), len(unknown)) // 2 * 2
    known, unknown = known[:size], unknown[:size]
    return [*known[::2], *unknown[::2]], [*known[1::2], *unknown[1::2]]


def _by_words(learned: Sequence[Probe], asked: Sequence[Probe]) -> Iterator[Judged]:
    """What was said more often to known ones stands for known; what was never heard before is a toss."""
    for feature in learned[0].told:
        heard = Counter((each.told[feature], each.is_known) for each in learned)
        right = 0.0
        for each in asked:
            more = heard[each.told[feature], True] - heard[each.told[feature], False]
            right += 0.5 if more == 0 else float((more > 0) == each.is_known)
        yield Judged(feature=feature, share=right / len(asked), probes=len(asked))


def _by_times(learned: Sequence[Probe], asked: Sequence[Probe]) -> Iterator[Judged]:
    for feature in learned[0].took:
        border, is_later_known = _border([(each.took[feature], each.is_known) for each in learned])
        right = sum(((each.took[feature] > border) == is_later_known) == each.is_known for each in asked)
        yield Judged(feature=feature, share=right / len(asked), probes=len(asked))


def _border(times: Sequence[tuple[float, bool]]) -> tuple[float, bool]:
    """The time that parts known from unknown best, and whether known is what takes longer."""
    ordered = sorted(times)
    known = sum(is_known for _, is_known in ordered)
    best, border, is_later_known = 0, 0.0, True
    known_below = unknown_below = 0
    for (time, is_known), (following, _) in pairwise(ordered):
        known_below, unknown_below = known_below + is_known, unknown_below + (not is_known)
        if time == following:
            continue
        right = unknown_below + known - known_below
        for found, later in ((right, True), (len(ordered) - right, False)):
            if found > best:
                best, border, is_later_known = found, (time + following) / 2, later
    return border, is_later_known
