"""The rows of a file that are applications, taken into their cases once, with the note that they are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

import django.db
import psycopg

from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.form import Channel
from evenroll.intake.application import Application
from evenroll.intake.taking_in import TakenIn, entering_of, number_of, take_in
from evenroll.quantities.codec import canonical
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from evenroll.records import vault
from evenroll.records.entering import BatchBroken, Entering
from evenroll.records.models import CaseRecord, IntakeFile, IntakeRow
from evenroll.records.organizations import current, open_organization
from evenroll.records.retries import with_retries

_ROW_REFUSED: Final = (django.db.IntegrityError, django.db.DataError, psycopg.IntegrityError, psycopg.DataError)
"""What the database says of one row, whichever way it was written: by Django, or by a step itself."""


class Lane(Protocol):
    """Takes applications of one organization together; given by the one who wires, as a door knows no other."""

    def hear(self, organization: OrganizationKey, entering: Sequence[Entering]) -> Any:
        """What partners say of them, for `take`; outside any transaction."""
        ...

    def take(self, entering: Sequence[Entering], heard: Any) -> Mapping[CaseNumber, Refusal | None]:
        """What each was answered; what it cannot take together is not there. The caller commits. Raises BatchBroken."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """Where rows come in. source: the hash of the file's content. now: the business clock. lane: absent for singly."""

    source: str
    now: datetime
    organization: OrganizationKey
    lane: Lane | None


def take_rows(door: Door, own: Sequence[Application]) -> dict[int, TakenIn]:
    """What became of the applications of one organization, by row; a row that the database refuses is not there.

    A batch that the database refuses is repeated one by one, so that one row never stops the others.
    """
    try:
        return with_retries(lambda: _commit(door, own))
    except (*_ROW_REFUSED, BatchBroken):
        if len(own) == 1 and door.lane is None:
            return {}
        taken: dict[int, TakenIn] = {}
        singly = Door(source=door.source, now=door.now, organization=door.organization, lane=None)
        for each in own:
            taken |= take_rows(singly, [each])
        return taken


def _commit(door: Door, own: Sequence[Application]) -> dict[int, TakenIn]:
    """One transaction for the rows of one organization: each row's effect and the note that it is done."""
    entering = _together(door, own)
    heard = door.lane.hear(door.organization, list(entering.values())) if door.lane and entering else None
    with open_organization(door.organization):
        file, _ = IntakeFile.objects.get_or_create(
            organization_id=current().id, content_hash=door.source, defaults={"first_seen_at": door.now}
        )
        taken = _noted(file, own)
        new = [each for each in own if each.row not in taken]
        fresh = [entering[each.row] for each in new if each.row in entering]
        answered = door.lane.take(fresh, heard) if door.lane and fresh else {}
        for each in new:
            number = entering[each.row].number if each.row in entering else None
            if number is not None and number in answered:
                taken[each.row] = TakenIn(number=number, refusal=answered[number])
        _note(file, [(each, taken[each.row]) for each in new if each.row in taken])
        for each in [each for each in new if each.row not in taken]:
            taken[each.row] = _taken_once(door, each)
            # Another row of the same batch may bring it again.
            _note(file, [(each, taken[each.row])])
        return taken


def _together(door: Door, own: Sequence[Application]) -> dict[int, Entering]:
    """The applications that may be taken together, by row: those that are new, but for paper that is keyed."""
    if door.lane is None:
        return {}
    with open_organization(door.organization):
        file = IntakeFile.objects.filter(content_hash=door.source).first()
        noted = _noted(file, own) if file is not None else {}
        new = [each for each in own if each.row not in noted and each.channel is not Channel.MAIL]
        entering = [(each.row, entering_of(each, source=door.source, now=door.now)) for each in new]
    # Of rows that bring one application the first one opens it.
    first = {each.number: row for row, each in reversed(entering)}
    return {row: each for row, each in entering if first[each.number] == row}


def _noted(file: IntakeFile, own: Sequence[Application]) -> dict[int, TakenIn]:
    before = IntakeRow.objects.filter(file=file, row_number__in=[each.row for each in own])
    return {row.row_number: _read_note(row) for row in before}


def _taken_once(door: Door, application: Application) -> TakenIn:
    """Taken in, unless its case stands since an earlier file or row: then as it was told before."""
    number = number_of(application, source=door.source)
    taken = _told_before(application, number) or take_in(application, source=door.source, now=door.now)
    # Of two files that bring it at once, the second waits at its case and is refused there.
    return taken if taken.refusal is None else _told_before(application, number) or taken


def _told_before(application: Application, number: CaseNumber) -> TakenIn | None:
    # One that was refused at the opening has no case: a corrected row opens it now.
    if not CaseRecord.objects.filter(number=number).exists():
        return None
    notes = list(IntakeRow.objects.filter(case_number=number).order_by("-id"))
    if not notes:
        return None
    content = _known_by(application)
    same = next((each for each in notes if json.loads(each.outcome).get("content", "") == content), None)
    if same is not None:
        return _read_note(same)
    # The sender used a name again for something else: said aloud, so that nothing is taken for told.
    reused = Refusal(code=RefusalCode.KEY_REUSED, parameters={"application": application.reference})
    return TakenIn(number=number, refusal=reused)


def _known_by(application: Application) -> str:
    """A keyed digest of what the row says: the note tells it again and nothing else of it."""
    return vault.digest(application.content.hex(), purpose="intake/content") if application.content else ""


def _note(file: IntakeFile, taken: Sequence[tuple[Application, TakenIn]]) -> None:
    IntakeRow.objects.bulk_create(
        IntakeRow(
            organization_id=current().id,
            file=file,
            row_number=application.row,
            case_number=each.number,
            outcome=canonical(_outcome(application, each.refusal)),
        )
        for application, each in taken
    )


def _outcome(application: Application, refusal: Refusal | None) -> dict[str, Any]:
    said = {} if refusal is None else {"refused": refusal.code.value, "parameters": dict(refusal.parameters)}
    return {**said, "content": _known_by(application)}


def _read_note(row: IntakeRow) -> TakenIn:
    said = json.loads(row.outcome)
    refusal = Refusal(code=RefusalCode(said["refused"]), parameters=said["parameters"]) if "refused" in said else None
    return TakenIn(number=CaseNumber(row.case_number), refusal=refusal)
