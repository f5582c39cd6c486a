"""The waiting lists of programs with a cap, as they stand: whose turn is next, who stands where, how many there are.

The order is that of the published rule: the instant of the rank, and by case number among equals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from evenroll.enrollment.case import LIVE
from evenroll.enrollment.roles import STAFF, Role
from evenroll.quantities.identifiers import CaseNumber, ProgramKey
from evenroll.records.organizations import current, cursor, open_organization
from evenroll.records.projection_places import OFFERED, WAITING
from evenroll.records.queries import PAGE_MAX, NotForViewer, Viewer


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where one case stands in line: from 1 on, of so many who wait. position: 0 while a place is offered to it."""

    program: ProgramKey
    case: CaseNumber
    ranked_at: datetime
    position: int
    waiting: int
    offered_until_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacesTold:
    """The places of a program: how many there are, are taken (offered ones with them), and are waited for."""

    program: ProgramKey
    cap: int
    taken: int
    offered: int
    waiting: int


def next_in_line(program: ProgramKey) -> CaseNumber | None:
    """The case whose turn it is, in the open organization; None if nobody waits. It may change until it is locked."""
    with cursor() as pen:
        row = pen.execute(
            "SELECT case_number FROM program_line WHERE organization_id = %s AND program = %s AND standing = %s "
            "ORDER BY ranked_at, case_number LIMIT 1",
            (current().id, program, WAITING),
        ).fetchone()
    return CaseNumber(row[0]) if row else None


def standing_of(number: CaseNumber) -> Standing | None:
    """Where a case stands in line, in the open organization; None if it does not."""
    with cursor() as pen:
        row = pen.execute(
            "SELECT mine.program, mine.ranked_at, mine.standing, mine.offered_until_on, "
            "count(other.id) FILTER (WHERE (other.ranked_at, other.case_number) <= (mine.ranked_at, mine.case_number)),"
            " count(other.id) FROM program_line AS mine LEFT JOIN program_line AS other "
            "ON other.organization_id = mine.organization_id AND other.program = mine.program AND other.standing = %s "
            "WHERE mine.organization_id = %s AND mine.case_number = %s AND mine.ranked_at IS NOT NULL GROUP BY mine.id",
            (WAITING, current().id, number),
        ).fetchone()
    if row is None:
        return None
    program, ranked_at, standing, until_on, position, waiting = row
    return Standing(
        program=ProgramKey(program),
        case=number,
        ranked_at=ranked_at,
        position=position if standing == WAITING else 0,
        waiting=waiting,
        offered_until_on=until_on,
    )


def line_of(viewer: Viewer, *, program: ProgramKey, limit: int = PAGE_MAX) -> Sequence[Standing]:
    """The waiting list of a program in its order, those with an offer first. Staff who manage enrollments only."""
    _refuse_others(viewer)
    with open_organization(viewer.organization) as opened, cursor() as pen:
        rows = pen.execute(
            "SELECT case_number, ranked_at, offered_until_on, standing, "
            "row_number() OVER (PARTITION BY standing ORDER BY ranked_at, case_number), "
            "count(*) FILTER (WHERE standing = %(waiting)s) OVER () FROM program_line "
            "WHERE organization_id = %(org)s AND program = %(program)s AND ranked_at IS NOT NULL "
            "ORDER BY standing = %(waiting)s, ranked_at, case_number LIMIT %(limit)s",
            {"org": opened.id, "program": program, "waiting": WAITING, "limit": min(limit, PAGE_MAX)},
        ).fetchall()
    return tuple(
        Standing(
            program=program,
            case=CaseNumber(number),
            ranked_at=ranked_at,
            position=position if standing == WAITING else 0,
            waiting=waiting,
            offered_until_on=until_on,
        )
        for number, ranked_at, until_on, standing, position, waiting in rows
    )


def places_told(viewer: Viewer) -> Sequence[PlacesTold]:
    """The places of every program with a cap. Staff who manage enrollments only."""
    _refuse_others(viewer)
    with open_organization(viewer.organization) as opened, cursor() as pen:
        rows = pen.execute(
            "SELECT place.program, cap, taken, waiting, count(line.id) FROM program_place AS place "
            "LEFT JOIN program_line AS line ON line.organization_id = place.organization_id "
            "AND line.program = place.program AND line.standing = %s "
            "WHERE place.organization_id = %s GROUP BY place.id ORDER BY place.program",
            (OFFERED, opened.id),
        ).fetchall()
    return tuple(
        PlacesTold(program=ProgramKey(program), cap=cap, taken=taken, waiting=waiting, offered=offered)
        for program, cap, taken, waiting, offered in rows
    )


def _refuse_others(viewer: Viewer) -> None:
    if viewer.role not in STAFF | {Role.SYSTEM}:
        raise NotForViewer(f"Your role {viewer.role.value} may not see waiting lists. Ask the program manager.")


def heeded_version(program: ProgramKey) -> int:
    """The version of the program whose cap was heeded last here; 0 where none was. The organization must be open."""
    with cursor() as pen:
        row = pen.execute(
            "SELECT state::jsonb ->> 'program_version' FROM program_place WHERE organization_id = %s AND program = %s",
            (current().id, program),
        ).fetchone()
    return int(row[0] or 0) if row else 0


def live_cases(program: ProgramKey) -> tuple[CaseNumber, ...]:
    """The enrollments of a program that live, in the order of locks. The organization must be open."""
    with cursor() as pen:
        rows = pen.execute(
            "SELECT number FROM case_record WHERE organization_id = %s AND program = %s AND status = ANY(%s) "
            "ORDER BY number",
            (current().id, program, sorted(each.value for each in LIVE)),
        ).fetchall()
    return tuple(CaseNumber(row[0]) for row in rows)
