"""One day of a PEV at home: what each hour costs, and when it charges at once and in the cheapest hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from evenroll.costs.charging import ChargingYear, NeedDoesNotFit, PevNeed, charge_at_once, charge_cheapest
from evenroll.costs.pricing import Pricing, prices_from
from evenroll.quantities.calendars import ServiceCalendar

_HOURS: Final = 24
_BEFORE: Final = 3
_DAYS: Final = 365
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargingHour:
    """One hour. at: its start, UTC. usd_per_kwh: of one more kWh. at_once_wh, cheapest_wh: what the PEV draws, Wh."""

    at: datetime
    usd_per_kwh: Decimal
    at_once_wh: int
    cheapest_wh: int


def charging_day(
    need: PevNeed, *, day: date, pricing: Pricing, calendar: ServiceCalendar
) -> tuple[ChargingHour, ...] | NeedDoesNotFit:
    """24 hours around the stay that begins on a day, which is whole in them; no event is called in it.

    Raises PricingRefused where an hour has no price.
    """
    stay = (need.unplug_hour - need.plug_in_hour - 1) % _HOURS + 1
    daily_wh = need.annual_wh // _DAYS
    if stay * need.power_w < daily_wh:
        return NeedDoesNotFit(session_wh=stay * need.power_w, daily_wh=daily_wh)
    before = min(_BEFORE, _HOURS - stay)
    plugged_at = datetime.combine(day, time(need.plug_in_hour), tzinfo=ZoneInfo(calendar.zone)).astimezone(UTC)
    start_at = plugged_at - before * _HOUR
    session = (tuple(range(before, before + stay)), daily_wh)
    sessions = ChargingYear(start_at=start_at, hours=_HOURS, power_w=need.power_w, sessions=(session,))
    prices = prices_from(start_at, hours=_HOURS, pricing=pricing, calendar=calendar)
    now, managed = charge_at_once(sessions), charge_cheapest(sessions, pricing=pricing, calendar=calendar)
    return tuple(
        ChargingHour(
            at=start_at + place * _HOUR,
            usd_per_kwh=prices[place],
            at_once_wh=now.wh[place],
            cheapest_wh=managed.wh[place],
        )
        for place in range(_HOURS)
    )
