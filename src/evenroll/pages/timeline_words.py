"""A timeline as it is told: each entry of the journal as a sentence, and what was last found and missing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from evenroll.enrollment.findings import Finding
from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.pages.ledger_words import ledger_words
from evenroll.pages.notices import bill_words
from evenroll.pages.part_words import appeal_words
from evenroll.pages.supply_words import objections
from evenroll.pages.texts import Parameter, has, render
from evenroll.programs.bill import Bill
from evenroll.programs.reject_codes import RejectCode
from evenroll.quantities.codec import decode
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey

if TYPE_CHECKING:
    from evenroll.records.entries import Entry

_BY_KEY: Final[Mapping[ProgramKey, str]] = {}
_HELD: Final = frozenset({"switch_held", "bill_held"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One line of a timeline. at: the business clock."""

    at: datetime
    row: str
    organization: OrganizationKey
    actor_role: str
    actor_organization: OrganizationKey
    record: str
    event: str
    sentence: str


def told_entry(entry: Entry, *, language: Language, programs: Mapping[ProgramKey, str] = _BY_KEY) -> Told:
    """One line of a timeline, from an entry of the journal. programs: names by key; others are told by their key."""
    parameters = _parameters(entry.event, json.loads(entry.data), language)
    program = ProgramKey(str(parameters.get("program", "")))
    if program in programs:
        parameters["program"] = programs[program]
    return Told(
        at=entry.business_at,
        row=entry.row,
        organization=entry.organization,
        actor_role=entry.actor_role.value,
        actor_organization=entry.actor_organization,
        record=entry.stream.key if entry.stream.kind.value in ("service_order", "erasure") else "case",
        event=entry.event,
        sentence=render(f"event.{entry.event}", language=language, parameters=parameters),
    )


def told_actor(told: Told, *, names: Mapping[OrganizationKey, str], language: Language) -> str:
    """Who did it: a role of the own house, or another organization by its name, which a reader knows from the bill."""
    by_role = render(f"role.{told.actor_role}", language=language)
    return names.get(told.actor_organization, by_role) if told.actor_role == Role.PEER.value else by_role


def findings_told(entries: Sequence[Entry]) -> tuple[Finding, ...]:
    """What was found when the case was last decided; entries: of its journal, ascending."""
    for entry in reversed(entries):
        if entry.event == "decision_made":
            said = json.loads(entry.data).get("findings", [])
            return tuple(decode(Finding, each) for each in said)
    return ()


def missing_told(entries: Sequence[Entry]) -> tuple[str, ...]:
    """What the form lacked when it was last returned; nothing once it is complete. entries: ascending."""
    for entry in reversed(entries):
        if entry.event == "application_completed":
            return ()
        if entry.event == "form_returned":
            return tuple(json.loads(entry.data).get("missing", ()))
    return ()


def _parameters(event: str, data: Mapping[str, Any], language: Language) -> dict[str, Parameter]:
    """What of an event its sentence may say; a variant that needs more is simply not chosen."""
    found: dict[str, Parameter] = {
        name: str(value) for name, value in data.items() if isinstance(value, str) and name != "row"
    }
    moves = data.get("moves") or ()
    if moves:
        found["state"] = str(moves[0]["to"])
    found |= ledger_words(event, data, language=language)
    answer, bill = data.get("answer"), data.get("bill")
    if event == "provider_answered" and isinstance(answer, Mapping):
        found["answer"] = render(f"provider_answer.{answer['kind']}", language=language)
    found |= _decided(event, data, language)
    if event == "supply_objected":
        found["objections"] = objections((RejectCode(each) for each in data.get("codes", ())), language=language)
    if isinstance(bill, Mapping):
        found |= bill_words(decode(Bill, dict[str, Any](bill)), language=language)
    if event == "leave_asked" and has(f"end_reason.{data.get('reason')}"):
        found["reason"] = render(f"end_reason.{data['reason']}", language=language)
    if event in _HELD and has(f"held.{data.get('reason')}"):
        found["held"] = render(f"held.{data['reason']}", language=language)
    need = data.get("need")
    if isinstance(need, Mapping):
        found |= {"need": str(need["kind"]), "why": str(need["why"])}
    return found


def _decided(event: str, data: Mapping[str, Any], language: Language) -> dict[str, Parameter]:
    """How it was decided, at first or on appeal."""
    if event == "decision_made":
        return {"verdict": render(f"verdict.{data['verdict']}", language=language)}
    return appeal_words(data, language=language) if event == "appeal_decided" else {}
