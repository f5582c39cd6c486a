"""The rows of programs' places: how many are taken, and which cases hold one, were offered one, or wait in line."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from psycopg import Cursor

from evenroll.enrollment.case import Case
from evenroll.enrollment.program_places import ProgramPlaces
from evenroll.quantities.identifiers import ProgramKey
from evenroll.records.folds import written_state
from evenroll.records.projection import project_tracks
from evenroll.records.streams import StreamKind

Pen = Cursor[Any]
_Row = tuple[ProgramKey, str, datetime | None, date | None]

WAITING, OFFERED, HELD = "waiting", "offered", "held"
"""How a case stands to the places of a program."""

_PLACES = """
INSERT INTO program_place (organization_id, program, state, cap, ceiling, taken, waiting)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (organization_id, program) DO UPDATE SET state = excluded.state, cap = excluded.cap,
    ceiling = excluded.ceiling, taken = excluded.taken, waiting = excluded.waiting
"""

_LINE = """
INSERT INTO program_line (organization_id, case_number, program, standing, ranked_at, offered_until_on)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (organization_id, case_number) DO UPDATE SET program = excluded.program, standing = excluded.standing,
    ranked_at = excluded.ranked_at, offered_until_on = excluded.offered_until_on
"""


def project_places(pen: Pen, organization_id: int, *, before: ProgramPlaces | None, after: ProgramPlaces) -> None:
    """Bring the row of a program's places, and its track, from one state to the other."""
    counts = (after.cap, after.ceiling, after.taken, after.waiting)
    pen.execute(_PLACES, (organization_id, after.program, written_state(after), *counts))
    stream = (organization_id, StreamKind.PROGRAM_PLACE.value, after.program)
    project_tracks(pen, stream, before=before.tracks if before else {}, after=after.tracks)


def project_line(pen: Pen, organization_id: int, *, before: Case | None, after: Case) -> None:
    """Bring the row of a case in the line of a program from one state to the other; there is none for most cases."""
    old, new = _row(before) if before else None, _row(after)
    if new == old:
        return
    if new is None:
        pen.execute(
            "DELETE FROM program_line WHERE organization_id = %s AND case_number = %s", (organization_id, after.number)
        )
    else:
        pen.execute(_LINE, (organization_id, after.number, *new))


def _row(case: Case) -> _Row | None:
    line = case.line
    if line is not None:
        standing = WAITING if line.offered_until_on is None else OFFERED
        return (line.program, standing, line.ranked_at, line.offered_until_on)
    return None if case.counted is None else (case.counted, HELD, None, None)
