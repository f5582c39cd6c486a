"""The cases behind a number of a report, a page at a time by keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from psycopg.sql import SQL, Composed

from evenroll.enrollment.tracks import State
from evenroll.quantities.identifiers import CaseNumber, ProgramKey
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.queries import Viewer
from evenroll.records.report_figures import Chosen, chosen_where, refuse_others, values_of
from evenroll.records.report_lines import Subject

PAGE_ROWS: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class RowKey:
    """Where a page ended: the next one begins after it."""

    number: str
    extent: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Behind:
    """Which rows stand behind a number: those of a subject under one of these codes, of this extent or more."""

    subject: Subject
    codes: tuple[str, ...]
    chosen: Chosen
    least: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseBehind:
    """One row. extent, times, month: as in `report_lines.Line`; status, program, due_at: of the case now."""

    key: RowKey
    number: CaseNumber
    times: int
    month: date
    status: State
    program: ProgramKey | None
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RowsPage:
    """A page of them. more: whether rows come after it."""

    rows: tuple[CaseBehind, ...]
    more: bool


# Each code is walked along the index by itself, in the order of the numbers, and no further than a page needs.
_OF_ONE: Final = SQL(
    "SELECT number, extent, times, month FROM report_row WHERE organization_id = %(org)s AND subject = %(subject)s "
    "AND report_row.code = asked.code AND extent >= %(least)s "
)
_AFTER: Final = SQL("AND (number, extent) > (%(after)s, %(after_extent)s) ")
_FIRST: Final = SQL("ORDER BY number, extent LIMIT %(limit)s")
_SELECT: Final = SQL(
    "SELECT found.number, found.extent, found.times, found.month, standing.status, standing.program, standing.due_at "
    "FROM (SELECT each.* FROM unnest(%(codes)s::text[]) AS asked (code), LATERAL ({}) AS each "
    "ORDER BY each.number, each.extent LIMIT %(limit)s) AS found "
    "JOIN case_record AS standing ON standing.organization_id = %(org)s AND standing.number = found.number "
    "ORDER BY found.number, found.extent"
)


def rows_behind(viewer: Viewer, *, behind: Behind, after: RowKey | None = None, rows: int = PAGE_ROWS) -> RowsPage:
    """A page of the cases behind a number, by their own numbers. Raises NotForViewer."""
    refuse_others(viewer)
    with open_organization(viewer.organization, in_order=True) as opened, cursor() as pen:
        given = {
            **values_of(behind.chosen),
            "org": opened.id,
            "subject": behind.subject.value,
            "codes": list(behind.codes),
            "least": behind.least,
            "after": after.number if after else None,
            "after_extent": after.extent if after else None,
            "limit": rows + 1,
        }
        where = Composed([_OF_ONE, *([_AFTER] if after else []), chosen_where(behind.chosen), _FIRST])
        found = [_row(row) for row in pen.execute(_SELECT.format(where), given).fetchall()]
    return RowsPage(rows=tuple(found[:rows]), more=len(found) > rows)


def _row(row: tuple[Any, ...]) -> CaseBehind:
    number, extent, times, month, status, program, due_at = row
    return CaseBehind(
        key=RowKey(number=number, extent=extent),
        number=CaseNumber(number),
        times=times,
        month=month,
        status=State(status),
        program=None if program is None else ProgramKey(program),
        due_at=due_at,
    )
