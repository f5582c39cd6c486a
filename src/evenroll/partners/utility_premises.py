"""The utility of this installation as a provider asks it of a premise: meter and read cycle, nothing about a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from evenroll.enrollment.eligibility_facts import Known, told, yes_if
from evenroll.enrollment.facts import MeterFacts, PartnerAway
from evenroll.enrollment.roles import Role
from evenroll.enrollment.usage_point import Agreement, PointMeter, UsagePoint
from evenroll.ports.premises import PremiseFacts, ServedPoint
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import OrganizationKey, PodId
from evenroll.records import queries
from evenroll.records.gathered import READS_MONTHS, cycle_reads, reads_of_cycle
from evenroll.records.organizations import OrganizationUnknown, open_organization
from evenroll.records.points_told import PointTold, point_told, points_told

PARTNER = "utility"


class UtilityPremises:
    """Asks the utility organization's own books."""

    def books(self, *, utility: OrganizationKey | None) -> OrganizationKey | None:
        """The utility's."""
        return utility

    def look_up(self, pod: PodId, *, utility: OrganizationKey, on: date) -> PremiseFacts | PartnerAway:
        """The meter in place, what feeds in, and the rates on that day; empty for a point that the utility has not."""
        try:
            with open_organization(utility) as opened:
                return _facts(point_told(pod), calendar=opened.calendar, on=on)
        except OrganizationUnknown:
            return PartnerAway(partner=PARTNER, detail="unknown_here")

    def look_up_many(
        self, pods: Sequence[PodId], *, utility: OrganizationKey, on: date
    ) -> tuple[PremiseFacts | PartnerAway, ...]:
        """As `look_up`, of each, by one statement for all."""
        try:
            with open_organization(utility) as opened:
                told = points_told(pods)
                calendar = opened.calendar
        except OrganizationUnknown:
            return (PartnerAway(partner=PARTNER, detail="unknown_here"),) * len(pods)
        return tuple(_facts(told.get(pod), calendar=calendar, on=on) for pod in pods)

    def served(
        self, pod: PodId, *, utility: OrganizationKey, from_on: date, months: int
    ) -> ServedPoint | PartnerAway | None:
        """The meters, the agreement that ended on that day and those since, and the scheduled reads from it on."""
        try:
            with open_organization(utility):
                point = queries.usage_point(_asked_by_system(utility), pod=pod)
                reads = reads_of_cycle(pod, from_on=from_on, months=months)
        except OrganizationUnknown:
            return PartnerAway(partner=PARTNER, detail="unknown_here")
        if point is None:
            return None
        since = tuple(each for each in point.agreements if each.end_on is None or each.end_on >= from_on)
        told_of = UsagePoint(pod=point.pod, meters=point.meters, agreements=since)
        return ServedPoint(point=told_of, read_days=reads)


def _asked_by_system(utility: OrganizationKey) -> queries.Viewer:
    # The utility's own machine answers a peer; what leaves it is `PremiseFacts` and nothing else.
    return queries.Viewer(organization=utility, role=Role.SYSTEM)


def _facts(found: PointTold | None, *, calendar: ServiceCalendar, on: date) -> PremiseFacts:
    if found is None:
        return PremiseFacts()
    point, row = found.point, found.row
    reads = cycle_reads(row.read_cycle if row else "", from_on=on, months=READS_MONTHS, calendar=calendar)
    agreement = point.agreement_on(on)
    meter = point.meter
    opted_out = row is not None and row.interval_opt_out
    return PremiseFacts(
        meter=_meter(point, meter, agreement, reads=reads, opted_out=opted_out) if meter and agreement else None,
        net_metering=Known.UNKNOWN if row is None else yes_if(row.net_metering),
        exchangeable=Known.YES,
        rates=told(*_rates(agreement)) if agreement else told(),
    )


def _meter(
    point: UsagePoint, meter: PointMeter, agreement: Agreement, *, reads: tuple[date, ...], opted_out: bool
) -> MeterFacts:
    return MeterFacts(
        pod=point.pod,
        serial=meter.serial,
        capability=meter.capability,
        rate=agreement.rate,
        remote_changeable=meter.remote_changeable,
        interval_opt_out=opted_out,
        scheduled_reads=reads,
    )


def _rates(agreement: Agreement) -> tuple[str, ...]:
    parts = (agreement.rate, agreement.supply_rate, agreement.separate_rate, *agreement.riders)
    return tuple(str(part) for part in parts if part)
