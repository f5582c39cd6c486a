"""What became of an application so far, as its case and journal tell it: codes only, nothing personal."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from evenroll.records.journal import read_stream
from evenroll.records.models import CaseRecord
from evenroll.records.organizations import current, open_organization
from evenroll.records.streams import case_stream


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingTold:
    """One open finding as it stands in a result. cure: "" for a final one."""

    rule: str
    outcome: str
    evidence: str
    cure: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """Where a case stands. organization: in whose books; a case handed over is read where it went.

    decision: the last verdict, "" before the first. missing: what the form lacked when it was last returned.
    """

    number: CaseNumber
    organization: OrganizationKey
    status: str
    decision: str = ""
    waits_on: str = ""
    due_at: datetime | None = None
    findings: tuple[FindingTold, ...] = ()
    missing: tuple[str, ...] = ()


def read_outcomes(
    numbers: Iterable[CaseNumber], *, organizations: Iterable[OrganizationKey]
) -> dict[CaseNumber, Outcome]:
    """The outcomes of these cases in the books of these organizations; outside any transaction."""
    wanted = tuple(numbers)
    found: dict[CaseNumber, Outcome] = {}
    for key in organizations if wanted else ():
        with open_organization(key):
            rows = CaseRecord.objects.filter(number__in=wanted).values_list("number", "status", "owner", "due_at")
            for number, status, owner, due_at in list(rows):
                # A case that was handed over stands in two books; it goes on in the other one.
                if status != "handed_over" or CaseNumber(number) not in found:
                    found[CaseNumber(number)] = _outcome(CaseNumber(number), status, owner, due_at)
    return found


def _outcome(number: CaseNumber, status: str, owner: str | None, due_at: datetime | None) -> Outcome:
    decision: dict[str, Any] = {}
    missing: tuple[str, ...] = ()
    for entry in read_stream(case_stream(number)):
        if entry.event == "decision_made":
            decision = json.loads(entry.data)
        elif entry.event == "form_returned":
            missing = tuple(json.loads(entry.data).get("missing", ()))
        elif entry.event == "application_completed":
            missing = ()
    return Outcome(
        number=number,
        organization=current().key,
        status=status,
        decision=str(decision.get("verdict", "")),
        waits_on=owner or "",
        due_at=due_at,
        findings=tuple(_finding(each) for each in decision.get("findings", ()) if each["outcome"] != "met"),
        missing=missing,
    )


def _finding(said: dict[str, Any]) -> FindingTold:
    cure: dict[str, Any] = said.get("cure") or {}
    return FindingTold(
        rule=str(said["rule"]),
        outcome=str(said["outcome"]),
        evidence=str(said["evidence"]["code"]),
        cure=str(cure.get("code", "")),
    )
