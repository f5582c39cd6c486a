"""A decision computed again from the facts that the journal kept and the version that decided it (invariant 9)."""

from __future__ import annotations

from dataclasses import dataclass

from evenroll.enrollment.case_events import DecisionMade
from evenroll.enrollment.eligibility import Verdict, check_all, verdict
from evenroll.enrollment.findings import Finding
from evenroll.programs.program import ProgramVersion


@dataclass(frozen=True, kw_only=True, slots=True)
class DecidedAgain:
    """What the facts and a version give. is_same: whether it is the decision as journaled, finding by finding."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    is_same: bool


def decide_again(made: DecisionMade, *, program: ProgramVersion) -> DecidedAgain:
    """The decision again. program: the version that decided, or another one, to see what it would have found."""
    findings = check_all(program, made.facts)
    again = verdict(findings)
    return DecidedAgain(verdict=again, findings=findings, is_same=findings == made.findings and again is made.verdict)
