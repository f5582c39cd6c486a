"""Which rate is cheapest for each load: only among rates that cover the same part of the bill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.lattice.bills import BlockBills
from evenroll.costs.lattice.tables import Ints
from evenroll.programs.program import Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverageUnlike:
    """The rates cover different parts of the bill, or none of it; they are not ranked. coverages: by rate asked for."""

    coverages: tuple[Coverage, ...]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Ranked:
    """rates: (customer, rank), numbers of rates from the cheapest on; among equals the one asked for first.

    cents: (customer, rank), what each comes to over all cycles. coverage: what all of them cover.
    """

    rates: NDArray[np.int64]
    cents: Ints
    coverage: Coverage


def ranked(bills: BlockBills, *, among: Sequence[int]) -> Ranked | CoverageUnlike:
    """The rates by what they come to for each load over all cycles. among: numbers of rates, at least one."""
    coverages = tuple(bills.rates.coverages[number] for number in among)
    if len(set(coverages)) != 1 or coverages[0] is Coverage.NONE:
        return CoverageUnlike(coverages=coverages)
    whole = bills.totals[:, list(among), :].sum(axis=2)
    order = np.argsort(whole, axis=1, kind="stable")
    return Ranked(
        rates=np.asarray(among, dtype=np.int64)[order],
        cents=np.take_along_axis(whole, order, axis=1),
        coverage=coverages[0],
    )
