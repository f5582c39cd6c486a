"""Eligibility (row 5): every rule of a program judged on the facts, and the verdict over all findings."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from evenroll.enrollment.eligibility_facts import (
    NOT_TOLD,
    Count,
    EligibilityFacts,
    EquipmentListing,
    Known,
    Lockout,
    Told,
    counted,
    told,
    yes_if,
)
from evenroll.enrollment.findings import Cure, Evidence, EvidenceCode, Finding
from evenroll.enrollment.meter_need import MeterNeed, MeterNeedWhy, meter_need
from evenroll.enrollment.rule_judges import JUDGES, Judgement
from evenroll.programs.program import ProgramVersion
from evenroll.programs.rules import Outcome, Rule

__all__ = [
    "NOT_TOLD",
    "Count",
    "Cure",
    "EligibilityFacts",
    "EquipmentListing",
    "Evidence",
    "EvidenceCode",
    "Finding",
    "Known",
    "Lockout",
    "MeterNeed",
    "MeterNeedWhy",
    "Outcome",
    "Told",
    "Verdict",
    "check_all",
    "counted",
    "meter_need",
    "open_findings",
    "told",
    "verdict",
    "yes_if",
]


class Verdict(StrEnum):
    """What all findings together mean. Could not check is a wait, never a refusal."""

    ELIGIBLE = "eligible"
    ELIGIBLE_IF = "eligible_if"
    NOT_YET = "not_yet"
    COULD_NOT_CHECK = "could_not_check"
    REFUSED = "refused"


def check_all(program: ProgramVersion, facts: EligibilityFacts) -> tuple[Finding, ...]:
    """The finding of every rule, in the order of the program; none is skipped because another failed."""
    return tuple(_finding(rule, JUDGES[rule.kind](rule, program, facts)) for rule in program.rules)


def verdict(findings: Iterable[Finding]) -> Verdict:
    """The verdict over all findings.

    One final finding refuses, whatever else could not be checked. Else one that could not be checked makes it
    wait, so that the customer is asked for everything at once. Only conditions with a later date left:
    eligible if.
    """
    outcomes = {finding.outcome for finding in findings}
    for outcome, meaning in (
        (Outcome.FINAL, Verdict.REFUSED),
        (Outcome.NOT_CHECKED, Verdict.COULD_NOT_CHECK),
        (Outcome.CURABLE, Verdict.NOT_YET),
        (Outcome.DUE_LATER, Verdict.ELIGIBLE_IF),
    ):
        if outcome in outcomes:
            return meaning
    return Verdict.ELIGIBLE


def open_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that are not met, in their order."""
    return tuple(finding for finding in findings if finding.outcome is not Outcome.MET)


def _finding(rule: Rule, judged: Judgement) -> Finding:
    outcome = _outcome(rule, judged)
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        outcome=outcome,
        evidence=Evidence(code=judged.code, parameters=judged.parameters),
        cure=_cure(rule, outcome),
    )


def _outcome(rule: Rule, judged: Judgement) -> Outcome:
    if judged.met is Known.YES:
        return Outcome.MET
    if judged.met is Known.UNKNOWN:
        return Outcome.NOT_CHECKED
    return judged.unmet_as or rule.unmet


def _cure(rule: Rule, outcome: Outcome) -> Cure | None:
    if rule.cure is None or outcome not in (Outcome.CURABLE, Outcome.DUE_LATER):
        return None
    return Cure(code=rule.cure, owner=rule.cure_owner, days=rule.cure_days)
