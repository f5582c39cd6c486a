"""What goes with a rate: prices of hours, adders in events, credits per kWh; found from an hourly load, exact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from evenroll.costs.bill import Bill, BillKind, BillLine, Extra, LineCode, SeasonRegister, UsageRefused
from evenroll.costs.usage import HourlyLoad, hours_of_period, places_from
from evenroll.programs.program import ProgramVersion, ServiceChange
from evenroll.programs.program_terms import EventTerms, Incentive
from evenroll.programs.rate import Rate, is_hourly
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.energy import kwh
from evenroll.quantities.identifiers import RateKey
from evenroll.quantities.money import ZERO
from evenroll.quantities.periods import DatePeriod

HourPrices = Mapping[datetime, Decimal]
"""USD per kWh by the start of each hour, UTC."""


class KnownPrices(HourPrices):
    """Prices of hours that never change, so that what is made of them can be kept: told apart by which object it is."""

    __slots__ = ("_usd",)

    def __init__(self, usd: HourPrices) -> None:
        self._usd = dict(usd)

    def __getitem__(self, at: datetime) -> Decimal:
        return self._usd[at]

    def __iter__(self) -> Iterator[datetime]:
        return iter(self._usd)

    def __len__(self) -> int:
        return len(self._usd)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_WIDE: Final = Context(prec=60)
_NO_PRICES: Final[HourPrices] = {}


class PricingCode(StrEnum):
    """Why something cannot be priced; the sentences stand in the message catalog."""

    UNPRICED = "unpriced"
    HOURS_MISSING = "hours_missing"
    SERIES_GAP = "series_gap"


class PricingRefused(UsageRefused):
    """A price that is not there. code: which; parameters: as text."""

    def __init__(self, message: str, *, code: PricingCode, parameters: Mapping[str, str]) -> None:
        super().__init__(message)
        self.code = code
        self.parameters = dict(parameters)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pricing:
    """A rate as it is used: with the prices of its series, the events called, and what a program adds and gives back.

    hour_prices: of the rate's series. events: how events may be called, and what energy costs more in them;
    event_hours: the starts of the hours in those that were called, UTC. credits: incentives per kWh of all energy.
    riders: what is laid on the rate. is_beside: the vehicle alone is on it, and the household stays where it is.
    """

    rate: Rate
    hour_prices: HourPrices = field(default_factory=lambda: _NO_PRICES, repr=False)
    event_hours: frozenset[datetime] = field(default=frozenset(), repr=False)
    events: EventTerms | None = None
    credits: tuple[Incentive, ...] = ()
    riders: tuple[RateKey, ...] = ()
    is_beside: bool = False

    @property
    def event_usd_per_kwh(self) -> Decimal:
        """What energy costs more in event hours, USD per kWh."""
        return self.events.usd_per_kwh if self.events else Decimal(0)

    @property
    def needs_hours(self) -> bool:
        """Whether it can be billed from interval usage alone."""
        return is_hourly(self.rate) or self.event_usd_per_kwh > 0


def pricing_of(rate: Rate, *, program: ProgramVersion | None) -> Pricing:
    """The rate with what a program lays on it; without prices of hours and events, which come from elsewhere."""
    if program is None:
        return Pricing(rate=rate)
    return Pricing(
        rate=rate,
        events=program.events,
        is_beside=program.service_change is ServiceChange.NEW_SEPARATE_SERVICE,
        credits=program.billed_incentives,
    )


def prices_from(from_at: datetime, *, hours: int, pricing: Pricing, calendar: ServiceCalendar) -> tuple[Decimal, ...]:
    """What one more kWh costs in each of so many hours from an instant on, USD. Raises PricingRefused.

    On a price with steps it is that of the first step. Credits, the same in every hour of a month, are left out.
    """
    of_register = {
        SeasonRegister(season=season.key, register=row.register): row.usd_per_kwh
        for season in pricing.rate.seasons
        for row in season.prices
    }
    places = places_from(from_at, hours=hours, rate=pricing.rate, calendar=calendar)
    return tuple(
        of_register[place] + _beside_register(from_at + hour * _HOUR, pricing=pricing)
        for hour, place in enumerate(places)
    )


def _beside_register(at: datetime, *, pricing: Pricing) -> Decimal:
    price = _hour_price(at, pricing=pricing) if is_hourly(pricing.rate) else Decimal(0)
    return price + pricing.event_usd_per_kwh if at in pricing.event_hours else price


def extras_of_load(
    load: HourlyLoad, *, pricing: Pricing, period: DatePeriod, calendar: ServiceCalendar
) -> tuple[Extra, ...]:
    """The lines beside the rate's own, for the energy of a load over the period's days.

    One line for all prices of hours, one for all event hours, one per credit. Raises PricingRefused where an hour has
    no price, LoadWrong if the load does not cover the period.
    """
    if not (pricing.needs_hours or pricing.credits):
        return ()
    hours = tuple(_hours(load, period=period, calendar=calendar))
    found: list[Extra] = []
    if is_hourly(pricing.rate):
        usd = Decimal(0)
        for at, wh in hours:
            usd = _WIDE.add(usd, _WIDE.multiply(kwh(wh), _hour_price(at, pricing=pricing)))
        found.append(Extra(code=LineCode.HOURLY_PRICES, quantity_wh=sum(wh for _, wh in hours), usd=usd))
    if pricing.event_usd_per_kwh > 0:
        wh = sum(wh for at, wh in hours if at in pricing.event_hours)
        usd = _WIDE.multiply(kwh(wh), pricing.event_usd_per_kwh)
        found.append(Extra(code=LineCode.EVENT, quantity_wh=wh, usd=usd))
    zone = ZoneInfo(calendar.zone)
    for each in pricing.credits:
        wh = sum(wh for at, wh in hours if not each.months or at.astimezone(zone).month in each.months)
        found.append(_credit(each, wh=wh))
    return tuple(found)


def extras_of_total(wh: int, *, pricing: Pricing, period: DatePeriod) -> tuple[Extra, ...]:
    """The same from registers, which do not tell hours: credits only, their months by days. Raises PricingRefused."""
    if pricing.needs_hours:
        raise PricingRefused(
            f"Rate {pricing.rate.key} is billed by the hour and the usage of hours is missing. Read the intervals.",
            code=PricingCode.HOURS_MISSING,
            parameters={"rate": pricing.rate.key},
        )
    days = [period.start_on + n * _DAY for n in range(period.days)]
    return tuple(
        _credit(each, wh=wh * sum(not each.months or day.month in each.months for day in days) // len(days))
        for each in pricing.credits
    )


def settled_by_others(wh: int, *, rate: RateKey, period: DatePeriod, kind: BillKind, actual: bool) -> Bill:
    """A bill that states energy and days and no amount, where the catalog does not know what they cost."""
    line = BillLine(code=LineCode.SETTLED_BY_OTHERS, quantity_wh=wh, days=period.days, price=Decimal(0), amount=ZERO)
    end_on: date = period.start_on + timedelta(days=period.days)
    return Bill(
        kind=kind,
        rate=rate,
        start_on=period.start_on,
        end_on=end_on,
        lines=(line,),
        total=ZERO,
        actual=actual,
        priced=False,
    )


def with_prices(pricing: Pricing, *, hour_prices: HourPrices, event_hours: frozenset[datetime]) -> Pricing:
    """The same with the prices of the hours, and the hours of the events that were called."""
    return replace(pricing, hour_prices=hour_prices, event_hours=event_hours)


def _credit(incentive: Incentive, *, wh: int) -> Extra:
    usd = -_WIDE.multiply(kwh(wh), incentive.usd)
    return Extra(code=LineCode.CREDIT, name=incentive.code, quantity_wh=wh, usd=usd)


def _hours(load: HourlyLoad, *, period: DatePeriod, calendar: ServiceCalendar) -> Iterator[tuple[datetime, int]]:
    first, count = hours_of_period(load, period=period, calendar=calendar)
    for hour in range(first, first + count):
        yield load.start_at + hour * _HOUR, load.wh[hour]


def _hour_price(at: datetime, *, pricing: Pricing) -> Decimal:
    price = pricing.hour_prices.get(at)
    if price is None:
        series = pricing.rate.hourly_series
        raise PricingRefused(
            f"Series {series} has no price for the hour from {at}, so rate {pricing.rate.key} cannot be billed. "
            "Load the prices of that hour.",
            code=PricingCode.SERIES_GAP,
            parameters={"series": series, "rate": pricing.rate.key, "at": at.isoformat()},
        )
    return price
