"""Row 5: every rule judged on what register, meter and form say; the place is taken in the same transaction."""

from __future__ import annotations

from datetime import date, timedelta

from evenroll.enrollment.case import Case, Place
from evenroll.enrollment.case_commands import SubmitForm
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.dates import add_months
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.eligibility_facts import (
    NOT_TOLD,
    Count,
    EligibilityFacts,
    EquipmentListing,
    Known,
    Lockout,
    Told,
    counted,
    facts_of_form,
    told,
    yes_if,
)
from evenroll.enrollment.facts import PartnerAway
from evenroll.enrollment.form import Form
from evenroll.enrollment.offers import status_for
from evenroll.enrollment.own_meter import own_meter_there
from evenroll.enrollment.units import place_of
from evenroll.ports.outside import Outside, meter_in_place
from evenroll.ports.premises import PremiseFacts
from evenroll.ports.register import AccountFacts
from evenroll.programs.program import ProgramVersion
from evenroll.programs.program_terms import Span
from evenroll.quantities.changed import changed
from evenroll.quantities.identifiers import CaseNumber, PodId
from evenroll.records import register
from evenroll.records.account_meters import account_meters
from evenroll.records.approved_equipment import listing_of
from evenroll.records.asked import Answer, Asked
from evenroll.records.case_answers import form_with_answers
from evenroll.records.decision_facts import facts_for_decision
from evenroll.records.foreseen import deciding_from, is_foreseen
from evenroll.records.gathered import (
    case_facts,
    linked_cases,
    live_families,
    program_of,
    rates_without,
    released_by,
)
from evenroll.records.past_enrollments import COUNTED_DAYS, lockout_ends_on, rate_changes
from evenroll.records.streams import ANY_FAMILY, place_stream
from evenroll.records.taking import plain_case, take_case
from evenroll.records.unit_of_work import UnitOfWork


def decide(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The decision with every finding. The usage point and the unit are locked, so that two cannot take one place."""

    def judge(case: Case | None) -> Decided | Refusal:
        program = program_of(case)
        if case is None or program is None or case.proof.proved_at is None:
            return decide_case(case, CommandName.DECIDE, asked.command, case_facts(work, case))
        place = place_of(case, program)
        known = _known(work, case, program=program, place=place, outside=asked.outside)
        facts = _with_meter(work, case, asked.outside, eligibility=known)
        if program.cap is not None:
            # Last in the order of locks, and held no longer than the decision takes: a launch meets here.
            facts = changed(facts, places=work.program_places(program.key))
        return decide_case(case, CommandName.DECIDE, asked.command, facts)

    return take_case(work, asked, name=CommandName.DECIDE, decide=judge, with_point=True)


def _known(
    work: UnitOfWork, case: Case, *, program: ProgramVersion, place: Place, outside: Outside
) -> EligibilityFacts | PartnerAway:
    if is_foreseen() or case.pod is None:
        _lock_places(work, case, place)
        return eligibility_facts(work, case, program=program, place=place, outside=outside)
    point = work.lock_unit(place, pod=case.pod)
    released = released_by(case, linked_cases(work, case))
    since_on = None if work.usage_point(case.pod) is not None else _changes_since(work, program)
    facts = facts_for_decision(case, place, point=point, released=released, changes_since=since_on)
    with deciding_from(facts):
        return eligibility_facts(work, case, program=program, place=place, outside=outside)


def record_review(work: UnitOfWork, *, asked: Asked) -> Answer:
    """A person of the provider looked at what a rule leaves to people."""
    return plain_case(work, asked, name=CommandName.RECORD_REVIEW)


def give_cure(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The customer mended it; what they gave is added to the answers given before."""

    def judge(case: Case | None) -> Decided | Refusal:
        command = asked.command
        if case is not None and isinstance(command, SubmitForm):
            command = SubmitForm(form=form_with_answers(command.form, asked.outside.answers, case=case))
        return decide_case(case, CommandName.GIVE_CURE, command, case_facts(work, case))

    return take_case(work, asked, name=CommandName.GIVE_CURE, decide=judge)


def end_rescission(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The window closes unused; only now is anything asked of the utility."""

    def judge(case: Case | None) -> Decided | Refusal:
        facts = _with_meter(work, case, asked.outside)
        return decide_case(case, CommandName.END_RESCISSION, asked.command, facts)

    return take_case(work, asked, name=CommandName.END_RESCISSION, decide=judge)


def eligibility_facts(
    work: UnitOfWork, case: Case, *, program: ProgramVersion, place: Place, outside: Outside
) -> EligibilityFacts | PartnerAway:
    """What the rules are judged on: register, meter and form, and what lives at the unit. Away is never a no."""
    account, premise, form = outside.account, outside.premise, case.form
    if isinstance(account, PartnerAway):
        return account
    if isinstance(premise, PartnerAway):
        return premise
    if account is None or premise is None or form is None or case.pod is None:
        return PartnerAway(partner="register", detail="not_asked")
    here = _of_premise(_of_account(_of_form(work, case, form), account, case), premise, account)
    point = register.point(work.organization, pod=case.pod)
    linked, listing = linked_cases(work, case), _listing(work, case, program)
    released = released_by(case, linked)
    return changed(
        here,
        supply_status=_supply(case, program),
        current_rate=rates_without(here.current_rate, work.case(released) if released else None),
        live_families=told(*live_families(place, but=case.number, released=released)),
        live_units_at_location=_units(work, point, place, released=released),
        lockout=_lockout(case, program),
        equipment=listing,
        own_meter_there=own_meter_there(case, linked.get(case.follows) if case.follows else None, listing=listing),
        rate_changes=_changes(work, case, case.pod, program),
        account_meters=_all_meters(case, case.pod, premise),
    )


def _all_meters(case: Case, pod: PodId, premise: PremiseFacts) -> Told:
    in_place = premise.meter.capability if premise.meter else None
    return account_meters(case.proof.account, pod=pod, in_place=in_place)


def _lock_places(work: UnitOfWork, case: Case, place: Place) -> None:
    """Lock all that is looked at for others: the unit in every family, and the location where units are counted.

    Two cases at two usage points of one location, or of one vehicle in two families, are judged one after the other.
    """
    streams = [place_stream(ANY_FAMILY, unit=place.unit.value, unit_key=place.unit_key)]
    point = register.point(work.organization, pod=case.pod) if case.pod else None
    if point is not None:
        streams.append(place_stream(ANY_FAMILY, unit=register.LOCATION, unit_key=str(point.location)))
    work.lock(*streams)


def _units(work: UnitOfWork, point: register.PointFound | None, place: Place, *, released: CaseNumber | None) -> Count:
    if point is None:
        return Count()
    found = register.live_units_at(work.organization, location=point.location, family=place.family, but=released)
    return counted(found)


def _listing(work: UnitOfWork, case: Case, program: ProgramVersion) -> EquipmentListing:
    """Whether the equipment that the case has come to is approved; a list that was never loaded refuses nobody."""
    model = case.equipment.model if case.equipment else ""
    return listing_of(model, program=program.key, on=work.business_on)


def _of_form(work: UnitOfWork, case: Case, form: Form) -> EligibilityFacts:
    applied_on = case_facts(work, case).calendar.business_date(form.received_at)
    return changed(facts_of_form(form, applied_on=applied_on), equipment=EquipmentListing.NOT_CHOSEN)


def _of_account(facts: EligibilityFacts, account: AccountFacts, case: Case) -> EligibilityFacts:
    return changed(
        facts,
        in_territory=account.in_territory,
        account_active=account.active,
        customer_class=account.customer_class,
        good_standing=account.good_standing,
        assistance=account.assistance,
        life_support=account.life_support,
        life_support_reviewed=yes_if(case.reviewed_at is not None),
    )


def _of_premise(facts: EligibilityFacts, premise: PremiseFacts, account: AccountFacts) -> EligibilityFacts:
    meter = premise.meter
    # The utility knows what feeds in at its wires; a supplier's own register may not.
    net = premise.net_metering if premise.net_metering is not Known.UNKNOWN else account.net_metering
    here = changed(facts, net_metering=net, current_rate=premise.rates, meter_exchangeable=premise.exchangeable)
    if meter is None:
        return here
    return changed(
        here,
        meter_capability=told(meter.capability.value),
        meter_remote_changeable=yes_if(meter.remote_changeable),
        interval_opt_out=yes_if(meter.interval_opt_out),
    )


def _supply(case: Case, program: ProgramVersion) -> Told:
    status = status_for(program, answer=case.provider) if case.provider else None
    return told(status.value) if status else NOT_TOLD


def _lockout(case: Case, program: ProgramVersion) -> Lockout:
    customer = case.proof.customer
    ends_on = lockout_ends_on(customer, program=program.key) if customer else None
    return Lockout(barred=Known.NO) if ends_on is None else Lockout(barred=Known.YES, ends_on=ends_on)


def _changes(work: UnitOfWork, case: Case, pod: PodId, program: ProgramVersion) -> Count:
    on, since_on = work.business_on, _changes_since(work, program)
    return counted(rate_changes(pod, point=work.usage_point(pod), on=on, since_on=since_on, but=case.number))


def _changes_since(work: UnitOfWork, program: ProgramVersion) -> date:
    on, span = work.business_on, program.changes.span if program.changes else Span(days=COUNTED_DAYS)
    return add_months(on, -span.months) if span.months else on - timedelta(days=span.days)


def _with_meter(
    work: UnitOfWork, case: Case | None, outside: Outside, *, eligibility: EligibilityFacts | PartnerAway | None = None
) -> CaseFacts:
    return case_facts(work, case, eligibility=eligibility, meter=meter_in_place(outside))
