"""What a household uses in a year, for a comparison: from the customer's own file, or from an average month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from evenroll.costs.compare import Assumption, AssumptionCode
from evenroll.costs.lattice.loads import LoadBlock
from evenroll.costs.typical import annual_of_monthly, typical_day_assumed, typical_household
from evenroll.costs.usage import HourlyLoad
from evenroll.costs.years_of_use import WEEKS_NEEDED, years_of_use
from evenroll.intake.load_cells import DateOrder
from evenroll.intake.own_load import OwnLoad, drawn_load
from evenroll.intake.own_load_file import read_own_load
from evenroll.intake.own_load_words import Said, refuse
from evenroll.pages.own_load_codes import OwnRefusal
from evenroll.quantities.calendars import ServiceCalendar

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnUse:
    """years: the load over the calendar year that is compared, the latest year of use first.

    read: what a file told; None where only a month was said. warnings: what is to be known of the file.
    """

    years: tuple[HourlyLoad, ...]
    assumptions: tuple[Assumption, ...]
    read: OwnLoad | None = None
    warnings: tuple[Said, ...] = ()

    @property
    def annual_wh(self) -> int:
        """Wh in the latest year."""
        return sum(self.years[0].wh)


def use_of_month(monthly_wh: int, *, year: int, calendar: ServiceCalendar) -> OwnUse:
    """The typical household that uses so much in an average month."""
    annual_wh = annual_of_monthly(monthly_wh)
    return OwnUse(
        years=(typical_household(annual_wh, year=year, calendar=calendar),),
        assumptions=(typical_day_assumed(annual_wh),),
    )


def use_of_file(path: Path, *, year: int, calendar: ServiceCalendar, dates: DateOrder, meter: str) -> OwnUse:
    """The years of a customer's own file. Raises OwnFileRefused, also where it tells of less than a year."""
    found = read_own_load(path, zone=calendar.zone, dates=dates)
    read = drawn_load(found, meter=meter)
    hourly = hourly_of(read.load)
    years = years_of_use(hourly, year=year, calendar=calendar)
    first_on, last_on = _days_of(hourly, calendar=calendar)
    if not years:
        told = {"first": first_on, "last": last_on}
        raise refuse(OwnRefusal.LESS_THAN_A_YEAR, weeks=WEEKS_NEEDED, year=str(year), **told)
    return OwnUse(
        years=years,
        assumptions=_assumed(read, years=(first_on, last_on), year=year),
        read=read,
        warnings=(*found.warnings, *read.warnings),
    )


def hourly_of(load: LoadBlock) -> HourlyLoad:
    """The first load of a block by full hours of UTC; an hour that is not whole at either end is left out."""
    parts = 60 // load.minutes
    skipped = -load.start_at.minute % 60 // load.minutes
    wh = load.wh[0, skipped:].astype(np.int64)
    whole = wh[: len(wh) // parts * parts].reshape(-1, parts).sum(axis=1)
    return HourlyLoad(start_at=load.start_at + skipped * load.minutes * _MINUTE, wh=tuple(whole.tolist()))


def _days_of(load: HourlyLoad, *, calendar: ServiceCalendar) -> tuple[date, date]:
    last_at = load.start_at + max(len(load.wh) - 1, 0) * _HOUR
    return calendar.business_date(load.start_at), calendar.business_date(last_at)


def _assumed(read: OwnLoad, *, years: tuple[date, date], year: int) -> tuple[Assumption, ...]:
    said = {"from_on": years[0].isoformat(), "to_on": years[1].isoformat(), "year": str(year)}
    measured = Assumption(code=AssumptionCode.MEASURED_USE, parameters=said)
    bits = read.load.estimated
    count = 0 if bits is None else int(np.unpackbits(bits[0])[: read.load.wh.shape[1]].sum())
    if not count:
        return (measured,)
    told = {"percent": f"{count * 100 / read.load.wh.shape[1]:.1f}", "missing": f"{read.missing:,d}"}
    return measured, Assumption(code=AssumptionCode.USE_ESTIMATED, parameters=told)
