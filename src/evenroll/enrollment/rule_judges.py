"""How each kind of rule is judged: one pure function a kind, from the rule, its program and the facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from evenroll.enrollment import vehicle_judges
from evenroll.enrollment.eligibility_facts import EligibilityFacts, Known, PlaceFact, Told
from evenroll.enrollment.findings import EvidenceCode
from evenroll.enrollment.form import Dwelling, Holder
from evenroll.enrollment.judgement import (
    MET,
    NOT_KNOWN,
    UNMET,
    UNSAID,
    Judge,
    Judgement,
    listed,
    one_of,
    when,
)
from evenroll.enrollment.meter_need import WORK_AT_PREMISE, WORK_AT_SOCKET, MeterNeed, meter_need
from evenroll.programs.program import DocumentKind, MeterCapability, ProgramVersion, reaches
from evenroll.programs.program_terms import Span
from evenroll.programs.rules import Outcome, Rule, RuleKind

__all__ = ["JUDGES", "Judge", "Judgement"]


def _account_active(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    return when(facts.account_active)


def _customer_class(rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    return one_of(facts.customer_class, wanted=rule.params.values)


def _good_standing(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    return when(facts.good_standing)


def _account_holder(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    if facts.holder is Holder.UNSAID:
        return UNSAID
    return UNMET if facts.holder is Holder.NEITHER else MET


def _supply_status(rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    return one_of(facts.supply_status, wanted=rule.params.values)


def _current_rate_in(rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    return one_of(facts.current_rate, wanted=rule.params.values)


def _current_rate_not_in(rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    if not facts.current_rate.known:
        return NOT_KNOWN
    found = facts.current_rate.codes & set(rule.params.values)
    if not found:
        return MET
    return Judgement(met=Known.NO, code=EvidenceCode.NOT_AS_REQUIRED, parameters={"found": listed(found)})


def _no_excluded_program(_rule: Rule, program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    if not facts.live_families.known:
        return NOT_KNOWN
    # A program always excludes its own family: the second live enrollment of a unit is a double one.
    found = facts.live_families.codes & {program.family, *program.excluded_families}
    if not found:
        return MET
    return Judgement(met=Known.NO, code=EvidenceCode.EXCLUDED_PROGRAM_LIVE, parameters={"found": listed(found)})


def _net_metering(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    return when(facts.net_metering, wanted=Known.NO)


def _need(program: ProgramVersion, facts: EligibilityFacts) -> MeterNeed | Known:
    """The meter need, or UNKNOWN where the meter in place is not known well enough to tell."""
    if program.meter_capability is not None and not facts.meter_capability.codes:
        return Known.UNKNOWN
    # Of several meters the one that can do least decides.
    told = [capability for capability in MeterCapability if capability.value in facts.meter_capability.codes]
    needs = {
        meter_need(
            program,
            meter_capability=told[0] if told else MeterCapability.TOTAL_REGISTER,
            remote_changeable=remote is Known.YES,
            interval_opt_out=opted_out is Known.YES,
            own_meter_there=facts.own_meter_there is Known.YES,
        )
        for remote in _possible(facts.meter_remote_changeable)
        for opted_out in _possible(facts.interval_opt_out)
    }
    # What is unknown matters only where the need depends on it.
    return needs.pop() if len(needs) == 1 else Known.UNKNOWN


def _possible(answer: Known) -> tuple[Known, ...]:
    return (Known.YES, Known.NO) if answer is Known.UNKNOWN else (answer,)


def _meter_reachable(_rule: Rule, program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    need = _need(program, facts)
    if isinstance(need, Known):
        return NOT_KNOWN
    parameters = {"need": need.kind.value, "why": need.why.value}
    if need.kind not in WORK_AT_SOCKET:
        return Judgement(met=Known.YES, code=EvidenceCode.AS_REQUIRED, parameters=parameters)
    code = {
        Known.YES: EvidenceCode.METER_WORK_POSSIBLE,
        Known.NO: EvidenceCode.METER_WORK_IMPOSSIBLE,
        Known.UNKNOWN: EvidenceCode.NOT_KNOWN,
    }[facts.meter_exchangeable]
    return Judgement(met=facts.meter_exchangeable, code=code, parameters=parameters)


def _dwelling_permission(_rule: Rule, program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    if facts.dwelling is Dwelling.SHARED_GARAGE:
        # The car would charge behind somebody else's meter, so no permission helps.
        return Judgement(met=Known.NO, code=EvidenceCode.SHARED_GARAGE, unmet_as=Outcome.FINAL)
    if facts.dwelling in (Dwelling.OWN, Dwelling.RENTED_WITH_PERMISSION):
        return MET
    if DocumentKind.LANDLORD_PERMISSION in facts.documents:
        return MET
    need = _need(program, facts)
    if program.equipment_needed or (isinstance(need, MeterNeed) and need.kind in WORK_AT_PREMISE):
        unsaid = facts.dwelling is Dwelling.UNSAID
        return UNSAID if unsaid else UNMET
    if isinstance(need, Known):
        return NOT_KNOWN
    return Judgement(met=Known.YES, code=EvidenceCode.NO_WORK_AT_PREMISE)


def _count_limit(rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    if not facts.live_units_at_location.known:
        return NOT_KNOWN
    if facts.live_units_at_location.number < rule.params.limit:
        return MET
    return Judgement(met=Known.NO, code=EvidenceCode.LIMIT_REACHED, parameters={"limit": str(rule.params.limit)})


def _lockout_over(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    ends_on, barred = facts.lockout.ends_on, facts.lockout.barred
    if barred is not Known.YES or (ends_on is not None and ends_on <= facts.applied_on):
        return when(Known.NO if barred is Known.YES else barred, wanted=Known.NO)
    parameters = {} if ends_on is None else {"until": ends_on.isoformat()}
    return Judgement(met=Known.NO, code=EvidenceCode.BARRED_UNTIL, parameters=parameters)


def _program_open(_rule: Rule, program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    if program.opens_on is not None and facts.applied_on < program.opens_on:
        opens_on = program.opens_on.isoformat()
        return Judgement(met=Known.NO, code=EvidenceCode.NOT_OPEN_YET, parameters={"opens_on": opens_on})
    if program.closes_on is not None and program.closes_on <= facts.applied_on:
        closes_on = program.closes_on.isoformat()
        return Judgement(met=Known.NO, code=EvidenceCode.CLOSED, parameters={"closes_on": closes_on})
    return MET


def _assistance_none(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    return when(facts.assistance, wanted=Known.NO)


def _life_support(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    if facts.life_support is not Known.YES:
        return when(facts.life_support, wanted=Known.NO)
    if facts.life_support_reviewed is Known.YES:
        return Judgement(met=Known.YES, code=EvidenceCode.REVIEWED)
    if facts.life_support_reviewed is Known.NO:
        return Judgement(met=Known.NO, code=EvidenceCode.REVIEW_NEEDED)
    return NOT_KNOWN


def _in_territory(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    return when(facts.in_territory)


def _place_free(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    match facts.places:
        case PlaceFact.NOT_LIMITED:
            return MET
        case PlaceFact.FREE | PlaceFact.HELD:
            return Judgement(met=Known.YES, code=EvidenceCode.PLACE_THERE)
        case PlaceFact.WAIT:
            return Judgement(met=Known.NO, code=EvidenceCode.WAITING_LIST)
        case PlaceFact.FULL:
            return Judgement(met=Known.NO, code=EvidenceCode.ALL_PLACES_TAKEN, unmet_as=Outcome.FINAL)
        case PlaceFact.OPTION_FULL:
            return Judgement(met=Known.NO, code=EvidenceCode.OPTION_TAKEN, unmet_as=Outcome.CURABLE)


def _all_meters(_rule: Rule, program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    if program.meter_capability is None:
        return MET
    reached = tuple(each for each in MeterCapability if reaches(each, needed=program.meter_capability))
    return one_of(facts.account_meters, wanted=tuple(each.value for each in reached))


def _change_count(rule: Rule, program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    if not facts.rate_changes.known:
        return NOT_KNOWN
    if facts.rate_changes.number < rule.params.limit:
        return MET
    span = program.changes.span if program.changes else Span()
    over = {"months": str(span.months)} if span.months else {"days": str(span.days)}
    parameters = {"limit": str(rule.params.limit), **over}
    return Judgement(met=Known.NO, code=EvidenceCode.CHANGES_USED_UP, parameters=parameters)


def _home_type(rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    if facts.home is None:
        return UNSAID
    return one_of(Told(known=True, codes=frozenset({facts.home.value})), wanted=rule.params.values)


JUDGES: Final[Mapping[RuleKind, Judge]] = {
    RuleKind.ACCOUNT_ACTIVE: _account_active,
    RuleKind.CUSTOMER_CLASS_IN: _customer_class,
    RuleKind.GOOD_STANDING: _good_standing,
    RuleKind.ACCOUNT_HOLDER: _account_holder,
    RuleKind.SUPPLY_STATUS_IN: _supply_status,
    RuleKind.CURRENT_RATE_IN: _current_rate_in,
    RuleKind.CURRENT_RATE_NOT_IN: _current_rate_not_in,
    RuleKind.NO_EXCLUDED_PROGRAM: _no_excluded_program,
    RuleKind.NET_METERING_NONE: _net_metering,
    RuleKind.METER_REACHABLE: _meter_reachable,
    RuleKind.DWELLING_PERMISSION: _dwelling_permission,
    RuleKind.DRIVETRAIN_IN: vehicle_judges.drivetrain,
    RuleKind.VEHICLE_MODEL_IN: vehicle_judges.vehicle_model,
    RuleKind.VIN_PRESENT: vehicle_judges.vin_present,
    RuleKind.REGISTERED_AT_SERVICE_LOCATION: vehicle_judges.registered_here,
    RuleKind.DOCUMENT_PRESENT: vehicle_judges.documents,
    RuleKind.COUNT_LIMIT: _count_limit,
    RuleKind.LOCKOUT_OVER: _lockout_over,
    RuleKind.PROGRAM_OPEN: _program_open,
    RuleKind.ASSISTANCE_NONE: _assistance_none,
    RuleKind.LIFE_SUPPORT_REVIEWED: _life_support,
    RuleKind.EQUIPMENT_APPROVED: vehicle_judges.equipment,
    RuleKind.IN_TERRITORY: _in_territory,
    RuleKind.ALL_METERS_CAPABLE: _all_meters,
    RuleKind.CHANGE_COUNT_LIMIT: _change_count,
    RuleKind.HOME_TYPE_IN: _home_type,
    RuleKind.ATTESTATION_GIVEN: vehicle_judges.attestation_given,
    RuleKind.TELEMATICS_CONNECTED: vehicle_judges.telematics_connected,
    RuleKind.NO_OPEN_RECALL: vehicle_judges.no_open_recall,
    RuleKind.PURCHASED_WITHIN: vehicle_judges.purchased_within,
    RuleKind.ONCE_PER_DEVICE: vehicle_judges.once_per_device,
    RuleKind.PLACE_FREE: _place_free,
}
"""The judge of every kind of rule; a test holds it complete."""
