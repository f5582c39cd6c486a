"""Loading meters and rates: each usage point that they change gets one entry in its stream, which says what it has now.

What Evenroll itself did at a usage point stands: a file may tell what came after it, and never takes it back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from psycopg.sql import SQL

from evenroll.enrollment.event import Event, event_kind
from evenroll.enrollment.point_events import PointAgreementsLoaded, PointMetersLoaded, UsagePointLoaded
from evenroll.enrollment.point_loads import closed_by_next, goes_on_from, in_place_at_once, with_agreements, with_meters
from evenroll.enrollment.rows import Row
from evenroll.enrollment.usage_point import Agreement, PointMeter, UsagePoint
from evenroll.quantities.codec import decode
from evenroll.quantities.identifiers import PodId
from evenroll.quantities.periods import TilingFaultKind, check_tiling
from evenroll.records import loads
from evenroll.records.folds import read_state
from evenroll.records.load_terms import EXAMPLES_MAX, LoadDifference, LoadFault, LoadFaultCode, Standing
from evenroll.records.loads_streams import PointChange, PointWriting, lock_heads, make_tables, stage_changes
from evenroll.records.locks import Head
from evenroll.records.organizations import current
from evenroll.records.streams import StreamKind

COLUMNS: Final = {"pod": "text", "key": "text", "sort_on": "date", "item": "text"}
"""key: by which a row of a usage point comes once. item: canonical text of the meter or agreement."""


class Part(StrEnum):
    """The part of a usage point that a file tells."""

    METERS = "meters"
    AGREEMENTS = "agreements"


_LOADED: Final = tuple(event_kind(each) for each in (UsagePointLoaded, PointMetersLoaded, PointAgreementsLoaded))
_BY_POINT: Final = SQL(
    "SELECT staged.pod, staged.row_numbers, staged.items, record.state, head.number, head.hash, "
    "head.number > 1 AND EXISTS (SELECT 1 FROM journal_entry AS entry WHERE entry.organization_id = %(org)s "
    "AND entry.stream_kind = %(kind)s AND entry.stream_key = staged.pod AND NOT entry.event = ANY(%(loaded)s)) "
    "FROM (SELECT pod, array_agg(row_number ORDER BY sort_on, row_number) AS row_numbers, "
    "array_agg(item ORDER BY sort_on, row_number) AS items FROM load_stage GROUP BY pod) AS staged "
    "LEFT JOIN point_record AS record ON record.organization_id = %(org)s AND record.pod = staged.pod "
    "LEFT JOIN stream_head AS head ON head.organization_id = %(org)s AND head.stream_kind = %(kind)s "
    "AND head.stream_key = staged.pod ORDER BY staged.row_numbers[1]"
)
_NOT_NAMED: Final = SQL(
    "FROM point_record AS record WHERE record.organization_id = %s "
    "AND NOT EXISTS (SELECT 1 FROM load_stage AS staged WHERE staged.pod = record.pod)"
)
_ELSEWHERE: Final = SQL(
    "SELECT DISTINCT staged.row_number, other.pod FROM load_meter AS new "
    "JOIN (SELECT pod, serial FROM load_meter WHERE removed_on IS NULL UNION "
    "SELECT pod, serial FROM meter WHERE organization_id = %s AND removed_on IS NULL "
    "AND pod NOT IN (SELECT stream_key FROM load_entry)) AS other "
    "ON other.serial = new.serial AND other.pod <> new.pod "
    "JOIN load_stage AS staged ON staged.pod = new.pod AND starts_with(staged.key, new.serial || ' ') "
    "WHERE new.removed_on IS NULL ORDER BY 1"
)


@dataclass(slots=True)
class Tally:
    """What a load of points has seen so far."""

    counts: dict[Standing, int] = field(default_factory=dict[Standing, int])
    examples: dict[Standing, tuple[str, ...]] = field(default_factory=dict[Standing, tuple[str, ...]])

    def note(self, standing: Standing, shown: str, *, rows: int = 1) -> None:
        """Rows of a usage point stand so."""
        self.counts[standing] = self.counts.get(standing, 0) + rows
        told = self.examples.get(standing, ())
        if standing is not Standing.UNCHANGED and len(told) < EXAMPLES_MAX and shown not in told:
            self.examples[standing] = (*told, shown)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Staged:
    pod: PodId
    row_numbers: Sequence[int]
    items: Sequence[Any]
    point: UsagePoint
    head: Head
    has_own_history: bool


def change_points(writing: PointWriting, *, part: Part, tally: Tally) -> Iterator[LoadFault]:
    """Compare every usage point of the staged file and stage what changes it; the faults, as they are found.

    What is staged is written by `loads_streams.merge_changes`, once there was no fault.
    """
    lock_heads(loads.STAGE)
    make_tables()
    for standing in (Standing.NEW, Standing.CHANGED, Standing.UNCHANGED, Standing.KEPT):
        tally.counts.setdefault(standing, 0)
    parameters = {"org": current().id, "kind": StreamKind.USAGE_POINT.value, "loaded": list(_LOADED)}
    for batch in loads.stream_named("points", _BY_POINT, parameters):
        changes: list[PointChange] = []
        for row in batch:
            if row[3] is None:
                yield from _unknown(row[1])
                continue
            staged = _read(row, part)
            after = _after(staged, part)
            faults = tuple(_faults(staged, part, after))
            yield from faults
            if not faults:
                changes += _changes(staged, part, after, tally)
        stage_changes(writing, changes)
    if part is Part.METERS:
        loads.analyze("load_meter")
        for number, pod in loads.rows_of(_ELSEWHERE, current().id):
            yield LoadFault(row=number, column="serial", code=LoadFaultCode.METER_ELSEWHERE, choices=(pod,))
    tally.counts[Standing.ABSENT] = loads.rows_of(SQL("SELECT count(*) {}").format(_NOT_NAMED), current().id)[0][0]
    absent = SQL("SELECT record.pod {} ORDER BY 1 LIMIT %s").format(_NOT_NAMED)
    tally.examples[Standing.ABSENT] = tuple(row[0] for row in loads.rows_of(absent, current().id, EXAMPLES_MAX))


def told(tally: Tally) -> LoadDifference:
    """The difference by rows; what is absent is counted by usage points."""
    return LoadDifference(counts=tally.counts, examples=tally.examples)


def _unknown(row_numbers: Iterable[int]) -> Iterator[LoadFault]:
    for number in row_numbers:
        yield LoadFault(row=number, column="usage_point", code=LoadFaultCode.USAGE_POINT_UNKNOWN)


def _read(row: tuple[Any, ...], part: Part) -> _Staged:
    pod, row_numbers, items, state, number, own_hash, has_own_history = row
    type_: Any = PointMeter if part is Part.METERS else Agreement
    told = [decode(type_, json.loads(item)) for item in items]
    return _Staged(
        pod=PodId(pod),
        row_numbers=row_numbers,
        items=told if part is Part.METERS else closed_by_next(told),
        point=read_state(StreamKind.USAGE_POINT, state),
        head=Head(number=number, hash=own_hash),
        has_own_history=has_own_history,
    )


def _after(staged: _Staged, part: Part) -> tuple[Any, ...]:
    if part is Part.METERS:
        return with_meters(staged.point, staged.items)
    return with_agreements(staged.point, staged.items)


def _faults(staged: _Staged, part: Part, after: tuple[Any, ...]) -> Iterator[LoadFault]:
    if part is Part.METERS:
        if in_place_at_once(after):
            yield LoadFault(row=staged.row_numbers[-1], column="removed_on", code=LoadFaultCode.TWO_METERS_IN_PLACE)
        return
    numbers = {each.start_on: row for row, each in zip(staged.row_numbers, staged.items, strict=True)}
    for fault in check_tiling(each.period for each in after):
        gap = fault.kind is TilingFaultKind.GAP
        # A gap is named at the row that begins after it, an overlap at the row that begins too early.
        begins_on = fault.end_on if gap else fault.start_on
        yield LoadFault(
            row=numbers.get(begins_on, staged.row_numbers[0]) if begins_on else staged.row_numbers[0],
            column="from_on",
            code=LoadFaultCode.PERIODS_GAP if gap else LoadFaultCode.PERIODS_OVERLAP,
            choices=(str(fault.start_on), str(fault.end_on or "")),
        )


def _changes(staged: _Staged, part: Part, after: tuple[Any, ...], tally: Tally) -> Iterator[PointChange]:
    point = staged.point
    before = point.meters if part is Part.METERS else point.agreements
    if after != before and staged.has_own_history and not _goes_on(point, part, after):
        tally.note(Standing.KEPT, staged.pod, rows=len(staged.items))
        return
    known = {_key(each): each for each in before}
    for each in staged.items:
        tally.note(_standing(each, known), staged.pod)
    if after != before:
        yield PointChange(pod=staged.pod, head=staged.head, before=point, event=_event(part, after))


def _goes_on(point: UsagePoint, part: Part, after: tuple[Any, ...]) -> bool:
    if part is Part.METERS:
        return goes_on_from(point, agreements=point.agreements, meters=after)
    return goes_on_from(point, agreements=after, meters=point.meters)


def _event(part: Part, after: tuple[Any, ...]) -> Event:
    if part is Part.METERS:
        return PointMetersLoaded(row=Row.ACTION, meters=after)
    return PointAgreementsLoaded(row=Row.ACTION, agreements=after)


def _key(item: Any) -> object:
    return (item.serial, item.installed_on) if isinstance(item, PointMeter) else item.start_on


def _standing(item: Any, known: Mapping[object, Any]) -> Standing:
    before = known.get(_key(item))
    if before is None:
        return Standing.NEW
    return Standing.UNCHANGED if before == item else Standing.CHANGED
