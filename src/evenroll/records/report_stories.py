"""What reports need to know of some cases, read from their journal and rows; and the lines that are kept of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, LiteralString

from psycopg import Cursor

from evenroll.programs.program import Track
from evenroll.quantities.identifiers import ProgramKey
from evenroll.records.published import published
from evenroll.records.report_lines import Entered, Line, Story, Subject, lines_of
from evenroll.records.streams import StreamKind

_ENTRIES: Final[LiteralString] = """
SELECT stream_key, business_on, data::jsonb ->> 'moves',
    CASE event WHEN 'decision_made' THEN data::jsonb ->> 'findings' END
FROM journal_entry WHERE organization_id = %s AND stream_kind = %s AND stream_key = ANY(%s)
ORDER BY stream_key, number
"""
_STANDING: Final[LiteralString] = """
SELECT number, status, program, program_version, told #>> '{opening,channel}', told #>> '{opening,language}',
    told ->> 'ended_because'
FROM (SELECT *, state::jsonb AS told FROM case_record WHERE organization_id = %s AND number = ANY(%s)) AS standing
"""
_KEPT: Final[LiteralString] = """
SELECT id, number, subject, code, extent, month, kind, channel, language, times
FROM report_row WHERE organization_id = %s AND number = ANY(%s)
"""


@dataclass(kw_only=True, slots=True)
class _Told:
    """What the journal of one case tells."""

    opened_on: date
    entered: list[Entered] = field(default_factory=list[Entered])
    held_by: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])


def lines_anew(pen: Cursor[Any], organization_id: int, numbers: Sequence[str]) -> dict[tuple[str, Line], None]:
    """Every line of these cases, as journal and rows tell it now, with the number of its case."""
    told = _told(pen.execute(_ENTRIES, (organization_id, StreamKind.CASE.value, numbers)))
    standing = pen.execute(_STANDING, (organization_id, numbers)).fetchall()
    return {(row[0], line): None for row in standing if row[0] in told for line in lines_of(_story(row, told[row[0]]))}


def lines_kept(pen: Cursor[Any], organization_id: int, numbers: Sequence[str]) -> dict[tuple[str, Line], int]:
    """Every line that is kept of these cases, and the id of its row."""
    rows = pen.execute(_KEPT, (organization_id, numbers)).fetchall()
    return {
        (
            row[1],
            Line(
                subject=Subject(row[2]),
                code=row[3],
                extent=row[4],
                month=row[5],
                kind=row[6],
                channel=row[7],
                language=row[8],
                times=row[9],
            ),
        ): row[0]
        for row in rows
    }


def _told(rows: Iterable[tuple[Any, ...]]) -> Mapping[str, _Told]:
    found: dict[str, _Told] = {}
    for number, on, moves, findings in rows:
        told = found.setdefault(number, _Told(opened_on=on))
        told.entered += [
            Entered(state=move["to"], at=datetime.fromisoformat(move["at"]), on=on)
            for move in json.loads(moves or "[]")
            if move.get("track") == Track.CASE.value
        ]
        told.held_by |= {
            (each["kind"], each["outcome"]) for each in json.loads(findings or "[]") if each["outcome"] != "met"
        }
    return found


def _story(row: tuple[Any, ...], told: _Told) -> Story:
    _, status, program, version, channel, language, ended_because = row
    return Story(
        opened_on=told.opened_on,
        channel=channel,
        language=language,
        kind="" if program is None else _kind(program, version),
        program=program or "",
        status=status,
        ended_because=ended_because or "",
        entered=told.entered,
        held_by=frozenset(told.held_by),
    )


def _kind(program: str, version: int) -> str:
    """The kind of a program; "" of one that is not on the shelf here, such as another provider's."""
    try:
        return _kind_published(program, version)
    except LookupError:
        return ""


@lru_cache(maxsize=1024)
def _kind_published(program: str, version: int) -> str:
    """A published version never changes, so it is asked for once. Raises LookupError, which is not kept."""
    found = published(ProgramKey(program), version=version)
    if found is None:
        raise LookupError(f"Program {program} version {version} is not published here.")
    return found.kind.value
