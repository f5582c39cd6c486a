"""What a program may say beside its price: months, the customer's word for a paper, money that hangs on a day."""

from __future__ import annotations

from datetime import date
from importlib import resources

from evenroll.enrollment.eligibility import EligibilityFacts, EvidenceCode, Known, Outcome, check_all, told
from evenroll.enrollment.eligibility_facts import Said
from evenroll.programs.catalog import load_catalog, parse_catalog
from evenroll.programs.program import ProgramVersion, lockout_of, stay_of
from evenroll.programs.program_terms import DatedBy, EquipmentDay, Span
from evenroll.quantities.identifiers import ProgramKey


def real(file: str) -> str:
    return resources.files("evenroll.programs").joinpath("catalog", f"{file}.yaml").read_text(encoding="utf-8")


def changed(file: str, right: str, wrong: str) -> tuple[ProgramVersion, ...]:
    text = real(file)
    assert right in text
    return parse_catalog({"x.yaml": text.replace(right, wrong, 1)}).programs


def test_terms_that_a_source_says_in_months_are_months() -> None:
    found = {each.key: each for each in load_catalog().programs}
    assert lockout_of(found[ProgramKey("CONED-SC1-III")]) == Span(months=18)
    assert stay_of(found[ProgramKey("GP-TOU-OA-14")], supply=None) == Span(months=12)
    changes = found[ProgramKey("PGE-EV2-A")].changes
    assert changes is not None and (changes.changes_max, changes.span) == (2, Span(months=12))


def test_a_catalog_that_says_days_stays_valid() -> None:
    [night, _] = changed("coned", "lockout_months: 18", "lockout_days: 548")
    assert lockout_of(night) == Span(days=548)


def test_the_customers_word_may_stand_in_for_a_paper() -> None:
    paper = "{id: registration, kind: document_present, values: [vehicle_registration]"
    text = real("coned")
    start = text.index("kind: document_present")
    line = text[text.rindex("{", 0, start) : start + len("kind: document_present")]
    assert paper.startswith("{id")
    programs = changed("coned", line, f"{line}, or_attested: true")
    night = next(each for each in programs if each.key == "CONED-SC1-III")
    for said, outcome in ((Said.YES, Outcome.MET), (Said.UNSAID, Outcome.CURABLE), (Said.NO, Outcome.CURABLE)):
        facts = EligibilityFacts(applied_on=date(2026, 11, 2), attested=said, in_territory=Known.YES)
        [found] = [each for each in check_all(night, facts) if each.kind.value == "document_present"]
        assert found.outcome is outcome
        assert (found.evidence.code is EvidenceCode.ATTESTED_INSTEAD) == (outcome is Outcome.MET)


def test_who_comes_from_an_exempt_rate_is_told_so() -> None:
    prime = load_catalog().program(ProgramKey("SCE-TOU-D-PRIME"))
    facts = EligibilityFacts(applied_on=date(2026, 11, 2), current_rate=told("SCE-TOU-D-T"))
    [found] = [each for each in check_all(prime, facts) if each.kind.value == "attestation_given"]
    assert found.outcome is Outcome.MET and found.evidence.code is EvidenceCode.EXEMPT_BY_RATE
    assert found.evidence.parameters == {"found": "SCE-TOU-D-T"}


def test_a_rebate_hangs_on_the_day_of_purchase() -> None:
    rewards = load_catalog().program(ProgramKey("DOM-EV-REWARDS"))
    [rebate] = [each for each in rewards.incentives if each.dated]
    assert (rebate.code, rebate.usd, rebate.dated) == (
        "rebate",
        125,
        DatedBy(day=EquipmentDay.BOUGHT, days_max=120),
    )
