"""The reference biller: slow, readable, exact decimals. Any faster engine must agree with it to the cent."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final

from evenroll.costs.bill import Bill, BillKind, BillLine, LineCode, SeasonRegister, SeasonUsage, UsageRefused
from evenroll.programs.rate import Rate, season_at
from evenroll.quantities.energy import Wh, kwh
from evenroll.quantities.money import ZERO, cents
from evenroll.quantities.periods import DatePeriod

# Wide enough that a prorated charge is cut far beyond the place where half a cent would be decided.
_WIDE: Final = Context(prec=60)
_NOTHING: Final = Wh(0)


def bill_usage(usage: SeasonUsage, *, rate: Rate, period: DatePeriod, kind: BillKind, actual: bool) -> Bill:
    """The bill of the usage over the period: each line rounded once, the total their sum.

    usage: Wh by season and register; what a touched season prices and usage leaves out counts as zero.
    period: days in the territory. actual: whether all reads were taken and none estimated. Charges per month
    are prorated by days, each day being its share of its own calendar month, so that a closing and a first
    bill together charge what one bill would, but for rounding. Raises UsageRefused, PeriodOpen.
    """
    days_of = season_days(rate, period=period)
    _check(usage, rate=rate, seasons=frozenset(days_of))
    months = prorated_months(period)
    lines = [
        *_energy_lines(usage, rate=rate, seasons=tuple(days_of)),
        *_fixed_lines(rate, period, months=months),
    ]
    minimum = _exact(rate.minimum_bill_usd_per_month, times=months)
    missing = cents(minimum, rule=rate.rounding) - sum((line.amount for line in lines), ZERO)
    if missing > 0:
        price = rate.minimum_bill_usd_per_month
        lines.append(BillLine(code=LineCode.MINIMUM, days=period.days, price=price, amount=missing))
    return Bill(
        kind=kind,
        rate=rate.key,
        start_on=period.start_on,
        end_on=period.start_on + timedelta(days=period.days),
        lines=tuple(lines),
        total=sum((line.amount for line in lines), ZERO),
        actual=actual,
    )


def season_days(rate: Rate, *, period: DatePeriod) -> dict[str, int]:
    """Days of the period in each season it touches, by key, in order of first day. Raises PeriodOpen."""
    found: dict[str, int] = {}
    for first_on, days in _month_spans(period):
        season = season_at(rate, month=first_on.month).key
        found[season] = found.get(season, 0) + days
    return found


def prorated_months(period: DatePeriod) -> Fraction:
    """The period in months, exact: each day is its share of its own calendar month. Raises PeriodOpen."""
    spans = _month_spans(period)
    return sum((Fraction(days, monthrange(on.year, on.month)[1]) for on, days in spans), Fraction(0))


def _month_spans(period: DatePeriod) -> list[tuple[date, int]]:
    """The first day and number of days of each calendar month's part of the period."""
    spans: list[tuple[date, int]] = []
    on, left = period.start_on, period.days
    while left:
        days = min(left, monthrange(on.year, on.month)[1] - on.day + 1)
        spans.append((on, days))
        on, left = on + timedelta(days=days), left - days
    return spans


def _check(usage: SeasonUsage, *, rate: Rate, seasons: frozenset[str]) -> None:
    priced = {
        SeasonRegister(season=season.key, register=row.register)
        for season in rate.seasons
        if season.key in seasons
        for row in season.prices
    }
    for place, wh in usage.items():
        if wh < 0:
            raise UsageRefused(f"Register {place.register} has {wh} Wh; energy is never negative. Check the reads.")
        if place not in priced:
            raise UsageRefused(
                f"Rate {rate.key} has no price for register {place.register!r} in season {place.season!r} "
                "within this period, so its energy would be lost. "
                "Split the usage by the registers and seasons of this rate."
            )


def _energy_lines(usage: SeasonUsage, *, rate: Rate, seasons: tuple[str, ...]) -> list[BillLine]:
    lines: list[BillLine] = []
    by_key = {season.key: season for season in rate.seasons}
    for key in seasons:
        for row in by_key[key].prices:
            wh = usage.get(SeasonRegister(season=key, register=row.register), _NOTHING)
            lines.append(
                BillLine(
                    code=LineCode.ENERGY,
                    register=row.register,
                    season=key,
                    quantity_wh=wh,
                    price=row.usd_per_kwh,
                    amount=cents(_WIDE.multiply(kwh(wh), row.usd_per_kwh), rule=rate.rounding),
                )
            )
    return lines


def _fixed_lines(rate: Rate, period: DatePeriod, *, months: Fraction) -> list[BillLine]:
    charges = (
        (LineCode.FIXED_MONTHLY, rate.fixed_usd_per_month, months),
        (LineCode.FIXED_DAILY, rate.fixed_usd_per_day, Fraction(period.days)),
    )
    return [
        BillLine(
            code=code,
            days=period.days,
            price=price,
            amount=cents(_exact(price, times=times), rule=rate.rounding),
        )
        for code, price, times in charges
        if price
    ]


def _exact(price: Decimal, *, times: Fraction) -> Decimal:
    amount = Fraction(price) * times
    return _WIDE.divide(Decimal(amount.numerator), Decimal(amount.denominator))
