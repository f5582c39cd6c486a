"""The ways of a year in whole numbers: what `ways.way` tells of a load, to the cent, at all sizes of use in one go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

import numpy as np

from evenroll.costs.bill import Bill, BillKind, BillLine, Extra, LineCode
from evenroll.costs.charging import ChargingYear
from evenroll.costs.lattice.schedule import scaled
from evenroll.costs.pricing import HourPrices, KnownPrices, Pricing
from evenroll.costs.rate_year import Ints, RateYear, cents_of_e11, rate_year
from evenroll.costs.reference import mean_price
from evenroll.costs.usage import HourlyLoad
from evenroll.costs.ways import PERCENTS, Way
from evenroll.programs.rate import is_hourly
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.money import ZERO

_HOUR: Final = timedelta(hours=1)
_HUNDRED: Final = 100
_MID: Final = PERCENTS.index(_HUNDRED)
_PERCENTS: Final = np.array(PERCENTS, dtype=np.int64)
# Prices of hours up to this one, 1e-8 USD per kWh, and so much energy in a month, leave products in 64 bits.
_PRICE_MAX: Final = 2**31 - 1
_MONTH_WH_MAX: Final = 2**31 // 120


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class PricedYear:
    """A pricing over a calendar year.

    hour_e8: (hour,), the prices of the hours. event_e8: what an hour of an event adds; in_event: those hours.
    more_e8: (hour,), what one more kWh costs, the first step of a price with steps.
    """

    pricing: Pricing
    of: RateYear
    hour_e8: Ints | None
    in_event: Ints
    event_e8: int
    more_e8: Ints


def priced_year(pricing: Pricing, *, year: int, calendar: ServiceCalendar) -> PricedYear | None:
    """The pricing over a calendar year; None where whole numbers of 64 bits cannot hold it, or it has no bill."""
    of = rate_year(pricing.rate, year=year, calendar=calendar)
    if of is None:
        return None
    start_at = of.rates.lattice.start_at
    hour_e8 = None
    if is_hourly(pricing.rate):
        hour_e8 = _hours_e8(pricing.hour_prices, start_at=start_at, hours=of.hours)
        if hour_e8 is None:
            return None
    if not _fits(pricing.event_usd_per_kwh) or not all(_fits(each.usd) for each in pricing.credits):
        return None
    places = ((at - start_at) // _HOUR for at in pricing.event_hours)
    in_event = np.array(sorted(place for place in places if 0 <= place < of.hours), dtype=np.int64)
    event_e8 = scaled(pricing.event_usd_per_kwh)
    more_e8 = of.price_e8[of.of_hour, 0] + (0 if hour_e8 is None else hour_e8)
    more_e8[in_event] += event_e8
    return PricedYear(pricing=pricing, of=of, hour_e8=hour_e8, in_event=in_event, event_e8=event_e8, more_e8=more_e8)


def wh_of_year(load: HourlyLoad, *, of: RateYear) -> Ints | None:
    """The load of the year's hours, Wh; None where it is more than is priced exactly here."""
    first = (of.rates.lattice.start_at - load.start_at) // _HOUR
    wh = np.array(load.wh[first : first + of.hours], dtype=np.int64)
    is_much = int(np.add.reduceat(wh, of.month_first[:-1]).max()) > _MONTH_WH_MAX
    return None if is_much or len(wh) < of.hours else wh


def charged_cheapest(sessions: ChargingYear, *, more_e8: Ints) -> HourlyLoad:
    """As `charging.charge_cheapest`: the cheapest hours of each stay are filled first, among equals the earliest."""
    longest = max(len(hours) for hours, _ in sessions.sessions)
    places = np.array([(*hours, *(0,) * (longest - len(hours))) for hours, _ in sessions.sessions], dtype=np.int64)
    lengths = np.array([len(hours) for hours, _ in sessions.sessions])
    needed = np.array([wh for _, wh in sessions.sessions], dtype=np.int64)
    is_there = np.arange(longest) < lengths[:, None]
    order = np.argsort(np.where(is_there, more_e8[places], np.iinfo(np.int64).max), axis=1, kind="stable")
    drawn = np.clip(needed[:, None] - np.arange(longest) * sessions.power_w, 0, sessions.power_w)
    wh = np.zeros(sessions.hours, dtype=np.int64)
    np.add.at(wh, np.take_along_axis(places, order, axis=1), drawn * np.take_along_axis(is_there, order, axis=1))
    return HourlyLoad(start_at=sessions.start_at, wh=tuple(wh.tolist()))


def way_of_year(priced: PricedYear, *, household: Ints, pev: Ints) -> Way:
    """The year of a household and its vehicle, (hour,), Wh: bill(with) - bill(without) is the vehicle's part."""
    base, added = _sums(household, priced), _sums(pev, priced)
    nothing = _Sums(
        registers=np.zeros_like(added.registers),
        hourly_e11=np.zeros_like(added.hourly_e11),
        events_wh=np.zeros_like(added.events_wh),
        credits_wh=np.zeros_like(added.credits_wh),
        months_wh=np.zeros_like(added.months_wh),
    )
    whole, without = _cents(priced, base, added), _cents(priced, base, nothing)
    totals, bare = whole.totals.sum(axis=0), without.totals.sum(axis=0)
    return Way(
        rate=priced.pricing.rate.key,
        costs=tuple(_usd(int(each)) for each in totals),
        pev=tuple(_usd(int(each)) for each in totals - bare),
        bills=_bills(priced, base=base, added=added, cents=whole),
    )


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Sums:
    """A load by what prices it. registers: (register,), Wh. The others: (month,), credits_wh (credit, month)."""

    registers: Ints
    hourly_e11: Ints
    events_wh: Ints
    credits_wh: Ints
    months_wh: Ints


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Cents:
    """Cents by size of use. steps_wh, steps: (register, step, size). totals and the others: (month, size)."""

    steps_wh: Ints
    steps: Ints
    hourly: Ints
    events: Ints
    credits: Ints
    topped: Ints
    totals: Ints


def _sums(wh: Ints, priced: PricedYear) -> _Sums:
    of = priced.of
    first = of.month_first[:-1]
    months = np.add.reduceat(wh, first)
    # Sums of whole Wh are far below 2^53, so that floating point holds them exactly.
    registers = np.bincount(of.of_hour, weights=wh, minlength=len(of.registers)).astype(np.int64)
    hourly = np.zeros(len(first), np.int64) if priced.hour_e8 is None else np.add.reduceat(wh * priced.hour_e8, first)
    of_month = np.searchsorted(of.month_first, priced.in_event, side="right") - 1
    events = np.bincount(of_month, weights=wh[priced.in_event], minlength=len(first)).astype(np.int64)
    credits = [
        [wh if not each.months or month + 1 in each.months else 0 for month, wh in enumerate(months.tolist())]
        for each in priced.pricing.credits
    ]
    return _Sums(
        registers=registers,
        hourly_e11=hourly,
        events_wh=events,
        credits_wh=np.array(credits, dtype=np.int64).reshape(-1, len(first)),
        months_wh=months,
    )


def _cents(priced: PricedYear, base: _Sums, added: _Sums) -> _Cents:
    """All bills at all sizes of use, each line rounded once."""
    of, rule = priced.of, priced.of.rate.rounding
    # Of a size of use each register is cut to whole Wh, for the household and for the vehicle.
    wh = _shares(base.registers) + _shares(added.registers)
    ends = np.concatenate((of.starts[:, 1:], np.full((len(of.starts), 1), np.iinfo(np.int64).max)), axis=1)
    steps_wh = np.minimum(wh[:, None, :], np.maximum(ends, of.starts)[:, :, None]) - of.starts[:, :, None]
    steps_wh = np.maximum(steps_wh, 0)
    steps = cents_of_e11(steps_wh * of.price_e8[:, :, None], rule=rule)
    own = np.zeros((len(of.periods), len(PERCENTS)), dtype=np.int64)
    np.add.at(own, of.month_of, steps.sum(axis=1))
    hourly = cents_of_e11((base.hourly_e11 + added.hourly_e11)[:, None] * _PERCENTS, rule=rule, per=_HUNDRED)
    own += hourly + of.fixed_cents[:, None]
    # As the exact biller: a bill is never less than its minimum, and that is zero where none is stated.
    topped = np.maximum(of.least_cents[:, None] - own, 0)
    events = _beside(base.events_wh, added.events_wh, price_e8=priced.event_e8, priced=priced)
    credits = np.array(
        [
            _beside(one, other, price_e8=-scaled(each.usd), priced=priced)
            for each, one, other in zip(priced.pricing.credits, base.credits_wh, added.credits_wh, strict=True)
        ],
        dtype=np.int64,
    ).reshape(-1, *own.shape)
    totals = own + topped + events + credits.sum(axis=0)
    return _Cents(
        steps_wh=steps_wh, steps=steps, hourly=hourly, events=events, credits=credits, topped=topped, totals=totals
    )


def _shares(wh: Ints) -> Ints:
    """Whole Wh at each size of use, on a further axis."""
    return wh[..., None] * _PERCENTS // _HUNDRED


def _beside(base: Ints, added: Ints, *, price_e8: int, priced: PricedYear) -> Ints:
    """A line beside the rate's own; none where no energy falls into it."""
    amount = ((base + added) * price_e8)[:, None] * _PERCENTS
    found = cents_of_e11(amount, rule=priced.of.rate.rounding, per=_HUNDRED)
    return np.where(_shares(base) + _shares(added) > 0, found, 0)


def _bills(priced: PricedYear, *, base: _Sums, added: _Sums, cents: _Cents) -> tuple[Bill, ...]:
    """The bills at the use that was assumed."""
    of = priced.of
    lines: list[list[BillLine]] = [[] for _ in of.periods]
    for number, each in enumerate(of.registers):
        for step, price in enumerate(each.prices):
            wh = int(cents.steps_wh[number, step, _MID])
            if wh or not step:
                lines[each.month].append(
                    BillLine(
                        code=LineCode.ENERGY,
                        register=each.register,
                        season=each.season,
                        quantity_wh=wh,
                        price=price,
                        amount=_usd(int(cents.steps[number, step, _MID])),
                    )
                )
    for month, own in enumerate(lines):
        own.extend(_other_lines(priced, month=month, base=base, added=added, cents=cents))
    return tuple(
        Bill(
            kind=BillKind.REGULAR,
            rate=of.rate.key,
            start_on=period.start_on,
            end_on=period.start_on + timedelta(days=period.days),
            lines=tuple(own),
            total=_usd(int(total)),
            actual=False,
        )
        for period, own, total in zip(of.periods, lines, cents.totals[:, _MID], strict=True)
    )


def _other_lines(priced: PricedYear, *, month: int, base: _Sums, added: _Sums, cents: _Cents) -> list[BillLine]:
    """Beside the registers, in the order of the exact biller: hours, what is fixed, the minimum, events, credits."""
    of, found = priced.of, list[BillLine]()
    if priced.hour_e8 is not None:
        usd = Decimal(int(base.hourly_e11[month] + added.hourly_e11[month])).scaleb(-11)
        wh = int(base.months_wh[month] + added.months_wh[month])
        found.append(_priced_line(LineCode.HOURLY_PRICES, wh=wh, usd=usd, amount=int(cents.hourly[month, _MID])))
    found += [
        BillLine(code=each.code, days=each.days, price=each.price, amount=_usd(each.cents))
        for each in of.rates.fixed
        if each.bill == month
    ]
    if cents.topped[month, _MID]:
        amount = _usd(int(cents.topped[month, _MID]))
        price = of.rate.minimum_bill_usd_per_month
        found.append(BillLine(code=LineCode.MINIMUM, days=of.periods[month].days, price=price, amount=amount))
    wh = int(base.events_wh[month] + added.events_wh[month])
    if wh and priced.event_e8:
        usd = Decimal(wh * priced.event_e8).scaleb(-11)
        found.append(_priced_line(LineCode.EVENT, wh=wh, usd=usd, amount=int(cents.events[month, _MID])))
    for number, each in enumerate(priced.pricing.credits):
        wh = int(base.credits_wh[number, month] + added.credits_wh[number, month])
        if wh:
            usd = Decimal(-wh * scaled(each.usd)).scaleb(-11)
            amount = int(cents.credits[number, month, _MID])
            found.append(_priced_line(LineCode.CREDIT, wh=wh, usd=usd, amount=amount, name=each.code))
    return found


def _priced_line(code: LineCode, *, wh: int, usd: Decimal, amount: int, name: str = "") -> BillLine:
    price = mean_price(Extra(code=code, name=name, quantity_wh=wh, usd=usd))
    return BillLine(code=code, register=name, quantity_wh=wh, price=price, amount=_usd(amount))


def _hours_e8(known: HourPrices, *, start_at: datetime, hours: int) -> Ints | None:
    # Household after household is priced at the same hours.
    if isinstance(known, KnownPrices):
        return _kept_e8(known, start_at=start_at, hours=hours)
    return _e8_of_hours(known, start_at=start_at, hours=hours)


def _e8_of_hours(known: HourPrices, *, start_at: datetime, hours: int) -> Ints | None:
    """(hour,), 1e-8 USD per kWh; None where one is not known or does not fit."""
    told = [known.get(start_at + hour * _HOUR) for hour in range(hours)]
    if not all(price is not None and _fits(price) for price in told):
        return None
    found = np.array([scaled(price) for price in told if price is not None], dtype=np.int64)
    found.setflags(write=False)
    return found


_kept_e8 = lru_cache(maxsize=16)(_e8_of_hours)


def _fits(price: Decimal) -> bool:
    return not price.scaleb(8) % 1 and abs(price.scaleb(8)) <= _PRICE_MAX


def _usd(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2) if cents else ZERO
