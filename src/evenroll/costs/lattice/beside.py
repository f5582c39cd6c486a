"""What stands beside the registers of a rate: prices of hours, adders in hours of events, credits per kWh."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.bill import LineCode
from evenroll.costs.lattice.lines import Draft, EnergyPart, EventPart, HourlyPart, LineSpec
from evenroll.costs.lattice.schedule import HOURS, PRICE_E8_MAX, PRICE_PLACES, RateSchedule, scaled
from evenroll.costs.lattice.segments import Lattice
from evenroll.costs.pricing import HourPrices, Pricing
from evenroll.programs.program_terms import Incentive
from evenroll.quantities.money import Rounding

_MINUTE: Final = timedelta(minutes=1)


class PricesMissing(ValueError):
    """Hours without a price, or with one that cannot be held exactly. series: which; at: the start of the hour, UTC."""

    def __init__(self, message: str, *, series: str, at: datetime | None = None) -> None:
        super().__init__(message)
        self.series, self.at = series, at


@dataclass(frozen=True, kw_only=True, slots=True)
class LaidOn:
    """What a program lays on a rate.

    event_hours: the starts of the hours in events that were called, UTC; event_usd_per_kwh: what energy costs more in
    them. credits: incentives per kWh of all energy, of the months that they name.
    """

    event_hours: frozenset[datetime] = field(default=frozenset(), repr=False)
    event_usd_per_kwh: Decimal = Decimal(0)
    credits: tuple[Incentive, ...] = ()


NOTHING_LAID_ON: Final = LaidOn()


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """hour_prices: by series, USD per kWh by the start of each hour, UTC. laid_on: by number of the rate."""

    hour_prices: Mapping[str, HourPrices] = field(default_factory=dict[str, HourPrices], repr=False)
    laid_on: Mapping[int, LaidOn] = field(default_factory=dict[int, LaidOn], repr=False)


NOTHING_BESIDE: Final = Beside()


def laid_on_by(pricing: Pricing) -> LaidOn:
    """What a pricing lays on its rate."""
    return LaidOn(event_hours=pricing.event_hours, event_usd_per_kwh=pricing.event_usd_per_kwh, credits=pricing.credits)


def series_of(key: str, *, spans: Iterable[int], lattice: Lattice, beside: Beside) -> NDArray[np.int64]:
    """The price of each interval, 1e-8 USD per kWh, that of its hour; 0 outside of the spans. Raises PricesMissing."""
    prices = beside.hour_prices.get(key)
    if prices is None:
        raise PricesMissing(f"Series {key} was not given, so a rate with it cannot be billed. Give it.", series=key)
    found = np.zeros(lattice.intervals, dtype=np.int64)
    for span in spans:
        for n in range(int(lattice.span_first[span]), int(lattice.span_first[span + 1])):
            at = lattice.start_at + n * lattice.minutes * _MINUTE
            found[n] = _price_e8(prices.get(at.replace(minute=0)), key=key, at=at)
    return found


def _price_e8(price: Decimal | None, *, key: str, at: datetime) -> int:
    if price is None:
        raise PricesMissing(
            f"Series {key} has no price for the hour from {at}. Load the prices of that hour.", series=key, at=at
        )
    if price.scaleb(PRICE_PLACES) % 1 or abs(price.scaleb(PRICE_PLACES)) > PRICE_E8_MAX:
        raise PricesMissing(
            f"Series {key} has the price {price} USD per kWh from {at}: finer than 1e-8 or above "
            f"{PRICE_E8_MAX / 10**PRICE_PLACES:.2f}. Correct the series.",
            series=key,
            at=at,
        )
    return scaled(price)


def add_hourly(draft: Draft, *, bill: int, versions: Sequence[tuple[RateSchedule, int]]) -> None:
    """A line for the prices of all hours of a bill, by version. versions: of its spans, with their numbers."""
    for schedule, spans in groupby(versions, key=lambda each: each[0]):
        if not schedule.hourly_series:
            continue
        own = [span for _, span in spans]
        draft.hourly.append(
            HourlyPart(
                series=[*draft.series].index(schedule.hourly_series),
                first=int(draft.lattice.span_first[own[0]]),
                end=int(draft.lattice.span_first[own[-1] + 1]),
                line=len(draft.lines),
            )
        )
        draft.lines.append(LineSpec(bill=bill, code=LineCode.HOURLY_PRICES, rounding=schedule.rounding))


def add_laid_on(draft: Draft, *, bill: int, laid_on: LaidOn, rounding: Rounding) -> None:
    """A line for all hours of events, and one for each credit."""
    cycle = bill % len(draft.lattice.cycles)
    if laid_on.event_usd_per_kwh > 0:
        draft.events.append(
            EventPart(intervals=_in_events(draft.lattice, cycle=cycle, laid_on=laid_on), line=len(draft.lines))
        )
        draft.lines.append(
            LineSpec(bill=bill, code=LineCode.EVENT, price_e8=scaled(laid_on.event_usd_per_kwh), rounding=rounding)
        )
    for each in laid_on.credits:
        groups = [
            number
            for number, (span, _) in enumerate(draft.lattice.groups)
            if draft.lattice.spans[span].cycle == cycle
            and (not each.months or draft.lattice.spans[span].start_on.month in each.months)
        ]
        runs = tuple((number * HOURS, number * HOURS + HOURS) for number in groups)
        days = sum(draft.lattice.spans[span].days for span in {draft.lattice.groups[number][0] for number in groups})
        draft.energy.append(EnergyPart(slots=(runs,), limits=(), peak=None, line=len(draft.lines), days=days))
        draft.lines.append(
            LineSpec(bill=bill, code=LineCode.CREDIT, register=each.code, price_e8=-scaled(each.usd), rounding=rounding)
        )


def _in_events(lattice: Lattice, *, cycle: int, laid_on: LaidOn) -> tuple[int, ...]:
    first, end = int(lattice.cycle_first[cycle]), int(lattice.cycle_first[cycle + 1])
    return tuple(
        n
        for n in range(first, end)
        if (lattice.start_at + n * lattice.minutes * _MINUTE).replace(minute=0) in laid_on.event_hours
    )
