"""How the rules about the vehicle, its papers and its charging equipment are judged."""

from __future__ import annotations

from evenroll.enrollment.eligibility_facts import EligibilityFacts, EquipmentListing, Known, Said
from evenroll.enrollment.findings import EvidenceCode
from evenroll.enrollment.form import VinState
from evenroll.enrollment.judgement import (
    MET,
    NOT_CHOSEN,
    NOT_KNOWN,
    ON_ORDER,
    UNMET,
    UNSAID,
    Judgement,
    listed,
    one_of,
    when,
    when_said,
)
from evenroll.programs.program import DocumentKind, ProgramVersion
from evenroll.programs.rules import Rule


def drivetrain(rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    """Battery, or battery and fuel, as the program admits."""
    return one_of(facts.drivetrain, wanted=rule.params.values)


def vehicle_model(rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    """On the program's list, by its name or its make; the name itself never goes into evidence."""
    if not facts.vehicle_model.known:
        return NOT_KNOWN
    named = [model.casefold() for model in facts.vehicle_model.codes]
    wanted = [value.casefold() for value in rule.params.values]
    is_listed = any(model == value or model.startswith(f"{value} ") for model in named for value in wanted)
    return MET if is_listed else UNMET


def vin_present(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    """A car on order has no number yet."""
    return {
        VinState.GIVEN: MET,
        VinState.ON_ORDER: ON_ORDER,
        VinState.WRONG: Judgement(met=Known.NO, code=EvidenceCode.VIN_WRONG),
        VinState.MISSING: UNSAID,
    }[facts.vin]


def registered_here(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    """The registration names the service address."""
    return ON_ORDER if facts.vin is VinState.ON_ORDER else when_said(facts.registered_at_location)


def telematics_connected(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    """The vehicle's own data connection is linked to the program."""
    return ON_ORDER if facts.vin is VinState.ON_ORDER else when_said(facts.telematics)


def no_open_recall(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    """A car that is not there yet is delivered without one."""
    return MET if facts.vin is VinState.ON_ORDER else when_said(facts.recall_open, wanted=Said.NO)


def attestation_given(rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    """The customer attests to what the program takes on their word; who comes from some rates need not."""
    said = when_said(facts.attested)
    return said if said.met is Known.YES else _exempt(rule, facts) or said


def _exempt(rule: Rule, facts: EligibilityFacts) -> Judgement | None:
    """That the rate this customer comes from spares them the rule; None where it does not."""
    if not rule.params.exempt_rates:
        return None
    if not facts.current_rate.known:
        return NOT_KNOWN
    found = facts.current_rate.codes & set(rule.params.exempt_rates)
    if not found:
        return None
    return Judgement(met=Known.YES, code=EvidenceCode.EXEMPT_BY_RATE, parameters={"found": listed(found)})


def documents(rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    """Every document that the rule names, or the customer's word in their place where the program takes it."""
    missing = set(rule.params.values) - {document.value for document in facts.documents}
    if not missing:
        return MET
    if rule.params.or_attested and facts.attested is Said.YES:
        return Judgement(met=Known.YES, code=EvidenceCode.ATTESTED_INSTEAD)
    exempt = _exempt(rule, facts)
    if exempt is not None:
        return exempt
    # A car on order has no registration yet; other papers do not wait for it.
    if facts.vin is VinState.ON_ORDER and missing == {DocumentKind.VEHICLE_REGISTRATION.value}:
        return ON_ORDER
    code = EvidenceCode.DOCUMENTS_MISSING
    return Judgement(met=Known.NO, code=code, parameters={"missing": listed(frozenset(missing))})


def equipment(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    """On the dated list of approved equipment; what is not chosen yet may still be."""
    return {
        EquipmentListing.LISTED: MET,
        EquipmentListing.NOT_LISTED: UNMET,
        EquipmentListing.NOT_CHOSEN: NOT_CHOSEN,
        EquipmentListing.UNKNOWN: NOT_KNOWN,
    }[facts.equipment]


def purchased_within(rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    """Bought no more than so many days before the application."""
    bought_on = facts.equipment_bought_on
    if bought_on is None:
        return NOT_CHOSEN if facts.equipment is EquipmentListing.NOT_CHOSEN else UNSAID
    if (facts.applied_on - bought_on).days <= rule.params.limit:
        return MET
    parameters = {"bought_on": bought_on.isoformat(), "days": str(rule.params.limit)}
    return Judgement(met=Known.NO, code=EvidenceCode.BOUGHT_TOO_EARLY, parameters=parameters)


def once_per_device(_rule: Rule, _program: ProgramVersion, facts: EligibilityFacts) -> Judgement:
    """A device is enrolled once in its life, whoever owned it then."""
    if facts.device_enrolled_before is Known.YES:
        return Judgement(met=Known.NO, code=EvidenceCode.DEVICE_ENROLLED_BEFORE)
    if facts.equipment is EquipmentListing.NOT_CHOSEN:
        return NOT_CHOSEN
    return when(facts.device_enrolled_before, wanted=Known.NO)
