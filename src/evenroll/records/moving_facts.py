"""What a decision about another program, premise, vehicle or device rests on and stands in our own records."""

from __future__ import annotations

from datetime import date

from evenroll.enrollment.case import Case
from evenroll.enrollment.usage_point import VACANT, Agreement, UsagePoint
from evenroll.programs.catalog import RateUnknown, load_catalog
from evenroll.programs.program import Coverage, ProgramVersion
from evenroll.quantities.identifiers import OrganizationKey, PodId, RateKey
from evenroll.records import register
from evenroll.records.organizations import current, cursor
from evenroll.records.unit_of_work import UnitOfWork


def vehicles_here(case: Case, program: ProgramVersion | None) -> int:
    """How many vehicles of other cases have a place in the program's family at the same location, or have it kept."""
    found = register.point(current().key, pod=case.pod) if case.pod else None
    if found is None or program is None:
        return 0
    with cursor() as pen:
        row = pen.execute(
            "SELECT count(*) FROM place JOIN case_record c ON c.organization_id = place.organization_id "
            "AND c.number = place.case_number JOIN usage_point p ON p.organization_id = c.organization_id "
            "AND p.pod = c.pod WHERE place.organization_id = %s AND (place.live OR place.held) "
            "AND place.unit_kind = 'vehicle' AND place.family = %s AND p.location_id = %s AND place.case_number <> %s",
            (current().id, program.family, found.location, case.number),
        ).fetchone()
    return int(row[0]) if row else 0


def changed_on(point: UsagePoint | None, *, until: date) -> tuple[date, ...]:
    """The days up to that one on which the rate of a usage point changed, ascending; moving in or out is no change."""
    days: list[date] = []
    before: Agreement | None = None
    for each in point.agreements if point else ():
        served = before is not None and VACANT not in (before.rate, each.rate)
        if served and each.start_on <= until and before is not None and _prices(before) != _prices(each):
            days.append(each.start_on)
        before = each
    return tuple(days)


def _prices(agreement: Agreement) -> tuple[object, ...]:
    return (agreement.rate, agreement.supply_rate, agreement.riders)


def standard_rate(organization: OrganizationKey, *, point: UsagePoint, on: date) -> RateKey | None:
    """The rate on which the next occupant begins: the utility's standard one, else the first that was served there."""
    for coverage in (Coverage.BOTH, Coverage.DELIVERY):
        try:
            return load_catalog().standard_rate(organization, coverage=coverage, on=on).key
        except RateUnknown:
            continue
    return next((each.rate for each in point.agreements if each.rate != VACANT), None)


def set_occupant(pod: PodId, *, account: int | None) -> None:
    """Whose account the usage point is billed to from now on; None while it is vacant."""
    with cursor() as pen:
        pen.execute(
            "UPDATE usage_point SET account_id = %s WHERE organization_id = %s AND pod = %s",
            (account, current().id, pod),
        )


def note_vacancy(work: UnitOfWork, pod: PodId) -> None:
    """The usage point is billed to nobody's account where nobody is served there."""
    point = work.usage_point(pod)
    agreement = point.agreement_on(work.business_on) if point else None
    if agreement is not None and agreement.rate == VACANT:
        set_occupant(pod, account=None)
