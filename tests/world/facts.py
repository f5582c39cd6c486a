"""What steps would look up, simulated: clearinghouse, register, meter, live places, reads and bills."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decide_form import with_sign_in
from evenroll.enrollment.eligibility import (
    EligibilityFacts,
    EquipmentListing,
    Known,
    Lockout,
    counted,
    told,
    yes_if,
)
from evenroll.enrollment.facts import (
    Factor,
    MeterFacts,
    PartnerAway,
    ProviderAnswer,
    ProviderAnswerKind,
    RegisterAnswer,
)
from evenroll.enrollment.messages import SupplyLost
from evenroll.enrollment.offers import wins
from evenroll.enrollment.order_facts import OrderFacts
from evenroll.enrollment.own_meter import own_meter_there
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.units import place_of
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.programs.bill import BillKind
from evenroll.programs.program import MeterCapability, ProgramVersion
from evenroll.programs.rules import CustomerClass
from evenroll.quantities.identifiers import (
    AccountId,
    CaseNumber,
    CustomerId,
    PodId,
    case_number,
    order_number,
    pevid,
    tracking_number,
)
from tests.world import moving_known as moving
from tests.world.payloads_money import protection_known
from tests.world.places import linked
from tests.world.programs import REGISTRY, UTILITY, program_of, world_programs
from tests.world.reversing import bills_anew
from tests.world.waiting import places_of

if TYPE_CHECKING:
    from tests.world.memory import Household, Key, World

READS_BEHIND = timedelta(days=70)
_BILLS = {C.ISSUE_CLOSING_BILL: BillKind.CLOSING, C.ISSUE_FIRST_BILL: BillKind.FIRST}
_PROGRAM_RATES = {each.rate for each in world_programs()} - {"LE-R"}
_ALL_FACTORS = frozenset({Factor.NAME, Factor.ACCOUNT_NUMBER, Factor.METER_SERIAL})


def entropy(world: World) -> bytes:
    """Sixteen bytes that no other number of this world had."""
    return (next(world.numbers) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128).to_bytes(16, "big")


def case_facts(world: World, case: Case | None, *, key: Key) -> CaseFacts:
    """Everything a decision about a case could ask for now."""
    household = world.households.get(CaseNumber(key[2]))
    program = program_of(case.chosen.program, version=case.chosen.version) if case and case.chosen else None
    return CaseFacts(
        now=world.now,
        calendar=world.calendar,
        by=world.by,
        program=program,
        programs=world_programs(),
        provider=_provider(world, household),
        register=_register(world, case, household),
        signed_in=household.signed_in if household else None,
        eligibility=_eligibility(world, case, program, household, key=key),
        meter=_meter(world, case.pod if case else None),
        order_number=order_number(entropy(world)),
        pevid=pevid(entropy(world)),
        tracking=tracking_number(entropy(world)),
        **moving.known(world, case, key=key, number=case_number(entropy(world))),
        by_key=f"person-{next(world.numbers)}",
        protection=protection_known(world, case),
        places=places_of(world, key[1], program.key) if program and program.cap else None,
    )


def _provider(world: World, household: Household | None) -> ProviderAnswer | PartnerAway:
    if household is None or "registry" in world.away:
        return PartnerAway(partner="lakeland-registry")
    today = world.calendar.business_date(world.now)
    if household.answer_next:
        kind = ProviderAnswerKind(household.answer_next)
        points = (household.pod,) if kind is ProviderAnswerKind.SEVERAL_POINTS else ()
        return ProviderAnswer(kind=kind, as_of=today, points=points)
    point = world.point(household.pod)
    agreement = point.agreement_on(today) if point else None
    if agreement is None:
        return ProviderAnswer(kind=ProviderAnswerKind.NOT_FOUND, as_of=today)
    ours = agreement.supplier == UTILITY
    return ProviderAnswer(
        kind=ProviderAnswerKind.UTILITY if ours else ProviderAnswerKind.ESCO,
        as_of=today,
        utility=UTILITY,
        supplier=agreement.supplier,
        pod=household.pod,
        registrar=REGISTRY,
    )


def _register(world: World, case: Case | None, household: Household | None) -> RegisterAnswer | PartnerAway:
    if "register" in world.away:
        return PartnerAway(partner="register")
    given = case.form.answers if case and case.form else 0
    if household is None or given != household.good_answers:
        return RegisterAnswer(matched=frozenset({Factor.NAME}))
    account = AccountId(int(household.customer) + 1000)
    matched = _ALL_FACTORS - ({Factor.METER_SERIAL} if household.signed_in else set())
    found = RegisterAnswer(
        matched=matched, customer=CustomerId(household.customer), account=account, pods=(household.pod,)
    )
    return with_sign_in(found, case=case) if case else found


def _eligibility(
    world: World, case: Case | None, program: ProgramVersion | None, household: Household | None, *, key: Key
) -> EligibilityFacts | PartnerAway | None:
    if world.away & {"register", "books"}:
        return PartnerAway(partner="register")
    if case is None or program is None or household is None or case.form is None or case.pod is None:
        return None
    point = world.point(case.pod)
    today = world.calendar.business_date(world.now)
    agreement = point.agreement_on(today) if point else None
    if point is None or agreement is None:
        return None
    meter, form = point.meter, case.form
    ours = agreement.supplier == UTILITY
    won = case.provider is not None and wins(program, answer=case.provider)
    rate = agreement.rate if program.organization == UTILITY else agreement.supply_rate
    known: dict[str, Any] = {
        "applied_on": world.calendar.business_date(form.received_at),
        "in_territory": Known.YES,
        "account_active": Known.YES,
        "customer_class": told(CustomerClass.RESIDENTIAL),
        "good_standing": Known.YES,
        "supply_status": told("utility" if ours and not won else "esco"),
        "current_rate": told(rate or ""),
        "live_families": told(*_live_families(world, case, program, key=key)),
        "net_metering": Known.NO,
        "meter_capability": told(meter.capability) if meter else told(),
        "meter_remote_changeable": yes_if(meter and meter.remote_changeable),
        "meter_exchangeable": Known.YES,
        "interval_opt_out": Known.NO,
        "live_units_at_location": counted(0),
        "lockout": Lockout(barred=Known.NO),
        "assistance": Known.NO,
        "life_support": Known.NO,
        "life_support_reviewed": yes_if(case.reviewed_at),
        "equipment": EquipmentListing.LISTED,
        "own_meter_there": own_meter_there(case, _before(world, case, key=key), listing=EquipmentListing.LISTED),
        "holder": form.holder,
        "dwelling": form.dwelling,
        "drivetrain": told(form.drivetrain) if form.drivetrain else told(),
        "vehicle_model": told(form.model),
        "vin": form.vin_state,
        "documents": form.documents,
        "rate_changes": counted(0),
        "device_enrolled_before": Known.NO,
    }
    return EligibilityFacts(**{**known, **household.flaws})


def _before(world: World, case: Case, *, key: Key) -> Case | None:
    stream = world.cases.get((key[0], key[1], str(case.follows)))
    return stream.state if stream else None


def _live_families(world: World, case: Case, program: ProgramVersion, *, key: Key) -> set[str]:
    if world.stale:
        return set()
    place = place_of(case, program)
    unit = (place.unit.value, place.unit_key)
    own = linked(world, key)
    kept = {slot: holder for slot, holder in world.held.items() if holder not in own}
    mine = {slot: holder for slot, holder in (world.places | kept).items() if slot[3] == key[1]}
    released = moving.released(world, case, key=key)
    return {slot[0] for slot, holder in mine.items() if slot[1:3] == unit and holder not in (key, released)}


def _meter(world: World, pod: PodId | None) -> MeterFacts | None:
    point = world.point(pod)
    if point is None or point.meter is None or pod is None:
        return None
    today = world.calendar.business_date(world.now)
    agreement = point.agreement_on(today)
    return MeterFacts(
        pod=pod,
        serial=point.meter.serial,
        capability=point.meter.capability,
        rate=agreement.rate if agreement else point.agreements[-1].rate,
        remote_changeable=point.meter.remote_changeable,
        scheduled_reads=world.premises[pod].read_days(from_on=today, calendar=world.calendar),
    )


def order_facts(world: World, order: ServiceOrder | None, name: C, *, pod: PodId | None) -> OrderFacts:
    """Everything a decision about an order could ask for now."""
    point = world.point(pod)
    premise = world.premises.get(pod) if pod else None
    if point is None or premise is None:
        return OrderFacts(now=world.now, calendar=world.calendar, utility=UTILITY)
    today = world.calendar.business_date(world.now)
    around_on = min(today, (order.switch_on if order else None) or today)
    reads = premise.reads_at_switch(point, day=order.switch_on) if order and order.switch_on else None
    bill, spans = None, ()
    if order and name in _BILLS and _can_bill(order, point, name) and premise.spoiled != "missing":
        bill = premise.billed(order, point=point, kind=_BILLS[name], calendar=world.calendar)
        cut_at = order.switch.opening if order.switch else None
        spans = premise.spans(point, start_on=bill.start_on, end_on=bill.end_on, cut_at=cut_at)
    return OrderFacts(
        now=world.now,
        calendar=world.calendar,
        utility=UTILITY,
        point=point,
        programs=world_programs(),
        other_open_order=any(
            each.state.is_open and each.state.pod == pod and each.state is not order and not each.state.request.ending
            for each in world.orders.values()
        ),
        scheduled_reads=premise.read_days(from_on=around_on - READS_BEHIND, calendar=world.calendar, months=9),
        reads=reads if name in (C.SWITCH_SERVICE, C.CORRECT_BILL) else None,
        bills_anew=bills_anew(order, point=point, premise=premise) if order and name is C.CORRECT_BILL else (),
        others=tuple(each.state for each in world.orders.values() if each.state.pod == pod and each.state is not order),
        program_before=bool(order and order.switch and order.switch.old_rate in _PROGRAM_RATES),
        bill=bill,
        spans=spans[1:] if premise.spoiled == "spans" else spans,
    )


def _can_bill(order: ServiceOrder, point: UsagePoint, name: C) -> bool:
    if order.switch is None:
        return False
    ended = any(each.end_on == order.switch.switch_on for each in point.agreements)
    return ended or _BILLS[name] is BillKind.FIRST


def lost_supply(pod: PodId, world: World) -> SupplyLost:
    """The clearinghouse's news that someone else supplies from today."""
    return SupplyLost(pod=pod, lost_on=world.calendar.business_date(world.now))


def capable(program: ProgramVersion | None) -> MeterCapability:
    """What a crew brings for a program."""
    return (program.meter_capability if program else None) or MeterCapability.INTERVAL
