"""Row 5d's bills, the shadow bill of row 10 and the lattice are one truth: line by line, over any switch of service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from evenroll.costs.bill import BillKind
from evenroll.costs.lattice.beside import Beside, laid_on_by
from evenroll.costs.lattice.bills import BlockBills, Engine, bill_block
from evenroll.costs.lattice.compiled import compile_rates
from evenroll.costs.lattice.explain import lines_of
from evenroll.costs.lattice.from_catalog import schedule_of_rate
from evenroll.costs.matching.making import make_bill
from evenroll.costs.pricing import Pricing, with_prices
from evenroll.costs.protection import BilledUsage, compare_usage
from evenroll.costs.reference import bill_usage
from evenroll.enrollment.usage_point import MeteredSpan
from evenroll.ports.outside import HourFacts
from evenroll.programs.bill import Bill
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program_terms import EventTerms, Incentive, IncentivePer
from evenroll.programs.rate import is_hourly, registers_of
from evenroll.quantities.energy import Wh
from evenroll.quantities.identifiers import MeterSerial, RateKey
from evenroll.quantities.periods import DatePeriod
from evenroll.records.bill_making import Billing, bill_of
from evenroll.records.billing_terms import BillTerms
from tests.costs.lattice.invented import CHICAGO, block_of, cycles_from
from tests.costs.matching.issued import by_the_rate, past_bill

HOUR = timedelta(hours=1)
BILLABLE = tuple(rate for rate in load_catalog().rates if not (rate.unpriced or rate.rides_on))
EVENTS = EventTerms(
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
METERS = (MeterSerial("OLD-1"), MeterSerial("NEW-2"))
START = st.dates(date(2025, 1, 1), date(2028, 12, 1)) | st.sampled_from([date(2026, 2, 25), date(2026, 10, 20)])


def _facts(wh: np.ndarray, *, first: datetime, exchanged: int) -> tuple[tuple[MeteredSpan, ...], HourFacts]:
    """The hours of a period as the meters counted them: one until an hour, and another from it on."""
    used: dict[MeterSerial, dict[datetime, int]] = {serial: {} for serial in METERS}
    for n, each in enumerate(wh.tolist()):
        used[METERS[n >= exchanged]][first + n * HOUR] = each
    spans = tuple(
        MeteredSpan(
            serial=serial,
            register="total",
            rollover_wh=100_000_000,
            from_wh=99_999_000,
            to_wh=_after(sum(own.values())),
        )
        for serial, own in used.items()
        if own
    )
    return spans, HourFacts(used={serial: own for serial, own in used.items() if own})


def _after(counted: int) -> int:
    """What a register shows that began shortly before it starts again at 0."""
    return (99_999_000 + counted) % 100_000_000


def _by_row_5d(pricing: Pricing, *, period: DatePeriod, kind: BillKind, wh: np.ndarray, exchanged: int) -> Bill:
    first = CHICAGO.start_of_day(period.start_on)
    spans, hours = _facts(wh, first=first, exchanged=exchanged)
    hours = replace(hours, prices=pricing.hour_prices, events=pricing.event_hours)
    # A rate with one register is billed from the meter's unless its program needs hours: both are the same energy.
    billing = Billing(terms=BillTerms(pricing=pricing), period=period, kind=kind, actual=True)
    bill = bill_of(billing, spans=spans, hours=hours, calendar=CHICAGO, biller=bill_usage)
    assert isinstance(bill, Bill)
    return bill


def _told(lines: Any, quantity: str) -> list[tuple[object, ...]]:
    return sorted((x.code.value, x.register, x.season, getattr(x, quantity), x.days, x.price, x.amount) for x in lines)


def _lattice(pricings: tuple[Pricing, ...], *, cycles: tuple[DatePeriod, ...], wh: np.ndarray) -> BlockBills:
    histories = [(replace(schedule_of_rate(each.rate), effective_on=date(2000, 1, 1)),) for each in pricings]
    beside = Beside(
        hour_prices={each.rate.hourly_series: each.hour_prices for each in pricings if is_hourly(each.rate)},
        laid_on={n: laid_on_by(each) for n, each in enumerate(pricings)},
    )
    engine = Engine(compile_rates(histories, cycles=cycles, calendar=CHICAGO, minutes=60, beside=beside))
    return bill_block(block_of(engine, wh[None, :]), engine=engine, with_lines=True)


def _pricing(chance: Random, *, rate: Any, hours: list[datetime], prices: Mapping[datetime, Decimal]) -> Pricing:
    """A rate with what a program may lay on it.

    A register alone tells no season of its energy, and is split by days: a rate with one and several seasons gets
    events, so that it is billed by the hour.
    """
    split_by_days = len(registers_of(rate)) == 1 and len(rate.seasons) > 1
    events = EVENTS if split_by_days or chance.random() < 0.6 else None
    called = frozenset(at for at in hours if chance.random() < 0.03)
    # Credits of some months, told from registers, are shared out by days; from hours they are exact.
    needs_hours = events is not None or is_hourly(rate)
    laid = CREDITS[: chance.randint(0, 2)] if needs_hours else CREDITS[: chance.randint(0, 1)]
    return with_prices(
        Pricing(rate=rate, events=events, credits=laid),
        hour_prices=prices if is_hourly(rate) else {},
        event_hours=called,
    )


@given(
    dice=st.integers(0, 2**32 - 1),
    start_on=START,
    days=st.integers(2, 62),
    cut=st.integers(0, 10_000),
    highest=st.sampled_from([2, 900, 9000]),
)
@settings(max_examples=40, deadline=None)
def test_the_final_and_the_first_bill_of_a_switch_are_those_of_the_lattice(
    dice: int, start_on: date, days: int, cut: int, highest: int
) -> None:
    """The same load: its first days on the rate that ends, the others on the one that begins, on any day of a month."""
    chance = Random(dice)
    before = 1 + cut % (days - 1)
    cycles = cycles_from(start_on, before, days - before)
    first, end = (
        CHICAGO.start_of_day(start_on),
        CHICAGO.start_of_day(cycles[1].start_on + timedelta(days=days - before)),
    )
    hours = [first + n * HOUR for n in range((end - first) // HOUR)]
    prices = {at: Decimal(chance.randint(-3000, 90_000)).scaleb(-5) for at in hours}
    old, new = (_pricing(chance, rate=chance.choice(BILLABLE), hours=hours, prices=prices) for _ in range(2))
    wh = np.random.default_rng(dice).integers(0, highest, size=len(hours))
    bills = _lattice((old, new), cycles=cycles, wh=wh)
    edge = (CHICAGO.start_of_day(cycles[1].start_on) - first) // HOUR
    sides = ((old, BillKind.CLOSING, wh[:edge]), (new, BillKind.FIRST, wh[edge:]))
    for number, (pricing, kind, own) in enumerate(sides):
        bill = _by_row_5d(
            pricing, period=cycles[number], kind=kind, wh=own, exchanged=chance.choice([0, len(own) // 3, len(own)])
        )
        found = lines_of(bills, customer=0, rate=number, cycle=number)
        assert _told(found, "quantity") == _told(bill.lines, "quantity_wh")
        assert bill.total == Decimal(int(bills.totals[0, number, number])).scaleb(-2)


@given(
    peak=st.integers(0, 900_000),
    shoulder=st.integers(0, 900_000),
    night=st.integers(0, 900_000),
    start_on=START,
    days=st.integers(1, 60),
)
@settings(max_examples=60, deadline=None)
def test_what_a_protection_compares_is_what_the_lattice_makes_of_the_registers(
    peak: int, shoulder: int, night: int, start_on: date, days: int
) -> None:
    catalog = load_catalog()
    period = DatePeriod(start_on=start_on, end_on=start_on + timedelta(days=days))
    counted = {"peak": Wh(peak), "shoulder": Wh(shoulder), "night": Wh(night)}
    keys = RateKey("LE-EV-TOU"), RateKey("LE-R")
    (compared,) = compare_usage(
        [BilledUsage(period=period, advances=counted, actual=True)],
        program=lambda day: catalog.rate(keys[0], on=day),
        replaced=lambda day: catalog.rate(keys[1], on=day),
    )
    made = [make_bill(by_the_rate(past_bill(key, period=period, counted_wh=counted))).total for key in keys]
    assert [compared.paid, compared.shadow] == made


def test_a_bill_that_differs_by_a_cent_is_seen() -> None:
    """The comparison above can fail: the lattice of another hour's price is another bill."""
    rate = next(rate for rate in BILLABLE if is_hourly(rate))
    cycles = cycles_from(date(2026, 3, 7), 3)
    first = CHICAGO.start_of_day(cycles[0].start_on)
    prices = {first + n * HOUR: Decimal("0.05") for n in range(71)}
    wh = np.full(71, 1000)
    pricing = with_prices(Pricing(rate=rate), hour_prices=prices, event_hours=frozenset())
    bill = _by_row_5d(pricing, period=cycles[0], kind=BillKind.FIRST, wh=wh, exchanged=0)
    dearer = replace(pricing, hour_prices={**prices, first: Decimal("0.06")})
    same, other = (_lattice((each,), cycles=cycles, wh=wh) for each in (pricing, dearer))
    told = [_told(lines_of(each, customer=0, rate=0, cycle=0), "quantity") for each in (same, other)]
    assert told[0] == _told(bill.lines, "quantity_wh") != told[1]
