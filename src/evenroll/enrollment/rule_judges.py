"""How each kind of rule is judged: one pure function a kind, from the rule, its program and the facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from evenroll.enrollment.eligibility_facts import EligibilityFacts, EquipmentListing, Known, Told
from evenroll.enrollment.findings import EvidenceCode
from evenroll.enrollment.form import Dwelling, Holder, VinState
from evenroll.enrollment.meter_need import WORK_AT_PREMISE, MeterNeed, meter_need
from evenroll.programs.program import DocumentKind, MeterCapability, ProgramVersion
from evenroll.programs.rules import Outcome, Rule, RuleKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """met: the answer. unmet_as: the outcome where it differs from the one that the rule states for "no"."""

    met: Known
    code: EvidenceCode
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    unmet_as: Outcome | None = None


Judge: TypeAlias = Callable[[Rule, ProgramVersion, EligibilityFacts], Judgement]

_MET: Final = Judgement(met=Known.YES, code=EvidenceCode.AS_REQUIRED)
_UNMET: Final = Judgement(met=Known.NO, code=EvidenceCode.NOT_AS_REQUIRED)
_NOT_KNOWN: Final = Judgement(met=Known.UNKNOWN, code=EvidenceCode.NOT_KNOWN)


def _when(answer: Known, *, wanted: Known = Known.YES) -> Judgement:
    if answer is Known.UNKNOWN:
        return _NOT_KNOWN
    return _MET if answer is wanted else _UNMET


def _listed(codes: tuple[str, ...] | frozenset[str]) -> str:
    return ",".join(sorted(codes))


def _one_of(fact: Told, *, wanted: tuple[str, ...]) -> Judgement:
    """Met if something holds and all that holds is wanted: of several meters each counts, not the best."""
    if not fact.known:
        return _NOT_KNOWN
    met = bool(fact.codes) and fact.codes <= set(wanted)
    return Judgement(
        met=Known.YES if met else Known.NO,
        code=EvidenceCode.AS_REQUIRED if met else EvidenceCode.NOT_AS_REQUIRED,
        parameters={"found": _listed(fact.codes), "wanted": _listed(wanted)},
    )


def _account_active(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    return _when(facts.account_active)


def _customer_class(rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    return _one_of(facts.customer_class, wanted=rule.params.values)


def _good_standing(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    return _when(facts.good_standing)


def _account_holder(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    if facts.holder is Holder.UNSAID:
        return Judgement(met=Known.NO, code=EvidenceCode.UNSAID)
    return _UNMET if facts.holder is Holder.NEITHER else _MET


def _supply_status(rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    return _one_of(facts.supply_status, wanted=rule.params.values)


def _current_rate_in(rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    return _one_of(facts.current_rate, wanted=rule.params.values)


def _current_rate_not_in(rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    if not facts.current_rate.known:
        return _NOT_KNOWN
    found = facts.current_rate.codes & set(rule.params.values)
    if not found:
        return _MET
    return Judgement(met=Known.NO, code=EvidenceCode.NOT_AS_REQUIRED, parameters={"found": _listed(found)})


def _no_excluded_program(_rule: Rule, program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    if not facts.live_families.known:
        return _NOT_KNOWN
    # A program always excludes its own family: the second live enrollment of a unit is a double one.
    found = facts.live_families.codes & {program.family, *program.excluded_families}
    if not found:
        return _MET
    return Judgement(met=Known.NO, code=EvidenceCode.EXCLUDED_PROGRAM_LIVE, parameters={"found": _listed(found)})


def _net_metering(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    return _when(facts.net_metering, wanted=Known.NO)


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
        return _NOT_KNOWN
    parameters = {"need": need.kind.value, "why": need.why.value}
    if need.kind not in WORK_AT_PREMISE:
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
        return _MET
    if DocumentKind.LANDLORD_PERMISSION in facts.documents:
        return _MET
    need = _need(program, facts)
    if program.equipment_needed or (isinstance(need, MeterNeed) and need.kind in WORK_AT_PREMISE):
        unsaid = facts.dwelling is Dwelling.UNSAID
        return Judgement(met=Known.NO, code=EvidenceCode.UNSAID) if unsaid else _UNMET
    if isinstance(need, Known):
        return _NOT_KNOWN
    return Judgement(met=Known.YES, code=EvidenceCode.NO_WORK_AT_PREMISE)


def _drivetrain(rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    return _one_of(facts.drivetrain, wanted=rule.params.values)


def _vehicle_model(rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    if not facts.vehicle_model.known:
        return _NOT_KNOWN
    return _MET if facts.vehicle_model.codes & set(rule.params.values) else _UNMET


_ON_ORDER: Final = Judgement(met=Known.NO, code=EvidenceCode.VEHICLE_ON_ORDER, unmet_as=Outcome.DUE_LATER)


def _vin_present(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    return {
        VinState.GIVEN: _MET,
        VinState.ON_ORDER: _ON_ORDER,
        VinState.WRONG: Judgement(met=Known.NO, code=EvidenceCode.VIN_WRONG),
        VinState.MISSING: Judgement(met=Known.NO, code=EvidenceCode.UNSAID),
    }[facts.vin]


def _registered_here(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    return _ON_ORDER if facts.vin is VinState.ON_ORDER else _when(facts.registered_at_location)


def _documents(rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    missing = set(rule.params.values) - {document.value for document in facts.documents}
    if not missing:
        return _MET
    # A car on order has no registration yet; other papers do not wait for it.
    if facts.vin is VinState.ON_ORDER and missing == {DocumentKind.VEHICLE_REGISTRATION.value}:
        return _ON_ORDER
    code = EvidenceCode.DOCUMENTS_MISSING
    return Judgement(met=Known.NO, code=code, parameters={"missing": _listed(frozenset(missing))})


def _count_limit(rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    if not facts.live_units_at_location.known:
        return _NOT_KNOWN
    if facts.live_units_at_location.number < rule.params.limit:
        return _MET
    return Judgement(met=Known.NO, code=EvidenceCode.LIMIT_REACHED, parameters={"limit": str(rule.params.limit)})


def _lockout_over(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    ends_on, barred = facts.lockout.ends_on, facts.lockout.barred
    if barred is not Known.YES or (ends_on is not None and ends_on <= facts.applied_on):
        return _when(Known.NO if barred is Known.YES else barred, wanted=Known.NO)
    parameters = {} if ends_on is None else {"until": ends_on.isoformat()}
    return Judgement(met=Known.NO, code=EvidenceCode.BARRED_UNTIL, parameters=parameters)


def _program_open(_rule: Rule, program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    if facts.applied_on < program.opens_on:
        opens_on = program.opens_on.isoformat()
        return Judgement(met=Known.NO, code=EvidenceCode.NOT_OPEN_YET, parameters={"opens_on": opens_on})
    if program.closes_on is not None and program.closes_on <= facts.applied_on:
        closes_on = program.closes_on.isoformat()
        return Judgement(met=Known.NO, code=EvidenceCode.CLOSED, parameters={"closes_on": closes_on})
    return _MET


def _assistance_none(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    return _when(facts.assistance, wanted=Known.NO)


def _life_support(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    if facts.life_support is not Known.YES:
        return _when(facts.life_support, wanted=Known.NO)
    if facts.life_support_reviewed is Known.YES:
        return Judgement(met=Known.YES, code=EvidenceCode.REVIEWED)
    if facts.life_support_reviewed is Known.NO:
        return Judgement(met=Known.NO, code=EvidenceCode.REVIEW_NEEDED)
    return _NOT_KNOWN


def _equipment(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    return {
        EquipmentListing.LISTED: _MET,
        EquipmentListing.NOT_LISTED: _UNMET,
        EquipmentListing.NOT_CHOSEN: Judgement(
            met=Known.NO, code=EvidenceCode.NOT_CHOSEN_YET, unmet_as=Outcome.DUE_LATER
        ),
        EquipmentListing.UNKNOWN: _NOT_KNOWN,
    }[facts.equipment]


def _in_territory(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    return _when(facts.in_territory)


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
    RuleKind.DRIVETRAIN_IN: _drivetrain,
    RuleKind.VEHICLE_MODEL_IN: _vehicle_model,
    RuleKind.VIN_PRESENT: _vin_present,
    RuleKind.REGISTERED_AT_SERVICE_LOCATION: _registered_here,
    RuleKind.DOCUMENT_PRESENT: _documents,
    RuleKind.COUNT_LIMIT: _count_limit,
    RuleKind.LOCKOUT_OVER: _lockout_over,
    RuleKind.PROGRAM_OPEN: _program_open,
    RuleKind.ASSISTANCE_NONE: _assistance_none,
    RuleKind.LIFE_SUPPORT_REVIEWED: _life_support,
    RuleKind.EQUIPMENT_APPROVED: _equipment,
    RuleKind.IN_TERRITORY: _in_territory,
}
"""The judge of every kind of rule; a test holds it complete."""
