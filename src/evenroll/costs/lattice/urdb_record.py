"""A record of the Utility Rate Database, version 8, as a rate schedule; what is not supported is refused by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast

from evenroll.costs.lattice.schedule import (
    DayHours,
    DemandPrice,
    EnergyBlock,
    Ratchet,
    RateSchedule,
    ScheduleRefused,
    ScheduleSeason,
)
from evenroll.programs.program import Coverage
from evenroll.programs.rate import StepBasis
from evenroll.programs.tariff_holidays import NO_HOLIDAYS
from evenroll.quantities.money import Rounding

Record = Mapping[str, Any]

# Numbers come as binary floats: what lies beyond these decimals is noise of theirs.
_NOISE: Final = Decimal(1).scaleb(-13)
_ZERO: Final = Decimal(0)
_UNITS: Final[Mapping[str, tuple[StepBasis, bool]]] = {
    "kwh": (StepBasis.CALENDAR_MONTH, False),
    "kwh daily": (StepBasis.DAY, False),
    "kwh/kw": (StepBasis.CALENDAR_MONTH, True),
    "kwh/kw daily": (StepBasis.DAY, True),
}
_RATCHET: Final = ("lookbackpercent", "a ratchet over past months")
_NOT_SUPPORTED: Final = (
    ("coincidentratestructure", "demand at the hour of the system's peak"),
    ("demandreactivepowercharge", "reactive power"),
    _RATCHET,
    ("demandratchetpercentage", "a ratchet over past months"),
    ("fueladjustmentsmonthly", "an adjustment of its own for each month"),
    ("annualmincharge", "a minimum for the year"),
    ("minmonthlycharge", "a minimum in an older form"),
)
# Charges in words, beside the structures: alternatives (three phases) or additions, which only a person can tell.
_IN_WORDS: Final = ("energyattrs", "demandattrs", "fixedattrs")
# What is read, and what looks like a charge by its name and is none of a customer who draws energy from one meter.
_KNOWN: Final = frozenset(
    {
        *(name for name, _ in _NOT_SUPPORTED),
        *(f"{kind}ratestructure" for kind in ("energy", "demand", "coincident")),
        *("flatdemandstructure", "fixedchargefirstmeter", "fixedchargeunits", "mincharge", "minchargeunits"),
        *("fixedchargeeaaddl", "lookbackmonths", "lookbackrange"),
    }
)
_LIKE_CHARGES: Final = ("charge", "structure", "adjust", "ratchet", "lookback", "credit", "discount")
_DEMAND_UNITS: Final = frozenset({"", "kw"})


def schedule_of_urdb(
    record: Record,
    *,
    coverage: Coverage,
    effective_on: date,
    holidays: str = NO_HOLIDAYS,
    leave_out: frozenset[str] = frozenset(),
) -> RateSchedule:
    """The schedule of one record as URDB or its API states it; the record itself is left as it is.

    coverage: which part of the bill its prices cover, which a record does not say reliably. Monthly limits of tiers are
    those of a calendar month, prorated by days. A tier's energy is shared among the periods of a month in proportion
    to their use. leave_out: fields whose charges are knowingly left out of the bill, such as that of reactive power;
    the schedule tells which, and names charges that the record states in words only. Raises ScheduleRefused with the
    feature and the field.
    """
    reader = _Reader(record=record, key=str(record.get("label") or record.get("name") or "?"))
    left_out = reader.unsupported(leave_out)
    fixed_month, fixed_day = reader.per_month_and_day("fixedchargefirstmeter", "fixedchargeunits")
    least_month, least_day = reader.per_month_and_day("mincharge", "minchargeunits")
    return RateSchedule(
        key=reader.key,
        coverage=coverage,
        effective_on=effective_on,
        seasons=reader.seasons(reader.ratchet(leave_out)),
        rounding=Rounding.HALF_UP,
        fixed_usd_per_month=fixed_month,
        fixed_usd_per_day=fixed_day,
        minimum_usd_per_month=least_month,
        minimum_usd_per_day=least_day,
        holidays=holidays,
        demand_minutes=reader.demand_minutes(),
        left_out=left_out,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Tier:
    usd: Decimal
    limit: Decimal | None
    unit: str


_Hours = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reader:
    """A record that is being read."""

    record: Record
    key: str

    def refused(self, feature: str, place: str, why: str) -> ScheduleRefused:
        """The refusal of a feature."""
        return ScheduleRefused(self.key, feature=feature, place=place, why=why)

    def unsupported(self, leave_out: frozenset[str]) -> tuple[str, ...]:
        """The fields that are left out, and those in words; raises for others that have no place in a schedule."""
        found = [(name, feature) for name, feature in _NOT_SUPPORTED if self.record.get(name)]
        if self.ratchet(leave_out) is not None:
            found.remove(_RATCHET)
        found += [(name, "a field that is not known") for name in self.record if _is_unknown_charge(name)]
        for name, feature in found:
            if name not in leave_out:
                raise self.refused(feature, name, "No bill would be whole without it.")
        for name in ("demandunits", "demandrateunit", "flatdemandunit"):
            unit = str(self.record.get(name) or "")
            uses = "flatdemandstructure" if name == "flatdemandunit" else "demandratestructure"
            if unit.lower() not in _DEMAND_UNITS and self.record.get(uses):
                raise self.refused(f"demand in {unit}", name, "Only kW can be told from a load.")
        return (*(name for name, _ in found), *(name for name in _IN_WORDS if self.record.get(name)))

    def ratchet(self, leave_out: frozenset[str]) -> Ratchet | None:
        """The ratchet on demand of all hours, where the record tells over how many months it looks back."""
        share, back = self.record.get("lookbackpercent"), self.record.get("lookbackrange")
        if not share or not back or self.record.get("demandratestructure") or "lookbackpercent" in leave_out:
            return None
        return Ratchet(share=self.number(share, place="lookbackpercent"), cycles_back=int(back))

    def per_month_and_day(self, name: str, unit_name: str) -> tuple[Decimal, Decimal]:
        """A charge as USD per month and per day, one of them zero."""
        amount = self.number(self.record.get(name, 0), place=name)
        unit = str(self.record.get(unit_name) or "$/month")
        if not amount:
            return _ZERO, _ZERO
        if unit == "$/day":
            return _ZERO, amount
        if unit != "$/month":
            raise self.refused(f"a charge in {unit}", unit_name, "Only $/month and $/day are supported.")
        return amount, _ZERO

    def demand_minutes(self) -> int | None:
        """The span over which demand is averaged, minutes; None where the record does not say or has no demand."""
        told = self.record.get("demandwindow")
        has_demand = self.record.get("demandratestructure") or self.record.get("flatdemandstructure")
        return int(told) if told and has_demand else None

    def number(self, value: object, *, place: str) -> Decimal:
        """A number as it was meant: without the noise of a binary float."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.refused(f"the value {value!r}", place, "It is no number.")
        found = Decimal(str(value))
        return found.quantize(_NOISE).normalize() + _ZERO if isinstance(value, float) else found

    def seasons(self, ratchet: Ratchet | None) -> tuple[ScheduleSeason, ...]:
        """Months with the same hours and prices of demand, in order of first month."""
        of_month: dict[tuple[_Hours, _Hours | None, int | None], list[int]] = {}
        for month in range(12):
            demand = self.hours("demand", month) if self.record.get("demandratestructure") else None
            of_month.setdefault((self.hours("energy", month), demand, self.flat_period(month)), []).append(month + 1)
        found = [
            self.season(f"s{n + 1}", months=tuple(months), energy=energy, demand=demand, flat=flat)
            for n, ((energy, demand, flat), months) in enumerate(of_month.items())
        ]
        return tuple(
            replace(season, demands=tuple(replace(each, ratchet=ratchet) for each in season.demands))
            for season in found
        )

    def season(
        self, key: str, *, months: tuple[int, ...], energy: _Hours, demand: _Hours | None, flat: int | None
    ) -> ScheduleSeason:
        """One season; flat: the period of its demand of all hours."""
        demands = () if flat is None else (self.demand("flatdemandstructure", period=flat, register=""),)
        used = sorted({*demand[0], *demand[1]}) if demand else []
        demands += tuple(self.demand("demandratestructure", period=each, register=_name(each)) for each in used)
        return ScheduleSeason(
            key=key,
            months=months,
            hours=_day_hours(energy),
            blocks=self.blocks(sorted({*energy[0], *energy[1]}), months=months),
            demands=demands,
            demand_hours=None if demand is None else _day_hours(demand),
        )

    def hours(self, of: str, month: int) -> _Hours:
        """The periods of the hours of a month, on weekdays and at weekends."""
        found: list[tuple[int, ...]] = []
        for day in ("weekday", "weekend"):
            name = f"{of}{day}schedule"
            rows = cast("Sequence[Sequence[int]]", self.record.get(name) or ())
            if len(rows) != 12 or len(rows[month]) != 24:
                raise self.refused("a schedule of other than 12 months of 24 hours", name, "State each hour once.")
            found.append(tuple(rows[month]))
        return found[0], found[1]

    def flat_period(self, month: int) -> int | None:
        """The period of the demand of all hours in a month."""
        if not self.record.get("flatdemandstructure"):
            return None
        periods = cast("Sequence[int]", self.record.get("flatdemandmonths") or ())
        if len(periods) != 12:
            raise self.refused("flat demand without its months", "flatdemandmonths", "State the period of each.")
        return periods[month]

    def tiers(self, name: str, period: int) -> tuple[_Tier, ...]:
        """The tiers of a period; the last one has no end."""
        rows = cast("Sequence[Sequence[Record]]", self.record[name])
        if period >= len(rows) or not rows[period]:
            raise self.refused("a period without a price", f"{name}[{period}]", "The schedule names it.")
        found: list[_Tier] = []
        for n, row in enumerate(rows[period]):
            place = f"{name}[{period}][{n}]"
            if "rate" not in row:
                raise self.refused("a tier without a rate", place, "State its price.")
            price = self.number(row["rate"], place=place) + self.number(row.get("adj") or 0, place=place)
            is_last = n == len(rows[period]) - 1
            limit = None if is_last or row.get("max") is None else self.number(row["max"], place=place)
            if limit is None and not is_last:
                raise self.refused("a tier without an end before the last", place, "State where it ends.")
            found.append(_Tier(usd=price, limit=limit, unit=str(row.get("unit") or "")))
        return tuple(found)

    def demand(self, name: str, *, period: int, register: str) -> DemandPrice:
        """The price of demand of a period."""
        tiers = self.tiers(name, period)
        if any(tier.unit.lower() not in _DEMAND_UNITS for tier in tiers):
            raise self.refused("demand in another unit than kW", f"{name}[{period}]", "Only kW is supported.")
        return DemandPrice(
            register=register,
            usd_per_kw=tuple(tier.usd for tier in tiers),
            limits=tuple(tier.limit for tier in tiers if tier.limit is not None),
        )

    def blocks(self, periods: Sequence[int], *, months: tuple[int, ...]) -> tuple[EnergyBlock, ...]:
        """The energy of a season: all its periods fill the same tiers."""
        place = "energyratestructure"
        rows = [self.tiers(place, period) for period in periods]
        limits = {tuple(tier.limit for tier in row if tier.limit is not None) for row in rows}
        if len(limits) > 1:
            raise self.refused(
                "tiers that differ between the periods of a month",
                f"{place}, month {months[0]}",
                "What a register fills is then not told.",
            )
        common = limits.pop()
        units = {tier.unit.lower() or "kwh" for row in rows for tier in row} if common else {"kwh"}
        if len(units) > 1 or not units <= set(_UNITS):
            raise self.refused(f"tiers in {', '.join(sorted(units))}", place, "One known unit for all is supported.")
        basis, per_kw = _UNITS[units.pop()]
        return (
            EnergyBlock(
                registers=tuple(_name(period) for period in periods),
                usd_per_kwh=tuple(tuple(tier.usd for tier in row) for row in rows),
                limits=common,
                basis=basis,
                per_kw=per_kw,
            ),
        )


def _is_unknown_charge(name: str) -> bool:
    return name not in _KNOWN and any(word in name.lower() for word in _LIKE_CHARGES)


def _name(period: int) -> str:
    return f"p{period + 1}"


def _day_hours(hours: _Hours) -> DayHours:
    return DayHours(
        weekday=tuple(_name(period) for period in hours[0]), weekend=tuple(_name(period) for period in hours[1])
    )
