"""An application made page by page into its case: read like a row of a file, taken in once however often it is sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from evenroll.enrollment.form import Channel
from evenroll.enrollment.roles import Actor, Role
from evenroll.intake.application import Application, BadRow, FaultCode, RowFault
from evenroll.intake.file_rows import RawRow
from evenroll.intake.row_reader import RowRules, read_row
from evenroll.intake.taking_in import TakenIn, number_of, take_in
from evenroll.quantities.identifiers import ActorKey, CustomerId, ProgramKey
from evenroll.records.models import CaseRecord
from evenroll.records.organizations import open_organization
from evenroll.records.papers import PaperToKeep, keep_papers

_SOURCE = "web"
_ROW = 1
_WHOSE = ("organization", "program")


class NotReadable(ValueError):
    """Answers that make no application; `faults` are what is wrong with them."""

    def __init__(self, faults: tuple[RowFault, ...]) -> None:
        super().__init__(f"{len(faults)} answers cannot be read. Correct them.")
        self.faults = faults


class _Undone(Exception):
    def __init__(self, taken: TakenIn) -> None:
        super().__init__(taken.number)
        self.taken = taken


def faults_of(cells: Mapping[str, str], *, columns: Collection[str], today: date) -> tuple[tuple[str, FaultCode], ...]:
    """What is wrong with the answers of these columns, as a row of a file would be told it."""
    found = _read(cells, today=today)
    faults = found.faults if isinstance(found, BadRow) else ()
    return tuple((each.column, each.code) for each in faults if each.column in columns)


@dataclass(frozen=True, kw_only=True, slots=True)
class SentAlong:
    """What comes with the answers. signed_in: as whom the browser is signed in, asked of its session just now."""

    papers: Sequence[PaperToKeep] = ()
    signed_in: CustomerId | None = None


def send_drafted(
    cells: Mapping[str, str], *, name: str, now: datetime, today: date, along: SentAlong | None = None
) -> TakenIn:
    """Open the case of these answers and submit its form, signed today, all or nothing; sent again, it is told again.

    name: of the draft, by which its case is one and the same. Raises NotReadable.
    """
    found = _read({**cells, "signed_on": today.isoformat(), "application": name}, today=today)
    if isinstance(found, BadRow):
        raise NotReadable(found.faults)
    try:
        return _taken(found, now=now, along=along or SentAlong())
    except _Undone as undone:
        return undone.taken


def _taken(application: Application, *, now: datetime, along: SentAlong) -> TakenIn:
    # Of two that are sent at once the second waits here, and then finds the case of the first.
    with open_organization(application.organization, command=f"{_SOURCE}/{application.reference}") as opened:
        number = number_of(application, source=_SOURCE)
        if CaseRecord.objects.filter(number=number).exists():
            return TakenIn(number=number)
        actor = Actor(key=ActorKey(f"web/{number}"), role=Role.CUSTOMER, organization=opened.key)
        digests = keep_papers(number, along.papers, at=now)
        taken = take_in(application, source=_SOURCE, now=now, actor=actor, papers=digests, signed_in=along.signed_in)
        if taken.refusal is not None:
            # Undoes the case too, if it was its form that was refused.
            raise _Undone(taken)
        return taken


def _read(cells: Mapping[str, str], *, today: date) -> Application | BadRow:
    organization, program = (cells.get(each, "") for each in _WHOSE)
    rules = RowRules(
        today=today,
        organizations=frozenset({organization}),
        programs=frozenset({program.upper()}),
        channel=Channel.WEB,
    )
    read = read_row(RawRow(number=_ROW, cells={**cells, "channel": Channel.WEB.value}), rules=rules)
    # A page names a program by its very key, whose capitals a file may write as it likes.
    return replace(read, program=ProgramKey(program)) if isinstance(read, Application) and program else read
