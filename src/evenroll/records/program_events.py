"""What a decision about a program's event rests on: who is enrolled, what they were promised, which events stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from evenroll.enrollment.event_terms import Planned
from evenroll.enrollment.program_event import EventFacts, EventState, ProgramEvent
from evenroll.enrollment.tracks import State
from evenroll.programs.program import ProgramVersion
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey, ProgramKey
from evenroll.records.folds import read_state
from evenroll.records.organizations import current, cursor, open_organization
from evenroll.records.program_shelf import program_versions
from evenroll.records.streams import StreamKind
from evenroll.records.unit_of_work import UnitOfWork

CALLED_FOR = (State.ACTIVE,)
TOLD_AGAIN = (State.ACTIVE, State.SUSPENDED, State.LEAVING)
"""Whom an event is called for; and who may have been told of one, and hears what becomes of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Enrolled:
    """A case in a program, with the version that it was offered."""

    number: CaseNumber
    version: int


def enrolled(program: ProgramKey, *, states: Sequence[State]) -> tuple[Enrolled, ...]:
    """The cases of the open organization in a program that stand in one of these states, by number."""
    rows = _rows(
        "SELECT number, program_version FROM case_record "
        "WHERE organization_id = %s AND program = %s AND status = ANY(%s) ORDER BY number",
        program,
        [state.value for state in states],
    )
    return tuple(Enrolled(number=CaseNumber(row[0]), version=row[1]) for row in rows)


def calling_facts(work: UnitOfWork, program: ProgramKey, *, starts_at: datetime) -> EventFacts:
    """The facts of calling an event: terms of each version that an enrolled customer was offered, else of the last."""
    mine = tuple(each for each in program_versions(program) if each.organization == work.organization)
    cases = enrolled(program, states=CALLED_FOR)
    return EventFacts(
        now=work.now,
        calendar=current().calendar,
        organization=work.organization,
        number=_number(program, starts_at),
        program=program,
        terms=tuple(each.events for each in _offered(mine, cases) if each.events is not None),
        others=_standing(program),
        cases=tuple(each.number for each in cases),
    )


def _offered(versions: tuple[ProgramVersion, ...], cases: tuple[Enrolled, ...]) -> tuple[ProgramVersion, ...]:
    offered = {each.version for each in cases}
    return tuple(each for each in versions if each.version in offered) or versions[-1:]


def telling_facts(work: UnitOfWork, event: ProgramEvent | None, *, number: str) -> EventFacts:
    """The facts of cancelling or settling an event: everyone who may have been told of it."""
    cases = enrolled(event.program, states=TOLD_AGAIN) if event else ()
    return EventFacts(
        now=work.now,
        calendar=current().calendar,
        organization=work.organization,
        number=number,
        program=event.program if event else ProgramKey(""),
        cases=tuple(each.number for each in cases),
    )


def _number(program: ProgramKey, starts_at: datetime) -> str:
    """A number that says program and start, with a count where an event of that start was cancelled before."""
    base = f"{program}-{starts_at.astimezone(UTC):%Y%m%dT%H%MZ}"
    rows = _rows(
        "SELECT count(*) FROM program_event WHERE organization_id = %s AND program = %s AND starts_at = %s "
        "AND status = 'cancelled'",
        program,
        starts_at,
    )
    before = int(rows[0][0])
    return f"{base}-{before + 1}" if before else base


def _standing(program: ProgramKey) -> tuple[Planned, ...]:
    rows = _rows(
        "SELECT starts_at, ends_at FROM program_event WHERE organization_id = %s AND program = %s AND status <> %s",
        program,
        EventState.CANCELLED.value,
    )
    return tuple(Planned(starts_at=row[0], ends_at=row[1]) for row in rows)


def events_of(organization: OrganizationKey, *, program: ProgramKey | None = None) -> tuple[ProgramEvent, ...]:
    """The events that an organization called, of one program or of all, by their start."""
    with open_organization(organization):
        rows = _rows(
            "SELECT state FROM program_event WHERE organization_id = %s AND (%s::text IS NULL OR program = %s) "
            "ORDER BY starts_at, number",
            program,
            program,
        )
        return tuple(cast("ProgramEvent", read_state(StreamKind.PROGRAM_EVENT, row[0])) for row in rows)


def earned_with_device(family: str, *, device: str, but: CaseNumber) -> frozenset[str]:
    """The codes of incentives that other cases of the organization earned with a device in a family of programs."""
    rows = _rows(
        "SELECT DISTINCT code FROM incentive_entry WHERE organization_id = %s AND family = %s AND device = %s "
        "AND case_number <> %s AND state <> 'reversed'",
        family,
        device,
        but,
    )
    return frozenset(str(row[0]) for row in rows)


def _rows(sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    with cursor() as pen:
        return pen.execute(sql, (current().id, *parameters)).fetchall()  # pyright: ignore[reportArgumentType]
