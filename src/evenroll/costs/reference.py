"""The reference biller: slow, readable, exact decimals. Any faster engine must agree with it to the cent."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final

from evenroll.costs.bill import Bill, BillKind, BillLine, Extra, LineCode, SeasonRegister, SeasonUsage, UsageRefused
from evenroll.programs.rate import Rate, RegisterPrice, StepBasis, is_hourly, season_at
from evenroll.quantities.energy import Wh, kwh
from evenroll.quantities.money import ZERO, cents
from evenroll.quantities.periods import DatePeriod

# Wide enough that a prorated charge is cut far beyond the place where half a cent would be decided.
_WIDE: Final = Context(prec=60)
_NOTHING: Final = Wh(0)
_MEAN: Final = Decimal("0.00001")
_WH_OF_KWH: Final = 1000
_DAYS_OF_MONTH: Final = 30


def bill_usage(
    usage: SeasonUsage,
    *,
    rate: Rate,
    period: DatePeriod,
    kind: BillKind,
    actual: bool,
    extras: tuple[Extra, ...] = (),
) -> Bill:
    """The bill of the usage over the period: each line rounded once, the total their sum.

    usage: Wh by season and register; what a touched season prices and usage leaves out counts as zero.
    period: days in the territory. actual: whether all reads were taken and none estimated. Charges per month
    are prorated by days, each day being its share of its own calendar month, so that a closing and a first
    bill together charge what one bill would, but for rounding. A minimum bill looks at what the rate itself charges,
    prices of hours included, and not at events and credits. extras: what `pricing` finds beside the rate's own lines.
    Raises UsageRefused, PeriodOpen.
    """
    _check_priced(rate)
    days_of = season_days(rate, period=period)
    _check(usage, rate=rate, seasons=frozenset(days_of))
    _check_hours(usage, rate=rate, extras=extras)
    months = prorated_months(period)
    own = [
        *_energy_lines(usage, rate=rate, parts=_season_parts(rate, period=period)),
        *(_extra_line(each, rate=rate) for each in extras if each.code is LineCode.HOURLY_PRICES),
        *_fixed_lines(rate, period, months=months),
    ]
    lines = [
        *own,
        *_minimum_lines(rate, period, months=months, charged=sum((line.amount for line in own), ZERO)),
        *(_extra_line(each, rate=rate) for each in extras if _is_said(each)),
    ]
    return Bill(
        kind=kind,
        rate=rate.key,
        start_on=period.start_on,
        end_on=period.start_on + timedelta(days=period.days),
        lines=tuple(lines),
        total=sum((line.amount for line in lines), ZERO),
        actual=actual,
    )


def _minimum_lines(rate: Rate, period: DatePeriod, *, months: Fraction, charged: Decimal) -> list[BillLine]:
    price = rate.minimum_bill_usd_per_month
    missing = cents(_exact(price, times=months), rule=rate.rounding) - charged
    if missing <= 0:
        return []
    return [BillLine(code=LineCode.MINIMUM, days=period.days, price=price, amount=missing)]


def _is_said(extra: Extra) -> bool:
    """Whether an event or a credit has a line: not where no energy fell into it."""
    return extra.code is not LineCode.HOURLY_PRICES and extra.quantity_wh > 0


def _extra_line(extra: Extra, *, rate: Rate) -> BillLine:
    return BillLine(
        code=extra.code,
        register=extra.name,
        quantity_wh=extra.quantity_wh,
        price=mean_price(extra),
        amount=cents(extra.usd, rule=rate.rounding),
    )


def mean_price(extra: Extra) -> Decimal:
    """USD per kWh of the energy of an extra, to 5 decimals; zero where it has none."""
    if not extra.quantity_wh:
        return Decimal(0)
    return _WIDE.divide(extra.usd, kwh(extra.quantity_wh)).quantize(_MEAN, context=_WIDE)


def _check_priced(rate: Rate) -> None:
    if rate.unpriced:
        raise UsageRefused(
            f"Rate {rate.key} cannot be billed: the catalog lacks {', '.join(rate.unpriced)}. Add its sheet or series."
        )
    if rate.rides_on:
        raise UsageRefused(
            f"Rate {rate.key} is a rider and prices no energy by itself. Bill the rate that it rides on, with it."
        )


def _check_hours(usage: SeasonUsage, *, rate: Rate, extras: tuple[Extra, ...]) -> None:
    """The prices of the hours must cover the energy of the usage, all of it and no more."""
    hourly = [each.quantity_wh for each in extras if each.code is LineCode.HOURLY_PRICES]
    if len(hourly) != (1 if is_hourly(rate) else 0):
        raise UsageRefused(
            f"Rate {rate.key} needs the prices of the hours of series {rate.hourly_series!r} once, and got "
            f"{len(hourly)}. Give what `pricing.extras_of_load` finds."
        )
    counted = sum(usage.values())
    if hourly and hourly[0] != counted:
        raise UsageRefused(
            f"The hours priced for rate {rate.key} hold {hourly[0]} Wh and its registers {counted} Wh. "
            "Take both from the same load."
        )


def _season_parts(rate: Rate, *, period: DatePeriod) -> dict[str, tuple[int, Fraction]]:
    """Days and prorated months of the period in each season it touches, in order of first day."""
    found: dict[str, tuple[int, Fraction]] = {}
    for first_on, days in _month_spans(period):
        key = season_at(rate, month=first_on.month).key
        known_days, known_months = found.get(key, (0, Fraction(0)))
        share = Fraction(days, monthrange(first_on.year, first_on.month)[1])
        found[key] = (known_days + days, known_months + share)
    return found


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


def _energy_lines(usage: SeasonUsage, *, rate: Rate, parts: dict[str, tuple[int, Fraction]]) -> list[BillLine]:
    lines: list[BillLine] = []
    by_key = {season.key: season for season in rate.seasons}
    for key, (days, months) in parts.items():
        for row in by_key[key].prices:
            wh = usage.get(SeasonRegister(season=key, register=row.register), _NOTHING)
            for price, share in _by_steps(row, wh=wh, days=days, months=months):
                lines.append(
                    BillLine(
                        code=LineCode.ENERGY,
                        register=row.register,
                        season=key,
                        quantity_wh=share,
                        price=price,
                        amount=cents(_WIDE.multiply(kwh(share), price), rule=rate.rounding),
                    )
                )
    return lines


def _by_steps(row: RegisterPrice, *, wh: int, days: int, months: Fraction) -> list[tuple[Decimal, int]]:
    """The energy of a register by price, Wh; a further step only where energy reaches it.

    The energy at which a step begins is prorated by the days of the season billed and cut to whole Wh.
    """
    if row.basis is None:
        return [(row.usd_per_kwh, wh)]
    times = {
        StepBasis.DAY: Fraction(days),
        StepBasis.MONTH_OF_30_DAYS: Fraction(days, _DAYS_OF_MONTH),
        StepBasis.CALENDAR_MONTH: months,
    }[row.basis]
    starts = [int(Fraction(step.from_kwh) * times * _WH_OF_KWH) for step in row.steps]
    prices = [row.usd_per_kwh, *(step.usd_per_kwh for step in row.steps)]
    found: list[tuple[Decimal, int]] = []
    for price, start, end in zip(prices, [0, *starts], [*starts, wh], strict=True):
        share = min(wh, max(end, start)) - start
        if share > 0 or not found:
            found.append((price, max(share, 0)))
    return found


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
