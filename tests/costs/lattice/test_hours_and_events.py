"""Prices of hours, events and credits: line by line what the exact biller says, and their plain properties."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenroll.costs.bill import BillKind, LineCode
from evenroll.costs.lattice.beside import Beside, LaidOn, PricesMissing, laid_on_by
from evenroll.costs.lattice.bills import Engine, bill_block, bill_block_plainly
from evenroll.costs.lattice.compiled import compile_rates
from evenroll.costs.lattice.explain import lines_of
from evenroll.costs.lattice.from_catalog import schedule_of_rate
from evenroll.costs.pricing import HourPrices, Pricing, extras_of_load
from evenroll.costs.reference import bill_usage
from evenroll.costs.usage import HourlyLoad, usage_of_load
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program_terms import EventTerms, Incentive, IncentivePer
from evenroll.programs.rate import is_hourly
from evenroll.quantities.periods import DatePeriod
from tests.costs.lattice.invented import CHICAGO, cycles_from, engine_of, flat, months_of, night_and_day, random_loads

HOUR = timedelta(hours=1)
BILLABLE = tuple(rate for rate in load_catalog().rates if not (rate.unpriced or rate.rides_on))
HOURLY = tuple(rate for rate in BILLABLE if is_hourly(rate))
ADDED = EventTerms(
    limits=(),
    months=(6, 7, 8),
    from_hour=14,
    to_hour=20,
    weekdays_only=True,
    hours_max=4,
    notice_hours_min=2,
    usd_per_kwh=Decimal("0.75"),
)
CREDITS = (
    Incentive(code="all-year", usd=Decimal("0.0025"), per=IncentivePer.KWH),
    Incentive(code="summer", usd=Decimal("0.01"), per=IncentivePer.KWH, months=(6, 7)),
)


def _hours(cycles: tuple[DatePeriod, ...]) -> list[datetime]:
    first = CHICAGO.start_of_day(cycles[0].start_on)
    last = cycles[-1]
    end = CHICAGO.start_of_day(last.start_on + timedelta(days=last.days))
    return [first + n * HOUR for n in range((end - first) // HOUR)]


def _prices(chance: Random, hours: list[datetime]) -> HourPrices:
    return {at: Decimal(chance.randint(-3000, 90_000)).scaleb(-5) for at in hours}


def _engine(pricings: list[Pricing], *, cycles: tuple[DatePeriod, ...], minutes: int = 60) -> Engine:
    histories = [(replace(schedule_of_rate(each.rate), effective_on=date(2000, 1, 1)),) for each in pricings]
    beside = Beside(
        hour_prices={each.rate.hourly_series: each.hour_prices for each in pricings if is_hourly(each.rate)},
        laid_on={n: laid_on_by(each) for n, each in enumerate(pricings)},
    )
    return Engine(compile_rates(histories, cycles=cycles, calendar=CHICAGO, minutes=minutes, beside=beside))


def test_the_catalog_has_prices_of_hours() -> None:
    assert len(HOURLY) >= 2


@given(
    dice=st.integers(0, 2**32 - 1),
    start_on=st.dates(date(2026, 1, 1), date(2026, 12, 1)),
    lengths=st.lists(st.integers(1, 35), min_size=1, max_size=3),
)
@settings(max_examples=12, deadline=None)
def test_line_by_line_as_the_exact_biller(dice: int, start_on: date, lengths: list[int]) -> None:
    chance = Random(dice)
    cycles = cycles_from(start_on, *lengths)
    hours = _hours(cycles)
    called = frozenset(at for at in hours if chance.random() < 0.02)
    prices = {rate.hourly_series: _prices(chance, hours) for rate in HOURLY}
    pricings = [
        Pricing(
            rate=rate,
            hour_prices=prices.get(rate.hourly_series, {}),
            events=ADDED if chance.random() < 0.5 else None,
            event_hours=called,
            credits=CREDITS[: chance.randint(0, 2)],
        )
        for rate in [*chance.sample(BILLABLE, 6), chance.choice(HOURLY)]
    ]
    engine = _engine(pricings, cycles=cycles)
    block = random_loads(engine, customers=2, seed=chance.randint(0, 2**30), highest=chance.choice([2, 4000]))
    bills = bill_block(block, engine=engine, with_lines=True, chunk=1)
    plain = bill_block_plainly(block, engine=engine, with_lines=True)
    assert np.array_equal(bills.totals, plain.totals)
    for number, pricing in enumerate(pricings):
        for cycle, period in enumerate(cycles):
            found = lines_of(bills, customer=1, rate=number, cycle=cycle)
            assert found == lines_of(plain, customer=1, rate=number, cycle=cycle)
            assert _told(found) == _expected(pricing, wh=block.wh[1], starts_at=hours[0], period=period)
            assert bills.totals[1, number, cycle] == 100 * sum(line.amount for line in found)


@pytest.mark.parametrize("minutes", [60, 15])
def test_rates_with_the_same_prices_of_hours_and_with_others_stand_beside_each_other(minutes: int) -> None:
    cycles = months_of(2026)[2:4]
    chance, hours = Random(8), _hours(cycles)
    one, other = (_prices(chance, hours) for _ in range(2))
    histories = [
        (flat(key=key, usd=usd, hourly_series=key[0]),) for key, usd in (("A1", "0"), ("B1", "0"), ("A2", "1"))
    ]
    beside = Beside(hour_prices={"A": one, "B": other})
    engine = Engine(compile_rates(histories, cycles=cycles, calendar=CHICAGO, minutes=minutes, beside=beside))
    block = random_loads(engine, customers=11, seed=4)
    fast = bill_block(block, engine=engine, with_lines=True)
    plain = bill_block_plainly(block, engine=engine, with_lines=True)
    assert fast.lines is not None and plain.lines is not None
    assert np.array_equal(fast.totals, plain.totals)
    assert np.array_equal(fast.lines.exact, plain.lines.exact)
    assert np.array_equal(fast.lines.cents, plain.lines.cents)
    assert fast.lines.exact.shape == (11, 6) and (fast.lines.exact[:, :2] == fast.lines.exact[:, 4:]).all()
    assert (fast.lines.exact[:, :2] != fast.lines.exact[:, 2:4]).any()


def _told(found: Any) -> list[tuple[object, ...]]:
    return sorted(
        (line.code.value, line.register, line.season, line.quantity, line.days, line.price, line.amount)
        for line in found
    )


def _expected(pricing: Pricing, *, wh: Any, starts_at: datetime, period: DatePeriod) -> list[tuple[object, ...]]:
    load = HourlyLoad(start_at=starts_at, wh=tuple(int(each) for each in wh))
    bill = bill_usage(
        usage_of_load(load, rate=pricing.rate, period=period, calendar=CHICAGO),
        rate=pricing.rate,
        period=period,
        kind=BillKind.REGULAR,
        actual=True,
        extras=extras_of_load(load, pricing=pricing, period=period, calendar=CHICAGO),
    )
    return sorted(
        (line.code.value, line.register, line.season, line.quantity_wh, line.days, line.price, line.amount)
        for line in bill.lines
    )


def test_one_price_for_all_hours_is_a_flat_price() -> None:
    cycles = months_of(2026)
    hourly = flat(usd="0.02", key="HOURS", hourly_series="S")
    beside = Beside(hour_prices={"S": dict.fromkeys(_hours(cycles), Decimal("0.08"))})
    rates = ((hourly,), (flat(usd="0.10"),))
    engine = Engine(compile_rates(rates, cycles=cycles, calendar=CHICAGO, minutes=15, beside=beside))
    totals = bill_block(random_loads(engine, customers=9, seed=2), engine=engine).totals
    assert np.abs(totals[:, 0] - totals[:, 1]).max() <= 1  # two lines are rounded instead of one


def test_without_events_the_base_rate_and_with_them_what_they_add() -> None:
    cycles = months_of(2026)
    hot = CHICAGO.start_of_day(date(2026, 7, 15)) + 16 * HOUR
    called = LaidOn(event_hours=frozenset({hot, hot + HOUR}), event_usd_per_kwh=Decimal("1.25"))
    beside = Beside(laid_on={1: replace(called, event_hours=frozenset()), 2: called})
    engine = Engine(compile_rates([(night_and_day(),)] * 3, cycles=cycles, calendar=CHICAGO, minutes=15, beside=beside))
    block = random_loads(engine, customers=4, seed=9)
    bills = bill_block(block, engine=engine, with_lines=True)
    base, none, two = (bills.totals[:, n] for n in range(3))
    assert np.array_equal(base, none)
    first = (hot - engine.rates.lattice.start_at) // timedelta(minutes=15)
    drawn = block.wh[:, first : first + 8].sum(axis=1, dtype=np.int64)
    july = 6
    added = two[:, july] - base[:, july]
    assert added.tolist() == [int((wh * 125 + 500) // 1000) for wh in drawn.tolist()]
    assert np.array_equal(np.delete(two, july, axis=1), np.delete(base, july, axis=1))
    event = [line for line in lines_of(bills, customer=0, rate=2, cycle=july) if line.code is LineCode.EVENT]
    assert [line.quantity for line in event] == [int(drawn[0])]


def test_a_minimum_bill_does_not_look_at_events_and_credits() -> None:
    rate = flat(usd="0.10", minimum_usd_per_month=Decimal(20))
    called = LaidOn(
        event_hours=frozenset(_hours(cycles_from(date(2026, 1, 1), 31))),
        event_usd_per_kwh=Decimal("1.00"),
        credits=CREDITS[:1],
    )
    engine = Engine(
        compile_rates(
            [(rate,)],
            cycles=cycles_from(date(2026, 1, 1), 31),
            calendar=CHICAGO,
            minutes=60,
            beside=Beside(laid_on={0: called}),
        )
    )
    block = random_loads(engine, customers=1, seed=1, highest=2)
    drawn = int(block.wh.sum())
    found = lines_of(bill_block(block, engine=engine, with_lines=True), customer=0, rate=0, cycle=0)
    assert [line.code for line in found] == [LineCode.ENERGY, LineCode.MINIMUM, LineCode.EVENT, LineCode.CREDIT]
    assert found[0].amount + found[1].amount == Decimal("20.00")
    assert [line.quantity for line in found] == [drawn, 0, drawn, drawn]


def test_a_price_that_is_missing_or_cannot_be_held_is_refused_by_hour() -> None:
    cycles = cycles_from(date(2026, 3, 8), 1)
    hours = _hours(cycles)
    rate = flat(hourly_series="S")

    def compiled(prices: dict[str, Any]) -> object:
        beside = Beside(hour_prices=prices)
        return compile_rates([(rate,)], cycles=cycles, calendar=CHICAGO, minutes=60, beside=beside)

    with pytest.raises(PricesMissing, match="was not given"):
        engine_of((rate,), cycles=cycles)
    with pytest.raises(PricesMissing, match="has no price for the hour from 2026-03-08 10:00") as refused:
        compiled({"S": {at: Decimal(1) for at in hours if at != hours[4]}})
    assert refused.value.at == hours[4]
    with pytest.raises(PricesMissing, match="finer than 1e-8 or above 21"):
        compiled({"S": dict.fromkeys(hours, Decimal("0.123456789"))})
    with pytest.raises(PricesMissing, match="finer than 1e-8 or above 21"):
        compiled({"S": dict.fromkeys(hours, Decimal(22))})
    assert compiled({"S": dict.fromkeys(hours, Decimal(-2))})


def test_a_series_that_changes_with_the_version_of_the_rate() -> None:
    cycles = months_of(2026)
    hours = _hours(cycles)
    old = flat(usd="0", key="HOURS", hourly_series="A")
    new = flat(usd="0", key="HOURS", hourly_series="B", effective_on=date(2026, 4, 11))
    # The old series ends and the new one begins with the versions: no hour is asked for that no version needs.
    cut_at = CHICAGO.start_of_day(date(2026, 4, 11))
    prices = {
        "A": {at: Decimal("0.1") for at in hours if at < cut_at},
        "B": {at: Decimal("0.3") for at in hours if at >= cut_at},
    }
    beside = Beside(hour_prices=prices)
    engine = Engine(compile_rates([(old, new)], cycles=cycles, calendar=CHICAGO, minutes=60, beside=beside))
    block = random_loads(engine, customers=1, seed=4)
    bills = bill_block(block, engine=engine, with_lines=True)
    april = [x for x in lines_of(bills, customer=0, rate=0, cycle=3) if x.code is LineCode.HOURLY_PRICES]
    first, cut, end = (
        (CHICAGO.start_of_day(day) - hours[0]) // HOUR
        for day in (date(2026, 4, 1), date(2026, 4, 11), date(2026, 5, 1))
    )
    assert [line.quantity for line in april] == [int(block.wh[0, first:cut].sum()), int(block.wh[0, cut:end].sum())]
    assert [line.price for line in april] == [Decimal("0.10000"), Decimal("0.30000")]
