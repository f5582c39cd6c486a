"""A meter reading route that never fails a morning, for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from evenroll.enrollment.facts import PartnerAway
from evenroll.enrollment.usage_point import MeterReads
from evenroll.quantities.identifiers import MeterSerial, OrganizationKey

DAY_WH = 9_000


@dataclass(kw_only=True, slots=True)
class SteadyReads:
    """A meter reading route on which every register advances by DAY_WH a day; `away` when it cannot be asked."""

    meters: dict[MeterSerial, tuple[tuple[str, ...], date, int]] = field(default_factory=dict)
    away: bool = False

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
            if day >= since
        )
