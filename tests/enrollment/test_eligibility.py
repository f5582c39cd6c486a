"""Eligibility: what must hold for any program and any facts; the analysts' cases stand with the programs."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenroll.enrollment.eligibility import (
    PLACES_RULE,
    Count,
    EligibilityFacts,
    EquipmentListing,
    EvidenceCode,
    Finding,
    Known,
    Lockout,
    MeterNeedWhy,
    PlaceFact,
    Said,
    Told,
    Verdict,
    check_all,
    counted,
    meter_need,
    told,
    verdict,
)
from evenroll.enrollment.form import Dwelling, Holder, VinState
from evenroll.enrollment.rule_judges import JUDGES
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import DocumentKind, MeterCapability, MeterNeedKind, ServiceChange, is_open
from evenroll.programs.rules import CureCode, HomeType, Outcome, Rule, RuleId, RuleKind, RuleParams
from evenroll.quantities.codec import decode, encode
from evenroll.quantities.identifiers import ProgramKey

CATALOG = load_catalog()
PROGRAM = CATALOG.program(ProgramKey("LE-EV-NIGHT"))
APPLIED_ON = date(2026, 11, 2)


KNOWN = st.sampled_from(Known)
SAID = st.sampled_from(Said)
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
    registered_at_location=SAID,
    documents=st.frozensets(st.sampled_from(DocumentKind)),
    places=st.sampled_from(PlaceFact),
    account_meters=st.one_of(
        st.just(Told()), st.frozensets(st.sampled_from(MeterCapability)).map(lambda row: told(*row))
    ),
    rate_changes=st.builds(Count, known=st.booleans(), number=st.integers(0, 3)),
    home=st.none() | st.sampled_from(HomeType),
    attested=SAID,
    telematics=SAID,
    recall_open=SAID,
    equipment_bought_on=st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    device_enrolled_before=KNOWN,
)
PROGRAMS = st.sampled_from(CATALOG.programs)


@given(program=PROGRAMS, facts=FACTS)
def test_every_rule_gives_one_finding_and_open_ones_with_a_time_have_a_cure(program: Any, facts: Any) -> None:
    findings = check_all(program, facts)
    limited = [] if facts.places is PlaceFact.NOT_LIMITED else [PLACES_RULE.id]
    assert [row.rule for row in findings] == [rule.id for rule in program.rules] + limited
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
    # The day of the application is always known: a program that is closed on it refuses.
    for program in (each for each in CATALOG.programs if is_open(each, on=APPLIED_ON)):
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
    facts = EligibilityFacts(applied_on=APPLIED_ON, vin=VinState.ON_ORDER, registered_at_location=Said.NO)
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


SILENT = EligibilityFacts(applied_on=APPLIED_ON)


def _outcome(kind: RuleKind, facts: EligibilityFacts, *values: str, limit: int = 0) -> tuple[Outcome, EvidenceCode]:
    rule = Rule(
        id=RuleId("r"),
        kind=kind,
        params=RuleParams(values=values, limit=limit),
        unmet=Outcome.CURABLE,
        cure=CureCode.STAFF_REVIEW,
        cure_days=5,
    )
    (found,) = check_all(replace(PROGRAM, rules=(rule,)), facts)
    return found.outcome, found.evidence.code


@pytest.mark.parametrize(
    ("bought_on", "listing", "outcome", "code"),
    [
        (date(2026, 11, 2), EquipmentListing.LISTED, Outcome.MET, EvidenceCode.AS_REQUIRED),
        (date(2026, 7, 5), EquipmentListing.LISTED, Outcome.MET, EvidenceCode.AS_REQUIRED),
        (date(2026, 7, 4), EquipmentListing.LISTED, Outcome.CURABLE, EvidenceCode.BOUGHT_TOO_EARLY),
        (None, EquipmentListing.LISTED, Outcome.CURABLE, EvidenceCode.UNSAID),
        (None, EquipmentListing.NOT_CHOSEN, Outcome.DUE_LATER, EvidenceCode.NOT_CHOSEN_YET),
    ],
)
def test_bought_at_most_120_days_before_the_application(bought_on, listing, outcome, code) -> None:
    facts = replace(SILENT, equipment_bought_on=bought_on, equipment=listing)
    assert _outcome(RuleKind.PURCHASED_WITHIN, facts, limit=120) == (outcome, code)


@pytest.mark.parametrize(
    ("before", "listing", "outcome"),
    [
        (Known.NO, EquipmentListing.LISTED, Outcome.MET),
        (Known.YES, EquipmentListing.LISTED, Outcome.CURABLE),
        (Known.UNKNOWN, EquipmentListing.LISTED, Outcome.NOT_CHECKED),
        (Known.UNKNOWN, EquipmentListing.NOT_CHOSEN, Outcome.DUE_LATER),
    ],
)
def test_a_device_is_enrolled_once_in_its_life(before, listing, outcome) -> None:
    facts = replace(SILENT, device_enrolled_before=before, equipment=listing)
    assert _outcome(RuleKind.ONCE_PER_DEVICE, facts)[0] is outcome


@pytest.mark.parametrize(
    ("said", "vin", "outcome"),
    [
        (Said.NO, VinState.GIVEN, Outcome.MET),
        (Said.YES, VinState.GIVEN, Outcome.CURABLE),
        (Said.UNSAID, VinState.GIVEN, Outcome.CURABLE),
        (Said.UNSAID, VinState.ON_ORDER, Outcome.MET),
    ],
)
def test_no_recall_is_open(said, vin, outcome) -> None:
    assert _outcome(RuleKind.NO_OPEN_RECALL, replace(SILENT, recall_open=said, vin=vin))[0] is outcome


def test_every_meter_of_the_account_counts_and_an_unknown_one_is_no_refusal() -> None:
    hourly = replace(PROGRAM, meter_capability=MeterCapability.INTERVAL)
    rule = Rule(id=RuleId("all"), kind=RuleKind.ALL_METERS_CAPABLE, unmet=Outcome.FINAL)
    for meters, outcome in (
        (told("interval"), Outcome.MET),
        (told("interval", "period_registers"), Outcome.FINAL),
        (told(), Outcome.FINAL),
        (Told(), Outcome.NOT_CHECKED),
    ):
        (found,) = check_all(replace(hourly, rules=(rule,)), replace(SILENT, account_meters=meters))
        assert found.outcome is outcome


def test_what_was_left_out_can_still_be_said_even_where_the_answer_may_refuse() -> None:
    rule = Rule(
        id=RuleId("home"), kind=RuleKind.HOME_TYPE_IN, params=RuleParams(values=("single_family",)), unmet=Outcome.FINAL
    )
    program = replace(PROGRAM, rules=(rule,))
    (silent,) = check_all(program, SILENT)
    assert silent.outcome is Outcome.CURABLE
    assert silent.cure is not None
    assert silent.cure.code is CureCode.ANSWER_QUESTION
    (said,) = check_all(program, replace(SILENT, home=HomeType.MULTI_FAMILY))
    assert (said.outcome, said.cure) == (Outcome.FINAL, None)


@pytest.mark.parametrize(("model", "met"), [("Tesla Model 3", True), ("TESLA", True), ("Teslarati", False)])
def test_a_model_is_admitted_by_its_name_or_its_make(model: str, met: bool) -> None:
    facts = replace(SILENT, vehicle_model=told(model))
    assert (_outcome(RuleKind.VEHICLE_MODEL_IN, facts, "Tesla", "Kia EV6")[0] is Outcome.MET) is met
