"""The facts of a decision that stand in our own records: moment, territory, program version, live places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, cast

from evenroll.enrollment.case import Case, Place
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.dates import scheduled_reads
from evenroll.enrollment.eligibility_facts import Told, told
from evenroll.enrollment.messages import MeterRequested
from evenroll.enrollment.order_facts import OrderFacts
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.tracks import CASE_ENDS, State
from evenroll.enrollment.usage_point import MeterExchange
from evenroll.programs.bill import BillKind
from evenroll.programs.catalog import RateUnknown, load_catalog
from evenroll.programs.program import ProgramVersion
from evenroll.programs.rate import registers_of
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import (
    CaseNumber,
    MeterSerial,
    OrderNumber,
    PodId,
    RateKey,
)
from evenroll.records.folds import read_state
from evenroll.records.foreseen import Fact, looked_up
from evenroll.records.organizations import current, cursor
from evenroll.records.program_shelf import program_version, program_versions
from evenroll.records.streams import StreamKind, case_stream
from evenroll.records.unit_of_work import UnitOfWork

READS_BEHIND = timedelta(days=70)
READS_MONTHS = 17
"""Scheduled reads are looked up from well before today, or a past switch, to more than a year ahead of that."""


def program_of(case: Case | None) -> ProgramVersion | None:
    """The version that decides the case: the one that it was offered; None before a program was chosen."""
    if case is None or case.chosen is None:
        return None
    chosen = case.chosen
    return program_version(chosen.program, version=chosen.version, content_hash=chosen.content_hash)


def case_facts(work: UnitOfWork, case: Case | None, **known: Any) -> CaseFacts:
    """The facts of a decision about a case; known: what the step adds, by the names of `CaseFacts`."""
    linked = linked_cases(work, case)
    others = {**linked, **known.pop("others", {})}
    follower = linked.get(case.followed_by) if case is not None and case.followed_by is not None else None
    return CaseFacts(
        now=work.now,
        calendar=current().calendar,
        by=work.actor.role,
        program=program_of(case),
        others=others,
        followed=program_of(follower),
        **known,
    )


def linked_cases(work: UnitOfWork, case: Case | None) -> dict[CaseNumber, Case]:
    """The case that this one follows and the one that follows it, as far as they are locked."""
    numbers = (case.follows, case.followed_by) if case is not None else ()
    held = (number for number in numbers if number is not None and work.holds(case_stream(number)))
    found = ((number, work.case(number)) for number in held)
    return {number: each for number, each in found if each is not None}


def released_by(case: Case, others: Mapping[CaseNumber, Case]) -> CaseNumber | None:
    """The case whose unit this one is to take over; None where it follows none that lives and lets go of it."""
    before = others.get(case.follows) if case.follows is not None else None
    lets_go = before is not None and not before.is_ended and before.followed_by == case.number
    return case.follows if lets_go else None


def order_facts(
    work: UnitOfWork, *, pod: PodId, number: OrderNumber, switch_on: date | None = None, **known: Any
) -> OrderFacts:
    """The facts of a decision about a service order at a usage point, which is locked already.

    switch_on: the day of its switch, where the decision rests on the reads around that day, however late it is made.
    """
    around_on = min(work.business_on, switch_on or work.business_on)
    return replace(
        clock_facts(work, pod),
        other_open_order=_other_open_order(pod, number),
        scheduled_reads=reads_of_cycle(pod, from_on=around_on - READS_BEHIND, months=READS_MONTHS),
        **known,
    )


def clock_facts(work: UnitOfWork, pod: PodId) -> OrderFacts:
    """The facts of a decision about a service order that only a wait is moved by; its usage point is locked already."""
    return OrderFacts(
        now=work.now,
        calendar=current().calendar,
        utility=work.organization,
        by=work.actor.role,
        point=work.usage_point(pod),
    )


def request_facts(work: UnitOfWork, *, request: MeterRequested, number: OrderNumber) -> OrderFacts:
    """The facts of a decision about a provider's request, whose usage point is locked already."""
    return order_facts(
        work,
        pod=request.pod,
        number=number,
        programs=program_versions(request.program),
        interval_opt_out=_opted_out(request.pod),
        others=other_orders(request.pod, number) if request.ending else (),
    )


def rates_without(rates: Told, before: Case | None) -> Told:
    """The rates at the usage point as if the case that lets go of it had never brought its own: what it replaced."""
    program = program_of(before)
    if before is None or program is None or program.rate is None or program.rate not in rates.codes:
        return rates
    closing = [each.rate for each in before.order.bills if each.kind is BillKind.CLOSING] if before.order else []
    replaced = closing or program.replaces_rates
    return told(*(rates.codes - {program.rate}), *replaced)


def live_families(place: Place, *, but: CaseNumber, released: CaseNumber | None = None) -> frozenset[str]:
    """The program families that have a live enrollment at this unit, or that it is kept for, but for that case.

    released: a case that lets go of the unit when this one takes it. What is kept for the case that follows this one
    is no enrollment beside it: one ends where the other begins.
    """
    unit = (place.unit.value, place.unit_key)
    return looked_up(Fact.FAMILIES_AT_UNIT, unit, lambda: _live_families(place, but=but, released=released))


def _live_families(place: Place, *, but: CaseNumber, released: CaseNumber | None) -> frozenset[str]:
    with cursor() as pen:
        rows = pen.execute(
            "SELECT DISTINCT family FROM place WHERE organization_id = %s AND unit_kind = %s AND unit_id = %s "
            "AND (live OR held AND NOT EXISTS (SELECT 1 FROM case_record c WHERE c.number = place.case_number "
            "AND c.organization_id = place.organization_id AND c.follows = %s)) AND NOT case_number = ANY(%s)",
            (current().id, place.unit.value, place.unit_key, but, [but, released or but]),
        ).fetchall()
    return frozenset(str(row[0]) for row in rows)


def reads_of_cycle(pod: PodId, *, from_on: date, months: int) -> tuple[date, ...]:
    """The scheduled reads of a usage point of ours; none where it is not known or on no cycle."""
    with cursor() as pen:
        row = pen.execute(
            "SELECT read_cycle FROM usage_point WHERE organization_id = %s AND pod = %s", (current().id, pod)
        ).fetchone()
    return cycle_reads(str(row[0]) if row else "", from_on=from_on, months=months, calendar=current().calendar)


@lru_cache(maxsize=512)
def cycle_reads(cycle: str, *, from_on: date, months: int, calendar: ServiceCalendar) -> tuple[date, ...]:
    """The scheduled reads of a cycle, named by its day of the month; none for one of another name."""
    if not cycle.isdigit():
        return ()
    return scheduled_reads(cycle_day=int(cycle), from_on=from_on, months=months, calendar=calendar)


def open_cases_at(pod: PodId) -> tuple[CaseNumber, ...]:
    """The cases of this organization at a usage point that have not ended, in the order of locks."""
    with cursor() as pen:
        rows = pen.execute(
            "SELECT number FROM case_record WHERE organization_id = %s AND pod = %s AND NOT status = ANY(%s) "
            "ORDER BY number",
            (current().id, pod, [state.value for state in CASE_ENDS]),
        ).fetchall()
    return tuple(CaseNumber(row[0]) for row in rows)


def status_of_case(number: CaseNumber) -> State | None:
    """Where the case of that number stands in these books, unlocked; None where there is none."""
    with cursor() as pen:
        row = pen.execute(
            "SELECT status FROM case_record WHERE organization_id = %s AND number = %s", (current().id, number)
        ).fetchone()
    return State(row[0]) if row else None


def work_facts(work: UnitOfWork, order: ServiceOrder, *, exchange: MeterExchange | None, **known: Any) -> OrderFacts:
    """The facts of a decision about work at the meter: what the program needs of it, and where it hangs already."""
    request, facts = order.request, order_facts(work, pod=order.pod, number=order.number, **known)
    needs = [each.meter_capability for each in program_versions(request.program) if each.rate == request.new_rate]
    return replace(
        facts,
        need=needs[-1] if needs else None,
        rate_registers=_rate_registers(request.new_rate, on=work.business_on),
        is_elsewhere=exchange is not None and _is_elsewhere(exchange.new_serial, pod=order.pod),
    )


def _rate_registers(key: RateKey | None, *, on: date) -> tuple[str, ...]:
    """What the rate tells apart; nothing where none is switched to, or it is not on the shelf."""
    try:
        return registers_of(load_catalog().rate(key, on=on)) if key else ()
    except RateUnknown:
        return ()


def _is_elsewhere(serial: MeterSerial, *, pod: PodId) -> bool:
    with cursor() as pen:
        row = pen.execute(
            "SELECT 1 FROM meter WHERE organization_id = %s AND serial = %s AND removed_on IS NULL AND pod <> %s "
            "LIMIT 1",
            (current().id, serial, pod),
        ).fetchone()
    return row is not None


def _opted_out(pod: PodId) -> bool:
    with cursor() as pen:
        row = pen.execute(
            "SELECT interval_opt_out FROM usage_point WHERE organization_id = %s AND pod = %s", (current().id, pod)
        ).fetchone()
    return row is not None and bool(row[0])


def _other_open_order(pod: PodId, number: OrderNumber) -> bool:
    with cursor() as pen:
        rows = pen.execute(
            "SELECT state FROM service_order WHERE organization_id = %s AND pod = %s AND status = 'open' "
            "AND number <> %s",
            (current().id, pod, number),
        ).fetchall()
    # The end of service of who moved out is in nobody's way.
    return any(not order_of(row[0]).request.ending for row in rows)


def other_orders(pod: PodId, number: OrderNumber) -> tuple[ServiceOrder, ...]:
    """The other orders of a usage point, whose stream is locked, by their numbers."""
    with cursor() as pen:
        rows = pen.execute(
            "SELECT state FROM service_order WHERE organization_id = %s AND pod = %s AND number <> %s ORDER BY number",
            (current().id, pod, number),
        ).fetchall()
    return tuple(order_of(row[0]) for row in rows)


def order_of(state: str) -> ServiceOrder:
    """A service order from its row."""
    return cast("ServiceOrder", read_state(StreamKind.SERVICE_ORDER, state))
