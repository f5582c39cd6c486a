"""A meter reading route that never fails a morning, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from evenroll.enrollment.facts import PartnerAway
from evenroll.enrollment.usage_point import MeterReads
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import MeterSerial, OrganizationKey

DAY_WH = 9_000
_HOUR = timedelta(hours=1)


@dataclass(kw_only=True, slots=True)
class SteadyReads:
    """A meter reading route on which every register advances by DAY_WH a day; `away` when it cannot be asked."""

    meters: dict[MeterSerial, tuple[tuple[str, ...], date, int]] = field(default_factory=dict)
    away: bool = False
    unread: frozenset[date] = frozenset()
    """Days on which nobody reads."""
    silent_hours: int = 0
    """So many hours at the end of each span are not told."""

    def knows(self, serial: MeterSerial, registers: tuple[str, ...], *, since: date, opening_wh: int = 0) -> None:
        self.meters[serial] = (registers, since, opening_wh)

    def shown(self, serial: MeterSerial, *, on: date) -> dict[str, int]:
        registers, since, opening_wh = self.meters[serial]
        return {name: opening_wh + DAY_WH * (on - since).days for name in registers}

    def reads(
        self, serial: MeterSerial, *, utility: OrganizationKey, on: tuple[date, ...]
    ) -> tuple[MeterReads, ...] | PartnerAway:
        if self.away:
            return PartnerAway(partner="meter_reads")
        if serial not in self.meters:
            return ()
        since = self.meters[serial][1]
        return tuple(
            MeterReads(serial=serial, read_on=day, values_wh=self.shown(serial, on=day))
            for day in sorted(on)
            if day >= since and day not in self.unread
        )

    def hours(
        self, serial: MeterSerial, *, utility: OrganizationKey, from_at: datetime, until_at: datetime
    ) -> Mapping[datetime, int] | PartnerAway:
        """Each day's energy in even parts over its hours, the rest in its first."""
        if self.away:
            return PartnerAway(partner="meter_reads")
        registers, since, _ = self.meters[serial]
        where, found = calendar("US-LAKELAND"), dict[datetime, int]()
        day = max(where.business_date(from_at), since)
        while (start_at := where.start_of_day(day)) < until_at:
            count, total = where.hours_in_day(day), DAY_WH * len(registers)
            for hour in range(count):
                found[start_at + hour * _HOUR] = total // count + (total % count if hour == 0 else 0)
            day += timedelta(days=1)
        told = sorted(at for at in found if from_at <= at < until_at)
        return {at: found[at] for at in told[: len(told) - self.silent_hours]}
