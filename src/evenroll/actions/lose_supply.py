"""Action: the clearinghouse tells that someone else provides the commodity; every case that rests on it stops."""

from __future__ import annotations

from datetime import date

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.messages import SupplyLost
from evenroll.enrollment.point_events import PointSupplierChanged
from evenroll.enrollment.rows import Row
from evenroll.enrollment.usage_point import Agreement, UsagePoint
from evenroll.programs.catalog import Catalog, RateUnknown, load_catalog
from evenroll.programs.program import Coverage
from evenroll.quantities.identifiers import OrganizationKey, RateKey
from evenroll.records.asked import Answer, Asked, Taken
from evenroll.records.gathered import case_facts, open_cases_at
from evenroll.records.streams import case_stream, point_stream
from evenroll.records.taking import take
from evenroll.records.unit_of_work import UnitOfWork


def lose_supply(work: UnitOfWork, *, asked: Asked) -> Answer:
    """asked.number is the usage point. The cases stop the same day; the utility's own books note the new supplier."""
    command = asked.command

    def act() -> Answer:
        if not isinstance(command, SupplyLost):
            return Refusal(code=RefusalCode.NOT_ALLOWED, parameters={"command": CommandName.LOSE_SUPPLY.value})
        return _lose(work, command)

    return take(work, asked, name=CommandName.LOSE_SUPPLY, act=act)


def _lose(work: UnitOfWork, command: SupplyLost) -> Answer:
    work.lock(point_stream(command.pod))
    point = work.usage_point(command.pod)
    # The wires utility hears it of every usage point; its own enrollments stop only where it was the supplier.
    concerned = point is None or _supplied_by(point, command) == work.organization
    events = _stop_cases(work, command) if concerned else ()
    if point is not None:
        events += _note_supplier(work, command, point)
    return Taken(number=command.pod, state="lost", events=events)


def _supplied_by(point: UsagePoint, command: SupplyLost) -> str | None:
    agreement = point.agreement_on(command.lost_on)
    return agreement.supplier if agreement else None


def _stop_cases(work: UnitOfWork, command: SupplyLost) -> tuple[str, ...]:
    numbers = open_cases_at(command.pod)
    work.lock(*(case_stream(number) for number in numbers))
    stopped: tuple[str, ...] = ()
    for number in numbers:
        case = work.case(number)
        decided = decide_case(case, CommandName.LOSE_SUPPLY, command, case_facts(work, case))
        if isinstance(decided, Decided) and decided.events:
            work.record_case(number, decided, expected=case)
            stopped += (f"case/{number}",)
    return stopped


def _note_supplier(work: UnitOfWork, command: SupplyLost, point: UsagePoint) -> tuple[str, ...]:
    supplier = command.supplier or work.organization
    agreement = point.agreement_on(command.lost_on)
    if agreement is None or agreement.supplier == supplier:
        return ()
    rate, supply_rate = _standard(work, agreement, supplier=supplier, on=command.lost_on)
    changed = PointSupplierChanged(
        row=Row.ACTION, changed_on=command.lost_on, supplier=supplier, rate=rate, supply_rate=supply_rate
    )
    work.record_point(command.pod, Decided(events=(changed,)), expected=point)
    return ("point_supplier_changed",)


def _standard(
    work: UnitOfWork, agreement: Agreement, *, supplier: OrganizationKey, on: date
) -> tuple[RateKey | None, RateKey | None]:
    """The standard rates of wires and supply from then on; the rate stays where it is not itself a standard one."""
    catalog, utility = load_catalog(), work.organization
    to = Coverage.BOTH if supplier == utility else Coverage.DELIVERY
    before = Coverage.DELIVERY if to is Coverage.BOTH else Coverage.BOTH
    old, new = (_standard_key(catalog, utility, coverage=each, on=on) for each in (before, to))
    rate = new if old is not None and agreement.rate == old else None
    return rate, _standard_key(catalog, supplier, coverage=Coverage.SUPPLY, on=on) if supplier != utility else None


def _standard_key(catalog: Catalog, organization: OrganizationKey, *, coverage: Coverage, on: date) -> RateKey | None:
    try:
        return catalog.standard_rate(organization, coverage=coverage, on=on).key
    except RateUnknown:
        return None
