"""The fast bills and the exact biller that stands agree line by line on every priced rate of the catalog."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenroll.costs.bill import BillKind, LineCode
from evenroll.costs.lattice.bills import Engine, bill_block
from evenroll.costs.lattice.explain import lines_of
from evenroll.costs.lattice.from_catalog import schedule_of_rate
from evenroll.costs.lattice.schedule import ScheduleRefused
from evenroll.costs.reference import bill_usage
from evenroll.costs.usage import HourlyLoad, usage_of_load
from evenroll.programs.catalog import load_catalog
from evenroll.programs.rate import Rate, is_hourly
from evenroll.quantities.periods import DatePeriod
from tests.costs.lattice.invented import CHICAGO, cycles_from, engine_of, months_of, random_loads

CATALOG = load_catalog()
PRICED = tuple(rate for rate in CATALOG.rates if not (rate.unpriced or rate.rides_on or is_hourly(rate)))


def _engine(cycles: tuple[DatePeriod, ...]) -> Engine:
    # Only the prices are compared: each version is taken as if it had always held.
    schedules = [schedule_of_rate(rate) for rate in PRICED]
    early = date(2000, 1, 1)
    return engine_of(*((_since(each, early),) for each in schedules), cycles=cycles)


def _since(schedule: object, day: date) -> object:
    from dataclasses import replace

    return replace(schedule, effective_on=day)  # pyright: ignore[reportArgumentType]


def _expected(rate: Rate, *, engine: Engine, wh: np.ndarray, cycle: int) -> list[tuple[object, ...]]:
    lattice = engine.rates.lattice
    load = HourlyLoad(start_at=lattice.start_at, wh=tuple(int(each) for each in wh))
    period = lattice.cycles[cycle]
    usage = usage_of_load(load, rate=rate, period=period, calendar=CHICAGO)
    bill = bill_usage(usage, rate=rate, period=period, kind=BillKind.REGULAR, actual=True)
    return [
        (line.code, line.register, line.season, line.quantity_wh, line.days, line.price, line.amount)
        for line in bill.lines
    ]


def _compare(engine: Engine, *, seed: int, highest: int) -> None:
    block = random_loads(engine, customers=1, seed=seed, highest=highest)
    bills = bill_block(block, engine=engine, with_lines=True)
    for number, rate in enumerate(PRICED):
        for cycle in range(len(engine.rates.lattice.cycles)):
            found = lines_of(bills, customer=0, rate=number, cycle=cycle)
            expected = _expected(rate, engine=engine, wh=block.wh[0], cycle=cycle)
            assert [
                (line.code, line.register, line.season, line.quantity, line.days, line.price, line.amount)
                for line in found
            ] == expected
            total = Decimal(int(bills.totals[0, number, cycle])).scaleb(-2)
            assert total == sum((line.amount for line in found), Decimal(0))


@pytest.mark.parametrize(("year", "highest"), [(2026, 4000), (2028, 20), (2027, 60_000)])
def test_every_rate_of_the_catalog_over_a_year(year: int, highest: int) -> None:
    _compare(_engine(months_of(year)), seed=year, highest=highest)


@given(
    start_on=st.dates(date(2025, 1, 1), date(2028, 12, 31)),
    lengths=st.lists(st.integers(1, 40), min_size=1, max_size=3),
    seed=st.integers(0, 2**32 - 1),
    highest=st.sampled_from((2, 500, 5000)),
)
@settings(max_examples=12, deadline=None)
def test_every_rate_over_cycles_of_any_length(start_on: date, lengths: list[int], seed: int, highest: int) -> None:
    _compare(_engine(cycles_from(start_on, *lengths)), seed=seed, highest=highest)


def test_a_rate_without_prices_and_a_rider_are_refused_by_name() -> None:
    unpriced = next(rate for rate in CATALOG.rates if rate.unpriced)
    rider = next(rate for rate in CATALOG.rates if rate.rides_on and not rate.unpriced)
    with pytest.raises(ScheduleRefused, match="The catalog lacks these prices") as refused:
        schedule_of_rate(unpriced)
    assert refused.value.place == "unpriced"
    with pytest.raises(ScheduleRefused, match="rider at rides_on"):
        schedule_of_rate(rider)


def test_the_holidays_of_a_rate_count_as_weekend_and_only_for_it() -> None:
    lists = {rate.holidays for rate in PRICED}
    assert len(lists) > 2, "the catalog holds rates with different lists of holidays"
    day = date(2026, 7, 3)  # the weekday on which a Saturday's holiday is observed: in one list only
    engine = _engine((DatePeriod(start_on=day, end_on=day + timedelta(days=1)),))
    _compare(engine, seed=5, highest=3000)
    assert {line.code for line in engine.rates.lines} == {LineCode.ENERGY}
