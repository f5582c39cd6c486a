"""The analysts' cases of every program: facts in, findings with cures and verdict out, as they were signed."""

from collections import Counter

import pytest

from evenroll.enrollment.eligibility import Verdict, check_all, open_findings, verdict
from evenroll.programs.catalog import load_catalog
from evenroll.programs.rules import RuleKind
from evenroll.quantities.identifiers import ProgramKey
from tests.programs.analyst_cases import AnalystCase, CaseWrong, Expected, read_cases, read_sheet

CATALOG = load_catalog()
CASES = read_cases()


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_analyst_case(case: AnalystCase) -> None:
    findings = check_all(CATALOG.program(ProgramKey(case.program)), case.facts)
    found = {
        str(row.rule): Expected(outcome=row.outcome, cure=row.cure.code if row.cure else None)
        for row in open_findings(findings)
    }
    assert found == case.findings
    assert verdict(findings) is case.verdict


def test_a_file_stands_for_one_program_and_is_named_after_it() -> None:
    for case in CASES:
        assert case.file == f"{case.program.lower().replace('.', '-')}.yaml"


@pytest.mark.parametrize("program", CATALOG.programs, ids=lambda row: str(row.key))
def test_every_program_has_at_least_three_cases_of_three_verdicts(program) -> None:
    own = [case for case in CASES if case.program == program.key]
    assert len(own) >= 3
    assert len({case.verdict for case in own}) >= 3
    assert Verdict.ELIGIBLE in {case.verdict for case in own}
    assert max(Counter(case.name for case in own).values()) == 1


def test_every_kind_of_rule_that_a_program_asks_is_seen_unmet_or_unknown_in_some_case() -> None:
    kinds = {
        row.kind
        for case in CASES
        for row in open_findings(check_all(CATALOG.program(ProgramKey(case.program)), case.facts))
    }
    used = {rule.kind for program in CATALOG.programs for rule in program.rules}
    assert used - kinds == set()
    assert RuleKind.PLACE_FREE in kinds


SHEET = """\
program: PGE-EV2-A
signed: none
usual: {applied_on: 2026-11-02, in_territory: true}
cases:
  - name: one
    verdict: could_not_check
    findings: {class: not_checked}
"""


@pytest.mark.parametrize(
    ("right", "wrong", "reason"),
    [
        ("in_territory: true", "in_teritory: true", "no fact is called in_teritory"),
        ("verdict: could_not_check", "verdict: fine", "'fine' is none of"),
        ("class: not_checked", "class: curable", "stand with their cure"),
        ("class: not_checked", "class: [final, pay_balance]", "others without one"),
        ("class: not_checked", "class: [curable, pray]", "'pray' is none of"),
        ("signed: none", "signed: yes, by me", "signed is none, or has role and day"),
        ("    verdict:", "    colour: red\n    verdict:", "known are but, findings, name, verdict"),
    ],
)
def test_a_slip_of_the_pen_is_refused(right: str, wrong: str, reason: str) -> None:
    assert read_sheet(SHEET, file="a.yaml")
    with pytest.raises(CaseWrong, match=reason.replace("[", r"\[")):
        read_sheet(SHEET.replace(right, wrong), file="a.yaml")


def test_a_signed_sheet_names_role_and_day() -> None:
    signed = SHEET.replace("signed: none", "signed: {role: rates analyst, day: 2026-11-23}")
    assert len(read_sheet(signed, file="a.yaml")) == 1
