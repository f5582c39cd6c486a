"""The rows of programs' places: how many are taken, and which cases hold one, were offered one, or wait in line."""

from __future__ import annotations

from datetime import date, datetime

from evenroll.enrollment.case import Case
from evenroll.enrollment.program_places import ProgramPlaces
from evenroll.quantities.identifiers import ProgramKey
from evenroll.records.folds import written_state
from evenroll.records.projection import project_tracks
from evenroll.records.row_batch import Put, Rows
from evenroll.records.streams import StreamKind

_Row = tuple[ProgramKey, str, datetime | None, date | None]

WAITING, OFFERED, HELD = "waiting", "offered", "held"
"""How a case stands to the places of a program."""

_PLACES = Put(
    table="program_place",
    columns=(
        ("program", "text"),
        ("state", "text"),
        ("cap", "int"),
        ("ceiling", "int"),
        ("taken", "int"),
        ("waiting", "int"),
    ),
    keys=1,
)

_LINE = Put(
    table="program_line",
    columns=(
        ("case_number", "text"),
        ("program", "text"),
        ("standing", "text"),
        ("ranked_at", "timestamptz"),
        ("offered_until_on", "date"),
    ),
    keys=1,
)


def project_places(batch: Rows, organization_id: int, *, before: ProgramPlaces | None, after: ProgramPlaces) -> None:
    """Bring the row of a program's places, and its track, from one state to the other."""
    counts = (after.cap, after.ceiling, after.taken, after.waiting)
    batch.put(_PLACES, (after.program, written_state(after), *counts))
    stream = (organization_id, StreamKind.PROGRAM_PLACE.value, after.program)
    project_tracks(batch, stream, before=before.tracks if before else {}, after=after.tracks)


def project_line(batch: Rows, organization_id: int, *, before: Case | None, after: Case) -> None:
    """Bring the row of a case in the line of a program from one state to the other; there is none for most cases."""
    old, new = _row(before) if before else None, _row(after)
    if new == old:
        return
    if new is None:
        gone = (organization_id, after.number)
        batch.run("program_line", "DELETE FROM program_line WHERE organization_id = %s AND case_number = %s", gone)
    else:
        batch.put(_LINE, (after.number, *new))


def _row(case: Case) -> _Row | None:
    line = case.line
    if line is not None:
        standing = WAITING if line.offered_until_on is None else OFFERED
        return (line.program, standing, line.ranked_at, line.offered_until_on)
    return None if case.counted is None else (case.counted, HELD, None, None)
