"""What became of an application so far, as its case and journal tell it: codes only, nothing personal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from evenroll.enrollment.findings import Cure, Evidence, EvidenceCode, Finding
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import Track
from evenroll.programs.rules import CureCode, CureOwner, RuleId, RuleKind
from evenroll.programs.rules import Outcome as Met
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from evenroll.records.models import CaseRecord, ServiceOrderRecord, TrackRecord
from evenroll.records.organizations import current, cursor, open_organization
from evenroll.records.streams import StreamKind

_TELLING = ("decision_made", "provider_answered", "form_returned", "application_completed")
"""The kinds of entries by which an outcome goes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingTold:
    """One open finding as it stands in a result. cure: "" for a final one."""

    rule: str
    outcome: str
    evidence: str
    cure: str = ""
    finding: Finding | None = None
    """The whole of it, from which its sentences are made."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """Where a case stands. organization: in whose books; a case handed over is read where it went.

    waits_on, due_at: of the nearest wait of a person, on whichever track and in whichever books.
    decision: the last verdict, "" before the first. missing: what the form lacked when it was last returned.
    answer: what was last heard of who provides there, where nothing was decided since.
    """

    number: CaseNumber
    organization: OrganizationKey
    status: str
    decision: str = ""
    waits_on: str = ""
    due_at: datetime | None = None
    findings: tuple[FindingTold, ...] = ()
    missing: tuple[str, ...] = ()
    answer: str = ""


def read_outcomes(
    numbers: Iterable[CaseNumber], *, organizations: Iterable[OrganizationKey]
) -> dict[CaseNumber, Outcome]:
    """The outcomes of these cases in the books of these organizations; outside any transaction."""
    wanted = tuple(numbers)
    found: dict[CaseNumber, Outcome] = {}
    live: dict[str, list[LiveWait]] = {}
    for key in organizations if wanted else ():
        with open_organization(key):
            here = list(CaseRecord.objects.filter(number__in=wanted).values_list("number", "status"))
            told = _told([number for number, _ in here])
            for number, status in here:
                # A case that was handed over stands in two books; it goes on in the other one.
                if status != "handed_over" or CaseNumber(number) not in found:
                    found[CaseNumber(number)] = _outcome(CaseNumber(number), status, told.get(number, ()))
            for number, waits in live_waits(wanted).items():
                live.setdefault(number, []).extend(waits)
    return {number: _with_wait(each, live.get(number, ())) for number, each in found.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveWait:
    """One wait of a case or of its service orders. backstop: the long look of the supervisor at an enrolled case."""

    owner: str
    due_at: datetime
    backstop: bool


def live_waits(numbers: Iterable[str]) -> dict[str, list[LiveWait]]:
    """By case, what is waited for in the books that are open now: its own tracks and those of its orders here."""
    wanted = tuple(numbers)
    orders = dict(ServiceOrderRecord.objects.filter(case_number__in=wanted).values_list("number", "case_number"))
    tracks = TrackRecord.objects.filter(
        stream_kind__in=[StreamKind.CASE.value, StreamKind.SERVICE_ORDER.value],
        stream_key__in=[*wanted, *orders],
        owner__isnull=False,
        due_at__isnull=False,
    )
    found: dict[str, list[LiveWait]] = {}
    for key, track, state, owner, due_at, times in tracks.values_list(
        "stream_key", "track", "state", "owner", "due_at", "times"
    ):
        wait = LiveWait(owner=owner, due_at=due_at, backstop=is_backstop(track=track, state=state, times=times))
        found.setdefault(orders.get(key, key), []).append(wait)
    return found


def is_backstop(*, track: str, state: str, times: int) -> bool:
    """Whether a wait is the supervisor's long look at an enrolled case, before it lapsed for the first time."""
    return (track, state, times) == (Track.CASE.value, State.ENROLLED.value, 0)


def _with_wait(outcome: Outcome, waits: Iterable[LiveWait]) -> Outcome:
    live = list(waits)
    nobody = (Role.SYSTEM.value, Role.PEER.value)
    # A person before the clock, and whoever owes the next act before the one who only looks whether it came.
    nearest = min(live, key=lambda each: (each.backstop, each.owner in nobody, each.due_at), default=None)
    return outcome if nearest is None else replace(outcome, waits_on=nearest.owner, due_at=nearest.due_at)


def _told(numbers: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """By case, the kind and data of each entry that tells what became of it, in order."""
    if not numbers:
        return {}
    with cursor() as pen:
        rows = pen.execute(
            "SELECT stream_key, event, data FROM journal_entry WHERE organization_id = %s AND stream_kind = %s "
            "AND stream_key = ANY(%s) AND event = ANY(%s) ORDER BY stream_key, number",
            (current().id, StreamKind.CASE.value, list(numbers), list(_TELLING)),
        ).fetchall()
    found: dict[str, list[tuple[str, str]]] = {}
    for key, event, data in rows:
        found.setdefault(key, []).append((event, data))
    return found


def _outcome(number: CaseNumber, status: str, told: Iterable[tuple[str, str]]) -> Outcome:
    decision: dict[str, Any] = {}
    missing: tuple[str, ...] = ()
    answer = ""
    for event, data in told:
        if event == "decision_made":
            decision = json.loads(data)
            answer = ""
        elif event == "provider_answered":
            answer = str(json.loads(data)["answer"]["kind"])
        elif event == "form_returned":
            missing = tuple(json.loads(data).get("missing", ()))
        elif event == "application_completed":
            missing = ()
    return Outcome(
        number=number,
        organization=current().key,
        status=status,
        decision=str(decision.get("verdict", "")),
        findings=tuple(_finding(each) for each in decision.get("findings", ()) if each["outcome"] != "met"),
        missing=missing,
        answer=answer,
    )


def _finding(said: dict[str, Any]) -> FindingTold:
    cure: dict[str, Any] = said.get("cure") or {}
    return FindingTold(
        rule=str(said["rule"]),
        outcome=str(said["outcome"]),
        evidence=str(said["evidence"]["code"]),
        cure=str(cure.get("code", "")),
        finding=_whole(said),
    )


def _whole(said: dict[str, Any]) -> Finding:
    cure: dict[str, Any] | None = said.get("cure")
    return Finding(
        rule=RuleId(said["rule"]),
        kind=RuleKind(said["kind"]),
        outcome=Met(said["outcome"]),
        evidence=Evidence(
            code=EvidenceCode(said["evidence"]["code"]), parameters=said["evidence"].get("parameters", {})
        ),
        cure=Cure(code=CureCode(cure["code"]), owner=CureOwner(cure["owner"]), days=cure["days"]) if cure else None,
    )
