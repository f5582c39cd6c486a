"""Many customers on many rates: each load as it is, with a car charged at once, and with it charged when cheapest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.customers.cars import Cars, LaidOut, add_charging, laid_out
from evenroll.costs.customers.components import COMPONENTS, components_of
from evenroll.costs.customers.nights import IntArray, Nights, days_of, groups_of, nights_of
from evenroll.costs.customers.plan import ComparisonPlan
from evenroll.costs.fleet.rate_prices import slot_prices_of
from evenroll.costs.lattice.beside import Beside
from evenroll.costs.lattice.bills import Engine, bill_block
from evenroll.costs.lattice.compiled import compile_rates
from evenroll.costs.lattice.loads import LoadBlock
from evenroll.programs.program import Coverage

TOGETHER: Final = 256
"""Cars whose loads are made together: they stay in the cache until they are billed."""
_SMALL_MAX: Final = 65_535


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class CustomerCosts:
    """What customers pay over all days, cents. without: (customer, rate).

    at_once, cheapest: (car, rate), with the car. unserved_wh: (car,), what its stays are too short for. parts: of the
    three in this order, (customer or car, rate, component); without components if the plan does not ask for them.
    """

    without: IntArray
    at_once: IntArray
    cheapest: IntArray
    unserved_wh: IntArray
    parts: tuple[IntArray, IntArray, IntArray]


class Comparison:
    """A plan with its compiled rates, made once for any number of customers; several threads may use it."""

    def __init__(self, plan: ComparisonPlan) -> None:
        self.plan = plan
        everything = tuple(range(len(plan.rates)))
        self._all = _engine(plan, which=everything)
        prices = slot_prices_of(self._all.rates).price_e8
        self.days = days_of(self._all.rates.lattice, calendar=plan.calendar)
        alike = groups_of(np.vstack([np.zeros_like(prices[:1]), prices]), days=self.days)
        self._at_once = nights_of(np.zeros_like(prices[0]), days=self.days)
        # Number 0 stands for equal prices: rates that order no hours are charged at once anyway.
        self._groups = [
            (
                tuple(rate for rate in everything if alike[rate + 1] == group),
                nights_of(prices[group - 1], days=self.days),
            )
            for group in sorted(set(alike) - {0})
        ]
        self._engines = [_engine(plan, which=rates) for rates, _ in self._groups]

    @property
    def coverages(self) -> tuple[Coverage, ...]:
        """Which part of the bill each rate covers."""
        return self._all.rates.coverages

    def costs(self, wh: NDArray[Any], *, cars: Cars, rows: IntArray) -> CustomerCosts:
        """What customers pay. wh: (customer, interval), u16 or i32. rows: (car,), whose it is. Raises LoadWrong."""
        shape = (cars.count, len(self.plan.rates), 1 + len(COMPONENTS) * self.plan.components)
        at_once, cheapest = (np.zeros(shape, dtype=np.int64) for _ in range(2))
        unserved = np.zeros(cars.count, dtype=np.int64)
        for first in range(0, cars.count, TOGETHER):
            mine = slice(first, first + TOGETHER)
            laid = laid_out(cars.chosen(mine), days=self.days)
            base = _roomy(wh[rows[mine]], laid)
            unserved[mine], at_once[mine] = self._with(base, laid=laid, nights=self._at_once, engine=self._all)
            cheapest[mine] = at_once[mine]
            for (rates, nights), engine in zip(self._groups, self._engines, strict=True):
                _, cheapest[mine, rates] = self._with(base, laid=laid, nights=nights, engine=engine)
        without = self._bill(wh, engine=self._all)
        return CustomerCosts(
            without=without[:, :, 0],
            at_once=at_once[:, :, 0],
            cheapest=cheapest[:, :, 0],
            unserved_wh=unserved,
            parts=(without[:, :, 1:], at_once[:, :, 1:], cheapest[:, :, 1:]),
        )

    def _with(self, base: NDArray[Any], *, laid: LaidOut, nights: Nights, engine: Engine) -> tuple[IntArray, IntArray]:
        loads = base.copy()
        unserved = add_charging(loads, cars=laid, nights=nights)
        return unserved, self._bill(loads, engine=engine)

    def _bill(self, wh: NDArray[Any], *, engine: Engine) -> IntArray:
        """Totals and components, (customer, rate, 1 + component)."""
        shape = self.plan.shape
        block = LoadBlock(wh=wh, start_at=shape.start_at, minutes=shape.minutes, zone=shape.zone)
        bills = bill_block(block, engine=engine, with_lines=self.plan.components)
        totals = bills.totals.sum(axis=2)[:, :, np.newaxis]
        return np.concatenate([totals, components_of(bills)], axis=2) if self.plan.components else totals


def _engine(plan: ComparisonPlan, *, which: Sequence[int]) -> Engine:
    """Some rates of a plan. which: their numbers."""
    return Engine(
        compile_rates(
            [(plan.rates[number].schedule,) for number in which],
            cycles=plan.cycles,
            calendar=plan.calendar,
            minutes=plan.shape.minutes,
            beside=Beside(
                hour_prices=plan.beside.hour_prices,
                laid_on={
                    at: plan.beside.laid_on[number] for at, number in enumerate(which) if number in plan.beside.laid_on
                },
            ),
        )
    )


def _roomy(wh: NDArray[Any], laid: LaidOut) -> NDArray[Any]:
    """Loads in numbers that hold them with their cars."""
    most = int(wh.max(initial=0)) + int(laid.columns.whole_wh.max(initial=0))
    return wh if wh.dtype == np.dtype(np.uint16) and most <= _SMALL_MAX else wh.astype(np.int32)
