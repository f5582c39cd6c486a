"""The slow truth: each interval looked at by itself, prices and money in decimals. Shares no code with the engine."""

from __future__ import annotations

import calendar as months
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from evenroll.costs.lattice.schedule import DayHours, RateSchedule, ScheduleSeason
from evenroll.costs.usage import is_tariff_holiday
from evenroll.programs.tariff_holidays import is_listed_holiday
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.money import Rounding
from evenroll.quantities.periods import DatePeriod

_WIDE = Context(prec=60)


@dataclass(kw_only=True)
class OracleBill:
    """Amounts by kind: the energy and demand by register and tier, what is fixed, and what tops up."""

    energy: list[tuple[str, int, int, Decimal]] = field(default_factory=list[tuple[str, int, int, Decimal]])
    demand: list[tuple[str, int, int, Decimal]] = field(default_factory=list[tuple[str, int, int, Decimal]])
    fixed: list[Decimal] = field(default_factory=list[Decimal])
    topped: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        """USD."""
        return sum((each[3] for each in (*self.energy, *self.demand)), sum(self.fixed, Decimal(0))) + self.topped


@dataclass(kw_only=True)
class _Days:
    """What was drawn on the days of a cycle under one version and season."""

    season: ScheduleSeason
    energy: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    peak: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    days: dict[date, None] = field(default_factory=dict[date, None])


def oracle_bill(
    wh: Sequence[int],
    *,
    starts_at: datetime,
    minutes: int,
    history: Sequence[RateSchedule],
    cycle: DatePeriod,
    calendar: ServiceCalendar,
) -> OracleBill:
    """The bill of one load on one rate over one cycle. wh: by interval from starts_at on."""
    found: dict[tuple[date, str], _Days] = {}
    versions: dict[date, RateSchedule] = {}
    for n, drawn in enumerate(wh):
        local = (starts_at + timedelta(minutes=n * minutes)).astimezone(UTC).astimezone(ZoneInfo(calendar.zone))
        day = local.date()
        if not cycle.contains(day):
            continue
        version = max((each for each in history if each.effective_on <= day), key=lambda each: each.effective_on)
        season = next(each for each in version.seasons if day.month in each.months)
        versions[version.effective_on] = version
        days = found.setdefault((version.effective_on, season.key), _Days(season=season))
        days.days[day] = None
        days.energy[_register(season.hours, local=local, version=version, calendar=calendar)] += drawn
        watts = drawn * 60 // minutes
        days.peak[""] = max(days.peak[""], watts)
        if season.demand_hours is not None:
            name = _register(season.demand_hours, local=local, version=version, calendar=calendar)
            days.peak[f"of {name}"] = max(days.peak[f"of {name}"], watts)
    bill = OracleBill()
    for (since, _), days in found.items():
        _energy(bill, days=days, rounding=versions[since].rounding)
        _demand(bill, days=days, rounding=versions[since].rounding)
    _charges(bill, found=found, versions=versions)
    return bill


def _register(hours: DayHours, *, local: datetime, version: RateSchedule, calendar: ServiceCalendar) -> str:
    day = local.date()
    match version.holidays:
        case "none":
            holiday = False
        case "territory":
            holiday = is_tariff_holiday(day, calendar=calendar)
        case key:
            holiday = is_listed_holiday(day, key=key)
    if holiday and hours.holiday is not None:
        return hours.holiday[local.hour]
    return hours.weekend[local.hour] if holiday or day.weekday() > 4 else hours.weekday[local.hour]


def _month_share(days: Sequence[date]) -> Fraction:
    return sum((Fraction(1, months.monthrange(day.year, day.month)[1]) for day in days), Fraction(0))


def _cents(amount: Fraction, rounding: Rounding) -> Decimal:
    mode = ROUND_HALF_EVEN if rounding is Rounding.HALF_EVEN else ROUND_HALF_UP
    usd = _WIDE.divide(Decimal(amount.numerator), Decimal(amount.denominator))
    return usd.quantize(Decimal("0.01"), rounding=mode, context=_WIDE)


def _energy(bill: OracleBill, *, days: _Days, rounding: Rounding) -> None:
    count = {"day": Fraction(len(days.days)), "month_of_30_days": Fraction(len(days.days), 30)}
    for block in days.season.blocks:
        times = count.get(block.basis.value, _month_share([*days.days]))
        limits = [Fraction(limit) * times * 1000 for limit in block.limits]
        if block.per_kw:
            # The limit for a kW is cut to a millionth of a kWh.
            limits = [Fraction(int(limit * 1000), 10**6) * days.peak[""] for limit in limits]
        edges = [int(limit) for limit in limits]
        left = {name: days.energy[name] for name in block.registers}
        begun = 0
        for tier in range(len(edges) + 1):
            whole = sum(left.values())
            size = whole if tier == len(edges) else min(whole, max(0, edges[tier] - begun))
            begun += size
            for name, share in _shares(size, of=left).items():
                left[name] -= share
                price = Fraction(block.usd_per_kwh[block.registers.index(name)][tier])
                bill.energy.append((name, tier, share, _cents(price * Fraction(share, 1000), rounding)))


def _shares(size: int, *, of: dict[str, int]) -> dict[str, int]:
    """A whole in proportion, each running sum rounded down."""
    whole = sum(of.values())
    shares: dict[str, int] = {}
    running, before = Decimal(0), 0
    for name, amount in of.items():
        running += Decimal(amount)
        exact = _WIDE.divide(_WIDE.multiply(Decimal(size), running), Decimal(whole)) if whole else Decimal(0)
        upto = int(exact.to_integral_value(rounding=ROUND_FLOOR))
        shares[name], before = upto - before, upto
    return shares


def _demand(bill: OracleBill, *, days: _Days, rounding: Rounding) -> None:
    share = _month_share([*days.days])
    for price in days.season.demands:
        peak = days.peak[f"of {price.register}" if price.register else ""]
        lower = 0
        for tier, usd in enumerate(price.usd_per_kw):
            upper = peak if tier == len(price.limits) else int(price.limits[tier] * 1000)
            watts = max(0, min(peak, upper) - lower)
            lower = max(lower, upper)
            amount = _cents(Fraction(usd) * Fraction(watts, 1000) * share, rounding)
            bill.demand.append((price.register, tier, watts, amount))


def _charges(bill: OracleBill, *, found: dict[tuple[date, str], _Days], versions: dict[date, RateSchedule]) -> None:
    least = Fraction(0)
    for since, version in sorted(versions.items()):
        days = [day for (when, _), each in found.items() if when == since for day in each.days]
        share = _month_share(days)
        for usd, times in ((version.fixed_usd_per_month, share), (version.fixed_usd_per_day, Fraction(len(days)))):
            if usd:
                bill.fixed.append(_cents(Fraction(usd) * times, version.rounding))
        least += Fraction(version.minimum_usd_per_month) * share + Fraction(version.minimum_usd_per_day) * len(days)
    last = versions[max(versions)]
    if least:
        bill.topped = max(Decimal(0), _cents(least, last.rounding) - bill.total)
