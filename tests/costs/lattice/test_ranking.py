"""Rates are ranked only where they cover the same part of the bill."""

from dataclasses import replace

import numpy as np
import pytest

from evenroll.costs.lattice.bills import bill_block
from evenroll.costs.lattice.ranking import CoverageUnlike, Ranked, ranked
from evenroll.programs.program import Coverage
from tests.costs.lattice.invented import engine_of, flat, months_of, night_and_day, random_loads


def test_the_cheapest_comes_first_and_of_equals_the_one_asked_for_first() -> None:
    dear, cheap = flat(usd="0.30"), flat(usd="0.02")
    engine = engine_of((dear,), (cheap,), (night_and_day(),), (cheap,), cycles=months_of(2026))
    bills = bill_block(random_loads(engine, customers=6, seed=8), engine=engine)
    found = ranked(bills, among=(3, 0, 1, 2))
    assert isinstance(found, Ranked)
    assert found.rates.tolist() == [[3, 1, 2, 0]] * 6
    assert (np.diff(found.cents, axis=1) >= 0).all()
    assert found.cents[:, 0].tolist() == bills.totals[:, 1].sum(axis=1).tolist()
    assert found.coverage is Coverage.BOTH


@pytest.mark.parametrize("other", [each for each in Coverage if each is not Coverage.BOTH])
def test_rates_of_unlike_coverage_are_not_ranked(other: Coverage) -> None:
    engine = engine_of((flat(),), (replace(flat(), coverage=other),), cycles=months_of(2026))
    bills = bill_block(random_loads(engine, customers=1, seed=8), engine=engine)
    assert ranked(bills, among=(0, 1)) == CoverageUnlike(coverages=(Coverage.BOTH, other))
    alone = ranked(bills, among=(1,))
    assert isinstance(alone, CoverageUnlike) == (other is Coverage.NONE)
