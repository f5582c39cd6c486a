"""One portion of a comparison of all customers: what a process, here or elsewhere, is given and gives back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.customers.cars import Cars
from evenroll.costs.customers.choosing import NO_RATE
from evenroll.costs.customers.comparison import Comparison
from evenroll.costs.customers.plan import ComparisonPlan
from evenroll.costs.customers.row_faults import RowFault, RowFaultCode, RowsOf
from evenroll.intake.customer_loads import LoadsBatch, LoadsFile, load_batches
from evenroll.intake.customer_results import Compared, part_bytes, table_of
from evenroll.quantities.identifiers import named_as


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Portion:
    """Row groups that follow each other, and what other files say of their rows.

    first_row: the place of their first row in the file, from 0. twice: rows, from there, whose customer comes more than
    once. cars, car_rows: the cars of these customers, and the row of each, rising.
    """

    number: int
    groups: tuple[int, ...]
    first_row: int
    rows: int
    twice: NDArray[np.int64]
    cars: Cars
    car_rows: NDArray[np.int64]


class PortionWork:
    """Compares portions. today: the rate that all are on whose row tells none; empty: it is not known.

    It is sent to each process once; rates are compiled there, with the first portion.
    """

    def __init__(self, *, plan: ComparisonPlan, file: LoadsFile, today: str = "") -> None:
        self.plan, self.file, self.today = plan, file, today
        self._comparison: Comparison | None = None
        self._lock = Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {"plan": self.plan, "file": self.file, "today": self.today}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)

    def __call__(self, portion: Portion) -> bytes:
        """A part of the result as bytes, the same whoever makes it."""
        tables, faults = [], list[RowFault]()
        for batch in load_batches(self.file, groups=portion.groups, first_row=portion.first_row):
            good, bad = self._sifted(batch, portion=portion)
            faults += sorted([*batch.faults, *bad], key=lambda each: each.row)
            if len(good.kept):
                tables.append(table_of(self._compared(good, portion=portion), plan=self.plan))
        return part_bytes(tables, faults=faults, plan=self.plan)

    def _sifted(self, batch: LoadsBatch, *, portion: Portion) -> tuple[LoadsBatch, list[RowFault]]:
        """Without customers who come twice, or whose rate is not known; rates in the capitals that are known."""
        keys = frozenset(self.plan.keys)
        meant = {rate: named_as(rate, known=keys) for rate in set(batch.rates)}
        batch = replace(batch, rates=tuple(meant[rate] for rate in batch.rates))
        bad: dict[int, tuple[RowFaultCode, str]] = {}
        is_twice = np.isin(batch.kept, portion.twice)
        for place, rate in enumerate(batch.rates):
            if rate and rate not in keys:
                bad[place] = RowFaultCode.RATE_UNKNOWN, rate
            if is_twice[place]:
                bad[place] = RowFaultCode.CUSTOMER_TWICE, ""
        if not bad:
            return batch, []
        good = [place for place in range(len(batch.kept)) if place not in bad]
        faults = [
            RowFault(
                of=RowsOf.LOADS,
                row=portion.first_row + int(batch.kept[place]) + 1,
                customer=batch.customers[place],
                code=code,
                what=what,
            )
            for place, (code, what) in sorted(bad.items())
        ]
        left = LoadsBatch(
            kept=batch.kept[good],
            customers=tuple(batch.customers[place] for place in good),
            rates=tuple(batch.rates[place] for place in good),
            wh=batch.wh[good],
            faults=(),
        )
        return left, faults

    def _compared(self, batch: LoadsBatch, *, portion: Portion) -> Compared:
        numbers = {key: number for number, key in enumerate(self.plan.keys)} | {"": NO_RATE}
        _, mine, places = np.intersect1d(portion.car_rows, batch.kept, assume_unique=True, return_indices=True)
        cars = portion.cars.chosen(mine)
        return Compared(
            customers=batch.customers,
            today=np.array([numbers[rate or self.today] for rate in batch.rates], dtype=np.int64),
            costs=self._ready().costs(batch.wh, cars=cars, rows=places),
            cars=places,
        )

    def _ready(self) -> Comparison:
        with self._lock:
            if self._comparison is None:
                self._comparison = Comparison(self.plan)
            return self._comparison
