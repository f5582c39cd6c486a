"""What a finding says to a reader: why, what was seen, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from evenroll.enrollment.findings import EvidenceCode, Finding
from evenroll.enrollment.form import Language
from evenroll.pages.texts import has, render
from evenroll.programs.rules import CureOwner, Outcome, RuleKind

_SUBJECT_OF_VALUES: Mapping[RuleKind, str] = MappingProxyType(
    {
        RuleKind.CUSTOMER_CLASS_IN: "customer_class",
        RuleKind.SUPPLY_STATUS_IN: "supply_status",
        RuleKind.DRIVETRAIN_IN: "drivetrain",
        RuleKind.DOCUMENT_PRESENT: "document",
        RuleKind.HOME_TYPE_IN: "home",
        RuleKind.ALL_METERS_CAPABLE: "meter_capability",
    }
)
"""The subject of the codes that a rule found or wants; those of other rules, such as rates, are names of their own."""

_SAID_ALREADY = frozenset({EvidenceCode.AS_REQUIRED, EvidenceCode.NOT_AS_REQUIRED, EvidenceCode.NOT_KNOWN})
_CODE_LISTS = ("found", "wanted", "missing")


def finding_sentences(finding: Finding, *, language: Language) -> tuple[str, ...]:
    """Why it is so, what was seen where that adds to it, and, where there is one, the cure with its time."""
    said = [render(f"finding.{finding.kind.value}.{finding.outcome.value}", language=language)]
    seen = _in_words(finding, language)
    # That it is as the program asks, or is not, or is not known, the first sentence has said.
    if seen or finding.evidence.code not in _SAID_ALREADY:
        said.append(render(f"evidence.{finding.evidence.code.value}", language=language, parameters=seen))
    if finding.cure is not None:
        said.append(render(finding.cure.code, language=language))
        # What the customer mends before the case goes on has the case's own last day, which stands beside it.
        waits = finding.outcome is Outcome.CURABLE and finding.cure.owner is CureOwner.CUSTOMER
        if finding.cure.days and not waits:
            key = f"cure_by.{finding.cure.owner.value}"
            said.append(render(key, language=language, parameters={"days": finding.cure.days}))
    return tuple(said)


def _in_words(finding: Finding, language: Language) -> dict[str, str]:
    subject = _SUBJECT_OF_VALUES.get(finding.kind, "")
    return {
        name: _list_in_words(value, subject, language) if name in _CODE_LISTS else value
        for name, value in finding.evidence.parameters.items()
        if value
    }


def _list_in_words(codes: str, subject: str, language: Language) -> str:
    return ", ".join(
        render(f"{subject}.{code}", language=language) if has(f"{subject}.{code}") else code
        for code in codes.split(",")
    )
