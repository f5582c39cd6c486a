"""Many customers on many rates: each load as it is, with a car charged at once, and with it charged when cheapest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.customers.caps import with_caps
from evenroll.costs.customers.cars import Cars, LaidOut, add_charging, laid_out
from evenroll.costs.customers.components import COMPONENTS, components_of
from evenroll.costs.customers.nights import IntArray, Nights, days_of, groups_of, nights_of
from evenroll.costs.customers.plan import ComparisonPlan
from evenroll.costs.fleet.rate_prices import slot_prices_of
from evenroll.costs.fleet.sessions import MOST_WH
from evenroll.costs.fleet.slot_prices import SlotPrices
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

    at_once, cheapest: (car, rate), with the car. unserved_wh: (car,), what its stays are too short for. capped_wh:
    (car, rate), what is not served where events lower charging as well, either way. parts: of the three in this order,
    (customer or car, rate, component); without components if the plan does not ask for them.
    """

    without: IntArray
    at_once: IntArray
    cheapest: IntArray
    unserved_wh: IntArray
    capped_wh: IntArray
    parts: tuple[IntArray, IntArray, IntArray]


class _Alike(NamedTuple):
    """Rates that charge every car alike. at_once, cheapest: their numbers, by how they charge.

    rates: those that the engine bills.
    """

    nights: Nights
    at_once: list[int]
    cheapest: list[int]
    rates: list[int]
    engine: Engine


class Comparison:
    """A plan with its compiled rates, made once for any number of customers; several threads may use it."""

    def __init__(self, plan: ComparisonPlan) -> None:
        self.plan = plan
        everything = list(range(len(plan.rates)))
        self._all = _engine(plan, which=everything)
        self.days = days_of(self._all.rates.lattice, calendar=plan.calendar)
        prices = with_caps(slot_prices_of(self._all.rates), plan=plan)
        # Row 0: equal prices without a cap; then equal prices beneath each rate's caps, then each rate as it is.
        nothing = np.zeros_like(prices.price_e8)
        rows = SlotPrices(
            price_e8=np.vstack([nothing[:1], nothing[list(plan.capped)], prices.price_e8]),
            cap_wh=np.vstack([np.full_like(nothing[:1], MOST_WH), prices.cap_wh[list(plan.capped)], prices.cap_wh]),
        )
        alike = groups_of(rows, days=self.days)
        at_once = [alike[1 + plan.capped.index(rate)] if rate in plan.capped else 0 for rate in everything]
        cheapest = alike[1 + len(plan.capped) :]
        self._alike = [self._group(row, rows=rows, at_once=at_once, cheapest=cheapest) for row in sorted({0, *alike})]

    def _group(self, row: int, *, rows: SlotPrices, at_once: Sequence[int], cheapest: Sequence[int]) -> _Alike:
        """The rates of which a row is the first that charges as they do, by how they charge."""
        now = [rate for rate, own in enumerate(at_once) if own == row]
        then = [rate for rate, own in enumerate(cheapest) if own == row]
        # Where all rates are capped nobody charges without a cap, and what is not served so is asked for all the same.
        rates = sorted({*now, *then}) or list(range(len(at_once)))
        return _Alike(
            nights=nights_of(rows.price_e8[row], cap_wh=rows.cap_wh[row], days=self.days),
            at_once=now,
            cheapest=then,
            rates=rates,
            engine=self._all if len(rates) == len(at_once) else _engine(self.plan, which=rates),
        )

    @property
    def coverages(self) -> tuple[Coverage, ...]:
        """Which part of the bill each rate covers."""
        return self._all.rates.coverages

    def costs(self, wh: NDArray[Any], *, cars: Cars, rows: IntArray) -> CustomerCosts:
        """What customers pay. wh: (customer, interval), u16 or i32. rows: (car,), whose it is. Raises LoadWrong."""
        shape = (cars.count, len(self.plan.rates), 1 + len(COMPONENTS) * self.plan.components)
        at_once, cheapest = (np.zeros(shape, dtype=np.int64) for _ in range(2))
        unserved, capped = np.zeros(cars.count, dtype=np.int64), np.zeros(shape[:2], dtype=np.int64)
        for first in range(0, cars.count, TOGETHER):
            mine = slice(first, first + TOGETHER)
            laid = laid_out(cars.chosen(mine), days=self.days)
            base = _roomy(wh[rows[mine]], laid)
            for number, alike in enumerate(self._alike):
                left, paid = self._with(base, laid=laid, alike=alike)
                at_once[mine, alike.at_once] = paid[:, np.searchsorted(alike.rates, alike.at_once)]
                cheapest[mine, alike.cheapest] = paid[:, np.searchsorted(alike.rates, alike.cheapest)]
                capped[mine, alike.at_once] = left[:, np.newaxis]
                if number == 0:
                    unserved[mine] = left
        without = self._bill(wh, engine=self._all)
        return CustomerCosts(
            without=without[:, :, 0],
            at_once=at_once[:, :, 0],
            cheapest=cheapest[:, :, 0],
            unserved_wh=unserved,
            capped_wh=capped,
            parts=(without[:, :, 1:], at_once[:, :, 1:], cheapest[:, :, 1:]),
        )

    def _with(self, base: NDArray[Any], *, laid: LaidOut, alike: _Alike) -> tuple[IntArray, IntArray]:
        """What is not served, (car,), and what is paid, (car, rate of the engine, 1 + component)."""
        loads = base.copy()
        unserved = add_charging(loads, cars=laid, nights=alike.nights)
        return unserved, self._bill(loads, engine=alike.engine)

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
