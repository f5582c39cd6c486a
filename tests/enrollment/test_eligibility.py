"""Eligibility: the analysts' cases, and what must hold for any program and any facts."""

from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from evenroll.enrollment.eligibility import (
    Count,
    EligibilityFacts,
    EquipmentListing,
    EvidenceCode,
    Finding,
    Known,
    Lockout,
    MeterNeedWhy,
    Told,
    Verdict,
    check_all,
    counted,
    meter_need,
    open_findings,
    told,
    verdict,
)
from evenroll.enrollment.form import Dwelling, Holder, VinState
from evenroll.enrollment.rule_judges import JUDGES
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import DocumentKind, MeterCapability, MeterNeedKind, ServiceChange
from evenroll.programs.rules import CureCode, Outcome, Rule, RuleId, RuleKind, RuleParams
from evenroll.quantities.codec import decode, encode
from evenroll.quantities.identifiers import ProgramKey

CASES = Path(__file__).parent.parent / "programs" / "cases"
CATALOG = load_catalog()
PROGRAM = CATALOG.program(ProgramKey("LE-EV-NIGHT"))
APPLIED_ON = date(2026, 11, 2)


def _written(name: str, value: Any) -> Any:
    """A fact as an analyst writes it, in the form that the codec reads."""
    kind = {field.name: field.type for field in fields(EligibilityFacts)}[name]
    if kind == "Told":
        return {"known": True, "codes": sorted(value)} if value else {"known": True}
    if kind == "Count":
        return {"known": True, "number": value} if value else {"known": True}
    if kind == "Lockout":
        return {key: str(part) for key, part in value.items()}
    if isinstance(value, bool):
        return "yes" if value else "no"
    return sorted(value) if isinstance(value, list) else str(value)


def _facts(stated: dict[str, Any]) -> EligibilityFacts:
    known = {name: _written(name, value) for name, value in stated.items() if value != "unknown"}
    return decode(EligibilityFacts, known)


def _cases() -> list[Any]:
    found: list[Any] = []
    for path in sorted(CASES.glob("*.yaml")):
        sheet = yaml.safe_load(path.read_text(encoding="utf-8"))
        for case in sheet["cases"]:
            found.append(pytest.param(sheet, case, id=f"{sheet['program']}: {case['name']}"))
    return found


@pytest.mark.parametrize(("sheet", "case"), _cases())
def test_analyst_case(sheet: dict[str, Any], case: dict[str, Any]) -> None:
    facts = _facts(sheet["usual"] | case.get("but", {}))
    findings = check_all(CATALOG.program(ProgramKey(sheet["program"])), facts)
    assert {row.rule: row.outcome.value for row in open_findings(findings)} == case.get("findings", {})
    assert verdict(findings) == case["verdict"]


def test_every_program_has_cases_for_three_verdicts() -> None:
    for program in CATALOG.programs:
        seen = {case.values[1]["verdict"] for case in _cases() if case.values[0]["program"] == program.key}
        assert len(seen) >= 3, program.key


def test_every_rule_of_every_program_is_seen_unmet_or_unknown_in_some_case() -> None:
    kinds = {
        row.kind
        for case in _cases()
        for row in open_findings(
            check_all(
                CATALOG.program(ProgramKey(case.values[0]["program"])),
                _facts(case.values[0]["usual"] | case.values[1].get("but", {})),
            )
        )
    }
    used = {rule.kind for program in CATALOG.programs for rule in program.rules}
    assert used - kinds == {RuleKind.ASSISTANCE_NONE}


KNOWN = st.sampled_from(Known)
TOLD = st.builds(Told, known=st.booleans(), codes=st.frozensets(st.sampled_from(("LE-R", "esco", "bev", "x"))))
FACTS = st.builds(
    EligibilityFacts,
    applied_on=st.dates(date(2025, 6, 1), date(2027, 6, 1)),
    in_territory=KNOWN,
    account_active=KNOWN,
    customer_class=TOLD,
    good_standing=KNOWN,
    supply_status=TOLD,
    current_rate=TOLD,
    live_families=TOLD,
    net_metering=KNOWN,
    meter_capability=st.one_of(st.just(Told()), st.sampled_from(MeterCapability).map(told)),
    meter_remote_changeable=KNOWN,
    meter_exchangeable=KNOWN,
    interval_opt_out=KNOWN,
    live_units_at_location=st.builds(Count, known=st.booleans(), number=st.integers(0, 3)),
    lockout=st.builds(Lockout, barred=KNOWN, ends_on=st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1))),
    assistance=KNOWN,
    life_support=KNOWN,
    life_support_reviewed=KNOWN,
    equipment=st.sampled_from(EquipmentListing),
    holder=st.sampled_from(Holder),
    dwelling=st.sampled_from(Dwelling),
    drivetrain=TOLD,
    vehicle_model=TOLD,
    vin=st.sampled_from(VinState),
    registered_at_location=KNOWN,
    documents=st.frozensets(st.sampled_from(DocumentKind)),
)
PROGRAMS = st.sampled_from(CATALOG.programs)


@given(program=PROGRAMS, facts=FACTS)
def test_every_rule_gives_one_finding_and_open_ones_with_a_time_have_a_cure(program: Any, facts: Any) -> None:
    findings = check_all(program, facts)
    assert [row.rule for row in findings] == [rule.id for rule in program.rules]
    for row in findings:
        assert (row.cure is not None) == (row.outcome in (Outcome.CURABLE, Outcome.DUE_LATER))


@given(program=PROGRAMS, facts=FACTS)
def test_a_decision_is_the_same_when_computed_again_from_what_was_kept(program: Any, facts: Any) -> None:
    kept = decode(EligibilityFacts, encode(facts))
    assert check_all(program, kept) == check_all(program, facts)
    findings = check_all(program, facts)
    assert decode(tuple[Finding, ...], encode(findings)) == findings


REGISTER_FACTS = [
    field
    for field in fields(EligibilityFacts)
    if field.type in ("Known", "Told", "Count", "Lockout", "EquipmentListing")
]


@given(program=PROGRAMS, facts=FACTS, name=st.sampled_from([field.name for field in REGISTER_FACTS]))
def test_forgetting_a_fact_never_turns_a_yes_into_a_no(program: Any, facts: Any, name: str) -> None:
    default = {field.name: field.default for field in REGISTER_FACTS}[name]
    before = check_all(program, facts)
    after = check_all(program, replace(facts, **{name: default}))
    for one, other in zip(before, after, strict=True):
        assert other.outcome in (one.outcome, Outcome.NOT_CHECKED)


def test_nothing_known_refuses_nobody() -> None:
    for program in CATALOG.programs:
        findings = check_all(program, EligibilityFacts(applied_on=APPLIED_ON))
        assert verdict(findings) is Verdict.COULD_NOT_CHECK
        assert not [row for row in findings if row.outcome is Outcome.FINAL]


def test_every_kind_of_rule_has_its_judge() -> None:
    assert set(JUDGES) == set(RuleKind)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ((), Verdict.ELIGIBLE),
        ((Outcome.MET,), Verdict.ELIGIBLE),
        ((Outcome.MET, Outcome.DUE_LATER), Verdict.ELIGIBLE_IF),
        ((Outcome.CURABLE, Outcome.DUE_LATER), Verdict.NOT_YET),
        ((Outcome.CURABLE, Outcome.NOT_CHECKED), Verdict.COULD_NOT_CHECK),
        ((Outcome.FINAL, Outcome.NOT_CHECKED, Outcome.CURABLE), Verdict.REFUSED),
    ],
)
def test_verdict(outcomes: tuple[Outcome, ...], expected: Verdict) -> None:
    row = check_all(PROGRAM, EligibilityFacts(applied_on=APPLIED_ON))[0]
    assert verdict([replace(row, outcome=outcome) for outcome in outcomes]) is expected


def _judged(kind: RuleKind, facts: EligibilityFacts, *values: str) -> Finding:
    rule = Rule(
        id=RuleId("r"),
        kind=kind,
        params=RuleParams(values=values),
        unmet=Outcome.CURABLE,
        cure=CureCode.STAFF_REVIEW,
        cure_days=5,
    )
    (found,) = check_all(replace(PROGRAM, rules=(rule,)), facts)
    return found


@pytest.mark.parametrize(
    ("listing", "outcome", "code"),
    [
        (EquipmentListing.LISTED, Outcome.MET, EvidenceCode.AS_REQUIRED),
        (EquipmentListing.NOT_LISTED, Outcome.CURABLE, EvidenceCode.NOT_AS_REQUIRED),
        (EquipmentListing.NOT_CHOSEN, Outcome.DUE_LATER, EvidenceCode.NOT_CHOSEN_YET),
        (EquipmentListing.UNKNOWN, Outcome.NOT_CHECKED, EvidenceCode.NOT_KNOWN),
    ],
)
def test_equipment_on_the_list(listing: EquipmentListing, outcome: Outcome, code: EvidenceCode) -> None:
    found = _judged(RuleKind.EQUIPMENT_APPROVED, EligibilityFacts(applied_on=APPLIED_ON, equipment=listing), "list")
    assert (found.outcome, found.evidence.code) == (outcome, code)


def test_registration_waits_for_a_car_on_order() -> None:
    facts = EligibilityFacts(applied_on=APPLIED_ON, vin=VinState.ON_ORDER, registered_at_location=Known.NO)
    assert _judged(RuleKind.REGISTERED_AT_SERVICE_LOCATION, facts).outcome is Outcome.DUE_LATER
    at_hand = replace(facts, vin=VinState.GIVEN)
    assert _judged(RuleKind.REGISTERED_AT_SERVICE_LOCATION, at_hand).outcome is Outcome.CURABLE


def test_a_car_on_order_does_not_put_off_other_papers() -> None:
    facts = EligibilityFacts(applied_on=APPLIED_ON, vin=VinState.ON_ORDER)
    found = _judged(
        RuleKind.DOCUMENT_PRESENT,
        facts,
        DocumentKind.VEHICLE_REGISTRATION,
        DocumentKind.LETTER_OF_AUTHORIZATION,
    )
    assert found.outcome is Outcome.CURABLE
    assert found.evidence.parameters == {"missing": "letter_of_authorization,vehicle_registration"}


def test_vehicle_model_is_compared_and_never_written_into_evidence() -> None:
    facts = EligibilityFacts(applied_on=APPLIED_ON, vehicle_model=told("some-model"))
    assert _judged(RuleKind.VEHICLE_MODEL_IN, facts, "some-model").outcome is Outcome.MET
    unlike = _judged(RuleKind.VEHICLE_MODEL_IN, facts, "other-model")
    assert unlike.outcome is Outcome.CURABLE
    assert unlike.evidence.parameters == {}


def test_at_the_limit_there_is_no_place_and_the_evidence_says_the_limit() -> None:
    facts = EligibilityFacts(applied_on=APPLIED_ON, live_units_at_location=counted(2))
    (found,) = (row for row in check_all(PROGRAM, facts) if row.kind is RuleKind.COUNT_LIMIT)
    assert found.outcome is Outcome.CURABLE
    assert found.evidence.parameters == {"limit": "2"}


@pytest.mark.parametrize(
    ("needed", "has", "remote", "opted_out", "kind", "why"),
    [
        (None, "total_register", False, False, "none", "nothing_metered"),
        ("period_registers", "interval", False, False, "already_there", "capability_there"),
        ("period_registers", "period_registers", True, True, "already_there", "capability_there"),
        ("period_registers", "total_register", True, False, "remote_change", "capability_by_remote"),
        ("interval", "total_register", False, False, "exchange", "capability_missing"),
        ("interval", "interval", True, True, "exchange", "interval_opt_out"),
    ],
)
def test_meter_need(needed: str | None, has: str, remote: bool, opted_out: bool, kind: str, why: str) -> None:
    program = replace(PROGRAM, meter_capability=None if needed is None else MeterCapability(needed))
    found = meter_need(
        program,
        meter_capability=MeterCapability(has),
        remote_changeable=remote,
        interval_opt_out=opted_out,
    )
    assert (found.kind, found.why) == (MeterNeedKind(kind), MeterNeedWhy(why))


def test_a_separate_service_needs_a_second_meter_whatever_is_in_place() -> None:
    program = replace(PROGRAM, service_change=ServiceChange.NEW_SEPARATE_SERVICE)
    found = meter_need(
        program, meter_capability=MeterCapability.INTERVAL, remote_changeable=True, interval_opt_out=False
    )
    assert found.kind is MeterNeedKind.SECOND_METER
