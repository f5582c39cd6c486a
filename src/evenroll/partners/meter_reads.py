"""The utility's meter reads of this installation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from evenroll.enrollment.facts import PartnerAway
from evenroll.enrollment.usage_point import MeterReads
from evenroll.quantities.identifiers import MeterSerial, OrganizationKey
from evenroll.records.books import NewRead
from evenroll.records.interval_reads import hours_of
from evenroll.records.looked_up import reads_of
from evenroll.records.organizations import OrganizationUnknown, open_organization

PARTNER = "meter_reads"
ESTIMATED = "estimated"


class StoredReads:
    """Reads from the table that the reading routes fill."""

    def reads(
        self, serial: MeterSerial, *, utility: OrganizationKey, on: tuple[date, ...]
    ) -> tuple[MeterReads, ...] | PartnerAway:
        """The reads of those days, ascending; a day without any is left out."""
        try:
            found = reads_of(utility, serial=serial, on=on)
        except OrganizationUnknown:
            return PartnerAway(partner=PARTNER, detail="unknown_here")
        by_day: dict[date, list[NewRead]] = {}
        for each in found:
            by_day.setdefault(each.read_on, []).append(each)
        return tuple(_of_day(day, by_day[day]) for day in sorted(by_day))

    def hours(
        self, serial: MeterSerial, *, utility: OrganizationKey, from_at: datetime, until_at: datetime
    ) -> Mapping[datetime, int] | PartnerAway:
        """Wh by the start of each hour that the meter has told, UTC."""
        try:
            with open_organization(utility):
                return hours_of(serial, from_at=from_at, until_at=until_at)
        except OrganizationUnknown:
            return PartnerAway(partner=PARTNER, detail="unknown_here")


def _of_day(day: date, reads: list[NewRead]) -> MeterReads:
    return MeterReads(
        serial=reads[0].serial,
        read_on=day,
        values_wh={each.register: each.value_wh for each in reads},
        estimated=any(each.quality == ESTIMATED for each in reads),
    )
