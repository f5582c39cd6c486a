"""What a judge of a rule answers, and the answers that several judges give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from evenroll.enrollment.eligibility_facts import EligibilityFacts, Known, Said, Told
from evenroll.enrollment.findings import EvidenceCode
from evenroll.programs.program import ProgramVersion
from evenroll.programs.rules import Outcome, Rule


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """met: the answer. unmet_as: the outcome where it differs from the one that the rule states for "no"."""

    met: Known
    code: EvidenceCode
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    unmet_as: Outcome | None = None


Judge: TypeAlias = Callable[[Rule, ProgramVersion, EligibilityFacts], Judgement]

MET: Final = Judgement(met=Known.YES, code=EvidenceCode.AS_REQUIRED)
UNMET: Final = Judgement(met=Known.NO, code=EvidenceCode.NOT_AS_REQUIRED)
NOT_KNOWN: Final = Judgement(met=Known.UNKNOWN, code=EvidenceCode.NOT_KNOWN)
UNSAID: Final = Judgement(met=Known.NO, code=EvidenceCode.UNSAID)
"""The customer was asked and left it out: known to be unsaid, so it can be asked for again."""
ON_ORDER: Final = Judgement(met=Known.NO, code=EvidenceCode.VEHICLE_ON_ORDER, unmet_as=Outcome.DUE_LATER)
NOT_CHOSEN: Final = Judgement(met=Known.NO, code=EvidenceCode.NOT_CHOSEN_YET, unmet_as=Outcome.DUE_LATER)


def when(answer: Known, *, wanted: Known = Known.YES) -> Judgement:
    """Met if a register's answer is the one wanted; not known if it gave none."""
    if answer is Known.UNKNOWN:
        return NOT_KNOWN
    return MET if answer is wanted else UNMET


def when_said(answer: Said, *, wanted: Said = Said.YES) -> Judgement:
    """Met if the customer said what is wanted."""
    if answer is Said.UNSAID:
        return UNSAID
    return MET if answer is wanted else UNMET


def listed(codes: tuple[str, ...] | frozenset[str]) -> str:
    """Codes as a parameter of evidence has them: in order, with commas between."""
    return ",".join(sorted(codes))


def one_of(fact: Told, *, wanted: tuple[str, ...]) -> Judgement:
    """Met if something holds and all that holds is wanted: of several meters each counts, not the best."""
    if not fact.known:
        return NOT_KNOWN
    met = bool(fact.codes) and fact.codes <= set(wanted)
    return Judgement(
        met=Known.YES if met else Known.NO,
        code=EvidenceCode.AS_REQUIRED if met else EvidenceCode.NOT_AS_REQUIRED,
        parameters={"found": listed(fact.codes), "wanted": listed(wanted)},
    )
