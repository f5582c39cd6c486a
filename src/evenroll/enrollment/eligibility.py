"""Eligibility (row 5): every rule of a program judged on the facts, and the verdict over all findings."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Final

from evenroll.enrollment.eligibility_facts import (
    NOT_TOLD,
    Count,
    EligibilityFacts,
    EquipmentListing,
    Known,
    Lockout,
    PlaceFact,
    Said,
    Told,
    counted,
    facts_of_form,
    told,
    yes_if,
)
from evenroll.enrollment.findings import Cure, Evidence, EvidenceCode, Finding
from evenroll.enrollment.judgement import MET
from evenroll.enrollment.meter_need import MeterNeed, MeterNeedWhy, meter_need
from evenroll.enrollment.rule_judges import JUDGES, Judgement
from evenroll.programs.program import ProgramVersion
from evenroll.programs.rules import CureCode, CureOwner, Outcome, Rule, RuleId, RuleKind

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
    "PlaceFact",
    "Said",
    "Told",
    "Verdict",
    "check_all",
    "counted",
    "facts_of_form",
    "meter_need",
    "open_findings",
    "told",
    "verdict",
    "yes_if",
]


PLACES_RULE = Rule(
    id=RuleId("places"),
    kind=RuleKind.PLACE_FREE,
    unmet=Outcome.DUE_LATER,
    cure=CureCode.WAIT_FOR_PLACE,
    cure_owner=CureOwner.PROVIDER,
)
"""What every program with a cap asks beside its own rules."""


_CHOOSE_OTHER: Final = Cure(code=CureCode.CHOOSE_OTHER_OPTION, owner=CureOwner.CUSTOMER, days=30)
_SAY_IT: Final = Cure(code=CureCode.ANSWER_QUESTION, owner=CureOwner.CUSTOMER, days=30)


class Verdict(StrEnum):
    """What all findings together mean. Could not check is a wait, never a refusal."""

    ELIGIBLE = "eligible"
    ELIGIBLE_IF = "eligible_if"
    NOT_YET = "not_yet"
    WAITLISTED = "waitlisted"
    COULD_NOT_CHECK = "could_not_check"
    REFUSED = "refused"


def check_all(program: ProgramVersion, facts: EligibilityFacts) -> tuple[Finding, ...]:
    """The finding of every rule, in the order of the program; none is skipped because another failed.

    Where the places are limited, last comes the finding about them.
    """
    limited = () if facts.places is PlaceFact.NOT_LIMITED else (PLACES_RULE,)
    rules = (*program.rules, *limited)
    return tuple(_finding(rule, JUDGES[rule.kind](rule, program, facts)) for rule in rules)


def verdict(findings: Iterable[Finding]) -> Verdict:
    """The verdict over all findings.

    One final finding refuses, whatever else could not be checked. Else one that could not be checked makes it
    wait, so that the customer is asked for everything at once. Only conditions with a later date left:
    eligible if; and waitlisted where a place is among them.
    """
    found = tuple(findings)
    outcomes = {finding.outcome for finding in found}
    for outcome, meaning in (
        (Outcome.FINAL, Verdict.REFUSED),
        (Outcome.NOT_CHECKED, Verdict.COULD_NOT_CHECK),
        (Outcome.CURABLE, Verdict.NOT_YET),
        (Outcome.DUE_LATER, Verdict.ELIGIBLE_IF),
    ):
        if outcome in outcomes:
            waits = any(finding.evidence.code is EvidenceCode.WAITING_LIST for finding in found)
            return Verdict.WAITLISTED if meaning is Verdict.ELIGIBLE_IF and waits else meaning
    return Verdict.ELIGIBLE


def open_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that are not met, in their order."""
    return tuple(finding for finding in findings if finding.outcome is not Outcome.MET)


def _finding(rule: Rule, judged: Judgement) -> Finding:
    if judged is MET:
        return _plainly_met(rule.id, rule.kind)
    outcome = _outcome(rule, judged)
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        outcome=outcome,
        evidence=Evidence(code=judged.code, parameters=judged.parameters),
        cure=_own_cure(rule, judged) or _cure(rule, outcome),
    )


@lru_cache(maxsize=4096)
def _plainly_met(rule: RuleId, kind: RuleKind) -> Finding:
    # Most findings are this one: as required, with nothing to add.
    return Finding(rule=rule, kind=kind, outcome=Outcome.MET, evidence=Evidence(code=EvidenceCode.AS_REQUIRED))


def _own_cure(rule: Rule, judged: Judgement) -> Cure | None:
    """The cure that lies in what was found, whatever the rule says; None where the rule's own is right."""
    if judged.code is EvidenceCode.OPTION_TAKEN:
        return _CHOOSE_OTHER
    return _SAY_IT if _was_left_out(rule, judged) else None


def _was_left_out(rule: Rule, judged: Judgement) -> bool:
    """Whether a final rule met silence: what was left out can still be said, so it is no refusal yet."""
    return rule.unmet is Outcome.FINAL and judged.code is EvidenceCode.UNSAID


def _outcome(rule: Rule, judged: Judgement) -> Outcome:
    if judged.met is Known.YES:
        return Outcome.MET
    if judged.met is Known.UNKNOWN:
        return Outcome.NOT_CHECKED
    if _was_left_out(rule, judged):
        return Outcome.CURABLE
    return judged.unmet_as or rule.unmet


def _cure(rule: Rule, outcome: Outcome) -> Cure | None:
    if rule.cure is None or outcome not in (Outcome.CURABLE, Outcome.DUE_LATER):
        return None
    return Cure(code=rule.cure, owner=rule.cure_owner, days=rule.cure_days)
