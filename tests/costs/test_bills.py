"""Bills and usage: the lines add up to the total, and no watt-hour is lost or counted twice."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenroll.costs.bill import Biller, BillKind, LineCode, SeasonRegister, UsageRefused
from evenroll.costs.reference import bill_usage, prorated_months, season_days
from evenroll.costs.usage import (
    HourlyLoad,
    LoadWrong,
    is_tariff_holiday,
    tariff_holidays,
    usage_of_load,
    usage_of_reads,
)
from evenroll.programs.bill import Bill
from evenroll.programs.catalog import load_catalog
from evenroll.programs.rate import is_hourly, registers_of
from evenroll.quantities.calendars import ServiceCalendar, calendar
from evenroll.quantities.codec import decode, encode
from evenroll.quantities.energy import Wh
from evenroll.quantities.identifiers import RateKey
from evenroll.quantities.periods import DatePeriod, PeriodOpen

CATALOG = load_catalog()
CALENDAR = calendar("US-LAKELAND")
BILLER: Biller = bill_usage
FLAT = CATALOG.rate(RateKey("LE-R"), on=date(2026, 1, 1))
TOU = CATALOG.rate(RateKey("LE-EV-TOU"), on=date(2026, 1, 1))
PRICED = tuple(rate for rate in CATALOG.rates if not (rate.unpriced or rate.rides_on or is_hourly(rate)))
RATES = st.sampled_from(PRICED)
PERIODS = st.builds(
    lambda start, days: DatePeriod(start_on=start, end_on=start + timedelta(days=days)),
    st.dates(date(2025, 1, 1), date(2028, 12, 31)),
    st.integers(1, 100),
)


def _advances(rate: Any, draw_wh: int, *, period: DatePeriod) -> dict[str, Wh]:
    """Energy in every register that some day of the period counts into; none in the others."""
    touched = season_days(rate, period=period)
    live = {row.register for season in rate.seasons if season.key in touched for row in season.prices}
    return {register: Wh(draw_wh * (n + 1) if register in live else 0) for n, register in enumerate(registers_of(rate))}


@given(rate=RATES, period=PERIODS, wh=st.integers(0, 3_000_000))
def test_lines_add_up_and_all_energy_is_billed_once(rate: Any, period: DatePeriod, wh: int) -> None:
    advances = _advances(rate, wh, period=period)
    usage = usage_of_reads(advances, rate=rate, period=period)
    bill = BILLER(usage, rate=rate, period=period, kind=BillKind.REGULAR, actual=True)
    assert bill.total == sum(line.amount for line in bill.lines)
    assert all(line.amount == line.amount.quantize(Decimal("0.01")) for line in bill.lines)
    assert sum(line.quantity_wh for line in bill.lines) == sum(advances.values())
    assert bill.total >= Decimal("0.00")
    assert (bill.start_on, bill.end_on) == (period.start_on, period.end_on)
    assert decode(Bill, encode(bill)) == bill


@given(
    rates=st.tuples(RATES, RATES),
    period=PERIODS.filter(lambda period: period.days > 1),
    cut=st.floats(0, 1),
    wh=st.lists(st.integers(0, 20_000), min_size=24, max_size=24),
)
@settings(max_examples=20, deadline=None)
def test_closing_and_first_bill_cover_every_watt_hour(
    rates: Any, period: DatePeriod, cut: float, wh: list[int]
) -> None:
    switch_on = period.start_on + timedelta(days=1 + int(cut * (period.days - 2)))
    start_at = CALENDAR.start_of_day(period.start_on)
    hours = (CALENDAR.start_of_day(period.end_on or date.max) - start_at) // timedelta(hours=1)
    load = HourlyLoad(start_at=start_at, wh=tuple((wh * (hours // 24 + 1))[:hours]))
    parts = (
        DatePeriod(start_on=period.start_on, end_on=switch_on),
        DatePeriod(start_on=switch_on, end_on=period.end_on),
    )
    billed = 0
    for part, rate, kind in zip(parts, rates, (BillKind.CLOSING, BillKind.FIRST), strict=True):
        usage = usage_of_load(load, rate=rate, period=part, calendar=CALENDAR)
        bill = bill_usage(usage, rate=rate, period=part, kind=kind, actual=True)
        billed += sum(line.quantity_wh for line in bill.lines)
    assert billed == sum(load.wh)


@given(period=PERIODS.filter(lambda period: period.days > 1), cut=st.integers(0, 10_000))
def test_two_parts_of_a_period_are_as_many_months_as_the_whole(period: DatePeriod, cut: int) -> None:
    switch_on = period.start_on + timedelta(days=1 + cut % (period.days - 1))
    first = DatePeriod(start_on=period.start_on, end_on=switch_on)
    second = DatePeriod(start_on=switch_on, end_on=period.end_on)
    assert prorated_months(first) + prorated_months(second) == prorated_months(period)
    whole = season_days(TOU, period=period)
    parts = [season_days(TOU, period=part) for part in (first, second)]
    assert whole == {key: sum(part.get(key, 0) for part in parts) for key in whole}
    assert sum(whole.values()) == period.days


def test_a_calendar_year_is_twelve_months_also_in_a_leap_year() -> None:
    for year in (2026, 2028):
        assert prorated_months(DatePeriod(start_on=date(year, 1, 1), end_on=date(year + 1, 1, 1))) == 12


def test_a_bill_to_the_cent_by_hand() -> None:
    # 10 of 30 days of November: 12.50 / 3 = 4.1666.. -> 4.17; 123.456 kWh at 0.13620 = 16.8147.. -> 16.81.
    period = DatePeriod(start_on=date(2026, 11, 1), end_on=date(2026, 11, 11))
    usage = usage_of_reads({"total": Wh(123_456)}, rate=FLAT, period=period)
    bill = bill_usage(usage, rate=FLAT, period=period, kind=BillKind.CLOSING, actual=False)
    assert [(line.code, line.amount) for line in bill.lines] == [
        (LineCode.ENERGY, Decimal("16.81")),
        (LineCode.FIXED_MONTHLY, Decimal("4.17")),
    ]
    assert bill.total == Decimal("20.98")
    assert not bill.actual


def test_half_a_cent_goes_up_once_per_line() -> None:
    # 125 Wh at 0.0561 is no tie; 0.05610 x 250 kWh = 14.025 is one.
    delivery = CATALOG.rate(RateKey("LE-D"), on=date(2026, 1, 1))
    period = DatePeriod(start_on=date(2026, 11, 1), end_on=date(2026, 12, 1))
    usage = {SeasonRegister(season="all_year", register="total"): Wh(250_000)}
    bill = bill_usage(usage, rate=delivery, period=period, kind=BillKind.REGULAR, actual=True)
    assert bill.lines[0].amount == Decimal("14.03")
    assert bill.total == Decimal("26.53")


def test_the_minimum_bill_tops_up_and_is_prorated() -> None:
    month = DatePeriod(start_on=date(2026, 11, 1), end_on=date(2026, 12, 1))
    bill = bill_usage({}, rate=FLAT, period=month, kind=BillKind.REGULAR, actual=True)
    assert bill.total == Decimal("15.00")
    assert bill.lines[-1].code is LineCode.MINIMUM
    assert bill.lines[-1].amount == Decimal("2.50")
    third = DatePeriod(start_on=date(2026, 11, 1), end_on=date(2026, 11, 11))
    assert bill_usage({}, rate=FLAT, period=third, kind=BillKind.CLOSING, actual=True).total == Decimal("5.00")


def test_a_period_in_two_seasons_is_split_by_days_when_only_registers_were_read() -> None:
    period = DatePeriod(start_on=date(2026, 5, 22), end_on=date(2026, 6, 21))
    usage = usage_of_reads({"night": Wh(100), "shoulder": Wh(10), "peak": Wh(1)}, rate=TOU, period=period)
    assert usage[SeasonRegister(season="winter", register="night")] == 33
    assert usage[SeasonRegister(season="summer", register="night")] == 67
    assert sum(usage.values()) == 111


def test_registers_of_the_meter_go_onto_those_of_the_rate() -> None:
    period = DatePeriod(start_on=date(2026, 11, 1), end_on=date(2026, 12, 1))
    whole = SeasonRegister(season="all_year", register="total")
    parts = {"night": Wh(5), "shoulder": Wh(3), "peak": Wh(2)}
    assert usage_of_reads(parts, rate=FLAT, period=period) == {whole: 10}
    # A meter that shows the total beside its parts is not counted twice.
    assert usage_of_reads(parts | {"total": Wh(10)}, rate=FLAT, period=period) == {whole: 10}
    assert sum(usage_of_reads(parts | {"total": Wh(10)}, rate=TOU, period=period).values()) == 10
    with pytest.raises(UsageRefused, match="did not tell night"):
        usage_of_reads({"peak": Wh(2), "shoulder": Wh(3)}, rate=TOU, period=period)
    with pytest.raises(UsageRefused, match="No register was read"):
        usage_of_reads({}, rate=TOU, period=period)


def test_registers_that_do_not_add_up_to_the_total_are_refused() -> None:
    period = DatePeriod(start_on=date(2026, 11, 1), end_on=date(2026, 12, 1))
    advances = {"night": Wh(5), "shoulder": Wh(3), "peak": Wh(2), "total": Wh(11)}
    with pytest.raises(UsageRefused, match=r"10 Wh .* 11 Wh"):
        usage_of_reads(advances, rate=TOU, period=period)


def test_usage_that_the_rate_does_not_price_is_refused_and_not_lost() -> None:
    period = DatePeriod(start_on=date(2026, 11, 1), end_on=date(2026, 12, 1))
    for place in (
        SeasonRegister(season="winter", register="total"),
        SeasonRegister(season="summer", register="peak"),
    ):
        with pytest.raises(UsageRefused, match="would be lost"):
            bill_usage({place: Wh(1)}, rate=TOU, period=period, kind=BillKind.REGULAR, actual=True)
    night = SeasonRegister(season="winter", register="night")
    with pytest.raises(UsageRefused, match="never negative"):
        bill_usage({night: Wh(-1)}, rate=TOU, period=period, kind=BillKind.REGULAR, actual=True)


def test_a_period_without_an_end_is_not_billed() -> None:
    with pytest.raises(PeriodOpen):
        bill_usage({}, rate=FLAT, period=DatePeriod(start_on=date(2026, 1, 1)), kind=BillKind.REGULAR, actual=True)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 7, 7), 24)])
def test_days_of_23_and_25_hours_count_every_hour_once(day: date, hours: int) -> None:
    period = DatePeriod(start_on=day, end_on=day + timedelta(days=1))
    load = HourlyLoad(start_at=CALENDAR.start_of_day(day), wh=(1,) * hours)
    usage = usage_of_load(load, rate=TOU, period=period, calendar=CALENDAR)
    assert sum(usage.values()) == hours
    night = sum(wh for place, wh in usage.items() if place.register == "night")
    assert night == 8 + (hours - 24)
    with pytest.raises(LoadWrong, match="does not cover"):
        short = HourlyLoad(start_at=load.start_at, wh=load.wh[:-1])
        usage_of_load(short, rate=TOU, period=period, calendar=CALENDAR)


def test_holidays_are_the_territorys_and_not_the_offices() -> None:
    storm = date(2026, 7, 7)
    closed = ServiceCalendar(key="X", zone="America/Chicago", extra_closed=frozenset({storm}))
    assert not is_tariff_holiday(storm, calendar=closed)
    assert is_tariff_holiday(date(2026, 7, 3), calendar=closed)  # observed: the fourth is a Saturday
    assert is_tariff_holiday(date(2026, 11, 26), calendar=CALENDAR)
    # The last of 2027 is the observance of a day of 2028, which is a Saturday.
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(3 * 365)]
    own = {day for day in days if is_tariff_holiday(day, calendar=closed)}
    assert tariff_holidays(days, calendar=closed) == own
    assert date(2027, 12, 31) in own and not own & {storm, date(2028, 1, 1)}


def test_a_load_begins_at_a_full_hour_of_utc_and_draws() -> None:
    at = CALENDAR.start_of_day(date(2026, 1, 1))
    with pytest.raises(LoadWrong, match="no full hour"):
        HourlyLoad(start_at=at + timedelta(minutes=30), wh=(1,))
    with pytest.raises(LoadWrong, match="less than nothing"):
        HourlyLoad(start_at=at, wh=(-1,))
    with pytest.raises(LoadWrong, match="not given in UTC"):
        HourlyLoad(start_at=at.replace(tzinfo=None), wh=(1,))
