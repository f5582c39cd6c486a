"""Prices beyond a calendar: steps of energy, prices of hours, events, credits; to the cent, or refused by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenroll.costs.bill import BillKind, Extra, LineCode, SeasonRegister, UsageRefused
from evenroll.costs.pricing import (
    Pricing,
    PricingCode,
    PricingRefused,
    extras_of_load,
    extras_of_total,
    prices_from,
    pricing_of,
    settled_by_others,
)
from evenroll.costs.reference import bill_usage
from evenroll.costs.usage import HourlyLoad, usage_of_load, usage_of_reads
from evenroll.programs.bill import billed_wh
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program_terms import Incentive, IncentivePer, MissingPrice
from evenroll.programs.rate import PriceStep, Rate, RegisterPrice, StepBasis
from evenroll.quantities.calendars import calendar
from evenroll.quantities.energy import Wh
from evenroll.quantities.identifiers import ProgramKey, RateKey
from evenroll.quantities.periods import DatePeriod

CATALOG = load_catalog()
WHERE = calendar("US-LAKELAND")
HOUR = timedelta(hours=1)
ON = date(2026, 1, 1)


def rate_of(key: str) -> Rate:
    return CATALOG.rate(RateKey(key), on=ON)


def stepped(basis: StepBasis, *, usd: str = "0.10", steps: tuple[tuple[str, str], ...]) -> Rate:
    flat = rate_of("LE-R")
    price = RegisterPrice(
        register="total",
        usd_per_kwh=Decimal(usd),
        steps=tuple(PriceStep(from_kwh=Decimal(start), usd_per_kwh=Decimal(price)) for start, price in steps),
        basis=basis,
    )
    season = replace(flat.seasons[0], prices=(price,))
    return replace(
        flat, seasons=(season,), minimum_bill_usd_per_month=Decimal(0), fixed_usd_per_month=Decimal(0), standard=False
    )


def energy_lines(rate: Rate, wh: int, *, period: DatePeriod) -> list[tuple[Decimal, int, Decimal]]:
    usage = usage_of_reads({"total": Wh(wh)}, rate=rate, period=period)
    bill = bill_usage(usage, rate=rate, period=period, kind=BillKind.REGULAR, actual=True)
    assert bill.total == sum(line.amount for line in bill.lines) and billed_wh(bill) == wh
    return [(line.price, line.quantity_wh, line.amount) for line in bill.lines if line.code is LineCode.ENERGY]


@pytest.mark.parametrize(
    ("basis", "days", "reaches_wh"),
    [
        (StepBasis.DAY, 30, 510_000),  # 17 kWh a day, as a detached house is billed in Michigan
        (StepBasis.MONTH_OF_30_DAYS, 15, 8_500),
        (StepBasis.CALENDAR_MONTH, 30, 17_000),  # all of June
    ],
)
def test_a_further_step_begins_where_its_basis_says(basis: StepBasis, days: int, reaches_wh: int) -> None:
    rate = stepped(basis, steps=(("17", "0.20"),))
    period = DatePeriod(start_on=date(2026, 6, 1), end_on=date(2026, 6, 1) + timedelta(days=days))
    assert energy_lines(rate, reaches_wh, period=period) == [
        (Decimal("0.10"), reaches_wh, Decimal(reaches_wh) / 10_000)
    ]
    beyond = energy_lines(rate, reaches_wh + 1_000, period=period)
    assert [(price, wh) for price, wh, _ in beyond] == [(Decimal("0.10"), reaches_wh), (Decimal("0.20"), 1_000)]
    assert beyond[1][2] == Decimal("0.20")


def test_a_bill_over_two_months_prorates_each_by_its_own_days() -> None:
    rate = stepped(StepBasis.CALENDAR_MONTH, steps=(("310", "0.20"),))
    period = DatePeriod(start_on=date(2026, 1, 17), end_on=date(2026, 2, 15))
    # 15 of 31 days and 14 of 28: 150 and 155 kWh.
    assert [wh for _, wh, _ in energy_lines(rate, 400_000, period=period)] == [305_000, 95_000]


@given(
    wh=st.integers(0, 3_000_000),
    days=st.integers(1, 70),
    basis=st.sampled_from(StepBasis),
    starts=st.lists(st.integers(1, 900), min_size=1, max_size=4, unique=True).map(sorted),
)
@settings(max_examples=60, deadline=None)
def test_steps_count_every_watt_hour_once(wh: int, days: int, basis: StepBasis, starts: list[int]) -> None:
    rate = stepped(basis, steps=tuple((str(start), f"0.{n + 2}0") for n, start in enumerate(starts)))
    period = DatePeriod(start_on=date(2026, 3, 9), end_on=date(2026, 3, 9) + timedelta(days=days))
    lines = energy_lines(rate, wh, period=period)
    assert sum(each for _, each, _ in lines) == wh
    assert [price for price, _, _ in lines] == sorted(price for price, _, _ in lines)


PERIOD = DatePeriod(start_on=date(2026, 3, 7), end_on=date(2026, 3, 10))  # clocks go forward on the eighth
FROM_AT = WHERE.start_of_day(date(2026, 3, 7))
HOURS = 71


def load(wh: int = 1_000) -> HourlyLoad:
    return HourlyLoad(start_at=FROM_AT, wh=(wh,) * HOURS)


def hourly(**prices: Any) -> Pricing:
    every = {FROM_AT + n * HOUR: Decimal("0.0123456") for n in range(HOURS)}
    return replace(pricing_of(rate_of("LE-RTP"), program=None), hour_prices={**every, **prices.get("other", {})})


def billed(pricing: Pricing, used: HourlyLoad) -> Any:
    usage = usage_of_load(used, rate=pricing.rate, period=PERIOD, calendar=WHERE)
    extras = extras_of_load(used, pricing=pricing, period=PERIOD, calendar=WHERE)
    return bill_usage(usage, rate=pricing.rate, period=PERIOD, kind=BillKind.FIRST, actual=True, extras=extras)


def test_prices_of_hours_are_summed_exactly_and_rounded_once() -> None:
    dear = {FROM_AT + 5 * HOUR: Decimal("1.5"), FROM_AT + 6 * HOUR: Decimal("-0.25")}
    bill = billed(hourly(other=dear), load())
    line = next(line for line in bill.lines if line.code is LineCode.HOURLY_PRICES)
    # 69 hours at 1.23456 cents, one at 1.50 and one that pays 0.25: 2.1018464.
    assert (line.quantity_wh, line.amount) == (71_000, Decimal("2.10"))
    assert line.price == Decimal("0.02960")  # the mean, to be read
    adder = next(line for line in bill.lines if line.code is LineCode.ENERGY)
    assert (adder.quantity_wh, adder.price, adder.amount) == (71_000, Decimal("0.06680"), Decimal("4.74"))
    assert billed_wh(bill) == 71_000
    assert bill.total == sum(line.amount for line in bill.lines)


@given(
    wh=st.lists(st.integers(0, 20_000), min_size=HOURS, max_size=HOURS),
    e8=st.lists(st.integers(-5_000_000, 900_000_000), min_size=HOURS, max_size=HOURS),
)
@settings(max_examples=25, deadline=None)
def test_an_hourly_bill_is_its_hours_priced_one_by_one(wh: list[int], e8: list[int]) -> None:
    prices = {FROM_AT + n * HOUR: Decimal(price).scaleb(-8) for n, price in enumerate(e8)}
    bill = billed(hourly(other=prices), HourlyLoad(start_at=FROM_AT, wh=tuple(wh)))
    line = next(line for line in bill.lines if line.code is LineCode.HOURLY_PRICES)
    exact = sum(drawn * price for drawn, price in zip(wh, e8, strict=True))
    assert abs(line.amount - Decimal(exact).scaleb(-11)) <= Decimal("0.005")
    assert billed_wh(bill) == sum(wh)


def test_an_hour_without_a_price_is_refused_by_name() -> None:
    pricing = hourly()
    gap = dict(pricing.hour_prices)
    del gap[FROM_AT + 9 * HOUR]
    with pytest.raises(PricingRefused, match="no price for the hour") as refused:
        billed(replace(pricing, hour_prices=gap), load())
    assert refused.value.code is PricingCode.SERIES_GAP
    assert refused.value.parameters["series"] == "le-day-ahead"


def test_registers_alone_are_not_enough_for_prices_of_hours() -> None:
    with pytest.raises(PricingRefused) as refused:
        extras_of_total(5_000, pricing=hourly(), period=PERIOD)
    assert refused.value.code is PricingCode.HOURS_MISSING
    usage = {SeasonRegister(season="winter", register="total"): Wh(5)}
    with pytest.raises(UsageRefused, match="prices of the hours"):
        bill_usage(usage, rate=rate_of("LE-RTP"), period=PERIOD, kind=BillKind.FIRST, actual=True)
    extra = (Extra(code=LineCode.HOURLY_PRICES, quantity_wh=4, usd=Decimal(0)),)
    with pytest.raises(UsageRefused, match="same load"):
        bill_usage(usage, rate=rate_of("LE-RTP"), period=PERIOD, kind=BillKind.FIRST, actual=True, extras=extra)


def test_event_hours_cost_more_and_a_credit_holds_in_its_months() -> None:
    program = CATALOG.program(ProgramKey("LE-EV-PEAK-DAYS"))
    march = Incentive(code="march", usd=Decimal("0.01"), per=IncentivePer.KWH, months=(3,))
    pricing = pricing_of(rate_of("LE-R"), program=replace(program, incentives=(*program.incentives, march)))
    event = frozenset({FROM_AT + 40 * HOUR, FROM_AT + 41 * HOUR})
    bill = billed(replace(pricing, event_hours=event), load())
    by_code = {line.code: line for line in bill.lines}
    assert (by_code[LineCode.EVENT].quantity_wh, by_code[LineCode.EVENT].amount) == (2_000, Decimal("1.24"))
    credit = by_code[LineCode.CREDIT]
    assert (credit.register, credit.quantity_wh, credit.amount) == ("march", 71_000, Decimal("-0.71"))
    assert billed_wh(bill) == 71_000
    rest = extras_of_total(71_000, pricing=replace(pricing, events=None), period=PERIOD)
    assert [each.usd for each in rest if each.name == "march"] == [Decimal("-0.71")]


def test_what_one_more_kwh_costs_knows_hours_and_events() -> None:
    event = frozenset({FROM_AT + HOUR})
    program = CATALOG.program(ProgramKey("LE-EV-PEAK-DAYS"))
    pricing = replace(pricing_of(rate_of("LE-R"), program=program), event_hours=event)
    assert prices_from(FROM_AT, hours=2, pricing=pricing, calendar=WHERE) == (Decimal("0.13620"), Decimal("0.75620"))
    assert prices_from(FROM_AT, hours=1, pricing=hourly(), calendar=WHERE) == (Decimal("0.0791456"),)


def test_an_unpriced_rate_and_a_rider_alone_are_refused_and_others_settle() -> None:
    usage = {SeasonRegister(season="all_year", register="total"): Wh(5)}
    unknown = replace(rate_of("LE-R"), unpriced=(MissingPrice.TIERS,), standard=False)
    for rate, said in ((unknown, "lacks tiers"), (rate_of("LE-PEAK-DAYS"), "is a rider")):
        with pytest.raises(UsageRefused, match=said):
            bill_usage(usage, rate=rate, period=PERIOD, kind=BillKind.FIRST, actual=True)
    bill = settled_by_others(1_234, rate=unknown.key, period=PERIOD, kind=BillKind.FIRST, actual=True)
    assert not bill.priced and bill.total == Decimal("0.00") and billed_wh(bill) == 1_234
    assert (bill.start_on, bill.end_on) == (PERIOD.start_on, PERIOD.end_on)


def test_a_register_that_a_season_does_not_have_takes_nothing_there() -> None:
    """A meter has a register for summer's peak all year: in winter it stands still."""
    tou = rate_of("LE-EV-TOU")
    summer, winter = tou.seasons
    bands = tuple(replace(band, register="shoulder") for band in winter.weekday)
    prices = tuple(row for row in winter.prices if row.register == "shoulder")
    rate = replace(tou, seasons=(summer, replace(winter, weekday=bands, weekend=bands[:0] + bands, prices=prices)))
    period = DatePeriod(start_on=date(2026, 9, 21), end_on=date(2026, 10, 11))
    advances = {"peak": Wh(100), "night": Wh(50), "shoulder": Wh(200)}
    usage = usage_of_reads(advances, rate=rate, period=period)
    assert usage == {
        SeasonRegister(season="summer", register="peak"): 100,
        SeasonRegister(season="summer", register="night"): 50,
        SeasonRegister(season="summer", register="shoulder"): 100,
        SeasonRegister(season="winter", register="shoulder"): 100,
    }
    cold = DatePeriod(start_on=date(2026, 12, 1), end_on=date(2026, 12, 11))
    with pytest.raises(UsageRefused, match="no price for it on these days"):
        usage_of_reads(advances, rate=rate, period=cold)
    assert usage_of_reads({**advances, "peak": Wh(0), "night": Wh(0)}, rate=rate, period=cold)
