"""The queue of the desk: what waits on whom, most urgent first, a page at a time by keys, in one statement."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, LiteralString

from psycopg.sql import SQL, Composed

from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import Track
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import ActorKey, CaseNumber, ProgramKey
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.queries import NotForViewer, Viewer
from evenroll.records.streams import StreamKind

PAGE_ROWS = 50
_MAY_NOT = frozenset({Role.CUSTOMER, Role.PEER})


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueKey:
    """Where a page ended: the next one begins after it."""

    due_at: datetime
    id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueAsked:
    """What of a queue is looked at.

    on: who is waited on; None for everybody but the system. among: only where a track stands in one of these states;
    None for wherever it stands. track: only tracks of this kind. held_by: only what this one works on; is_free: only
    what nobody works on. due_from, due_before: only what is due from then on, and before then.
    """

    on: Role | None
    among: Collection[tuple[Track, State]] | None = None
    track: Track | None = None
    state: State | None = None
    after: QueueKey | None = None
    held_by: ActorKey | None = None
    is_free: bool = False
    due_from: datetime | None = None
    due_before: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueRow:
    """One wait. number: of the record that waits; case: its case, absent for a supply request; holder: who works on it.

    version: the number of the last entry of the record. times: how often the track entered its state again.
    """

    key: QueueKey
    kind: StreamKind
    number: str
    track_key: str
    track: Track
    state: State
    owner: Role
    since: datetime
    case: CaseNumber | None
    program: ProgramKey | None
    holder: ActorKey | None
    version: int
    times: int


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuePage:
    """A page of a queue. more: whether rows come after it."""

    rows: tuple[QueueRow, ...]
    more: bool


_SELECT = SQL(
    "SELECT waits.id, waits.due_at, waits.stream_kind, waits.stream_key, waits.track_key, waits.track, waits.state, "
    "waits.owner, waits.since, ordered.case_number, standing.program, claim.holder, head.number, "
    "waits.times "
    "FROM (SELECT * FROM track WHERE organization_id = %(org)s AND due_at IS NOT NULL AND stream_kind = ANY(%(kinds)s) "
)
_ON = SQL("AND owner = %(on)s ")
_ON_ANYBODY = SQL("AND owner IS NOT NULL AND owner NOT IN ('system', 'peer') ")
_AMONG = SQL("AND (track, state) IN (SELECT * FROM unnest(%(tracks)s::text[], %(states)s::text[])) ")
_TRACK = SQL("AND track = %(track)s ")
_STATE = SQL("AND state = %(state)s ")
# Few are claimed: they are gathered first, and the walk along the order of the queue stays one.
_CLAIMED: Final[LiteralString] = (
    "(SELECT stream_kind, stream_key FROM desk_claim WHERE organization_id = %(org)s AND until > %(wall)s"
)
_HELD_BY = SQL(f"AND (stream_kind, stream_key) IN {_CLAIMED} AND holder = %(holder)s) ")
_FREE = SQL(f"AND ((stream_kind, stream_key) IN {_CLAIMED})) IS NOT TRUE ")
_DUE_FROM = SQL("AND due_at >= %(due_from)s ")
_DUE_BEFORE = SQL("AND due_at < %(due_before)s ")
_CREWS = SQL("AND owner = 'meter_crew' AND due_at > %(crews_from)s AND due_at <= %(crews_to)s ")
_AFTER = SQL("AND (due_at, id) > (%(due_at)s, %(id)s) ")
# The supervisor's long look at an enrolled case asks nothing of anybody before it lapses; the index `track_in_queue`
# leaves it out by the same words.
_NO_BACKSTOP = SQL("AND NOT (track = 'case' AND state = 'enrolled' AND times = 0) ")
_REST = SQL(
    "ORDER BY due_at, id LIMIT %(limit)s) AS waits "
    "LEFT JOIN service_order AS ordered ON waits.stream_kind = 'service_order' "
    "AND ordered.organization_id = waits.organization_id AND ordered.number = waits.stream_key "
    # No coalesce: row-level security takes it for a leak, so that all cases would be gone through and not the index.
    "LEFT JOIN case_record AS standing ON standing.organization_id = waits.organization_id AND standing.number = "
    "CASE WHEN ordered.case_number IS NULL THEN waits.stream_key ELSE ordered.case_number END "
    "LEFT JOIN desk_claim AS claim ON claim.organization_id = waits.organization_id "
    "AND claim.stream_kind = waits.stream_kind AND claim.stream_key = waits.stream_key AND claim.until > %(wall)s "
    "LEFT JOIN stream_head AS head ON head.organization_id = waits.organization_id "
    "AND head.stream_kind = waits.stream_kind AND head.stream_key = waits.stream_key ORDER BY waits.due_at, waits.id"
)
_KINDS = (StreamKind.CASE.value, StreamKind.SERVICE_ORDER.value, StreamKind.SUPPLY_REQUEST.value)


def queue_page(viewer: Viewer, *, asked: QueueAsked, rows: int = PAGE_ROWS) -> QueuePage:
    """A page of the queue of the viewer's organization; to a crew, of the visits of its day. Raises NotForViewer."""
    if viewer.role in _MAY_NOT:
        raise NotForViewer(f"Your role {viewer.role.value} may not see queues. Ask the enrollment desk.")
    if viewer.role is Role.METER_CREW and viewer.on is None:
        return QueuePage(rows=(), more=False)
    with open_organization(viewer.organization) as opened, cursor() as pen:
        given = {**_given(asked), "org": opened.id, "wall": opened.wall_at, "limit": rows + 1, "kinds": list(_KINDS)}
        if viewer.on is not None:
            given["crews_from"], given["crews_to"] = visits_due(viewer.on, calendar=opened.calendar)
        found = [_row(row) for row in pen.execute(_text(asked, viewer), given).fetchall()]
    return QueuePage(rows=tuple(found[:rows]), more=len(found) > rows)


def visits_due(on: date, *, calendar: ServiceCalendar) -> tuple[datetime, datetime]:
    """Between which instants a visit of this local day is due, the first one left out: it waits until the day ends."""
    return calendar.start_of_day(on), calendar.start_of_day(on + timedelta(days=1))


def _text(asked: QueueAsked, viewer: Viewer) -> Composed:
    parts = [
        (True, _ON if asked.on is not None else _ON_ANYBODY),
        (asked.among is not None, _AMONG),
        (asked.track is not None, _TRACK),
        (asked.state is not None, _STATE),
        (asked.held_by is not None, _HELD_BY),
        (asked.is_free, _FREE),
        (asked.due_from is not None, _DUE_FROM),
        (asked.due_before is not None, _DUE_BEFORE),
        (asked.after is not None, _AFTER),
        (viewer.role is Role.METER_CREW, _CREWS),
        (True, _NO_BACKSTOP),
    ]
    return Composed([_SELECT, *(part for is_asked, part in parts if is_asked), _REST])


def _given(asked: QueueAsked) -> dict[str, Any]:
    among = sorted(asked.among or (), key=lambda each: (each[0].value, each[1].value))
    return {
        "on": asked.on.value if asked.on else None,
        "tracks": [track.value for track, _ in among],
        "states": [state.value for _, state in among],
        "track": asked.track.value if asked.track else None,
        "state": asked.state.value if asked.state else None,
        "holder": asked.held_by,
        "due_from": asked.due_from,
        "due_before": asked.due_before,
        "due_at": asked.after.due_at if asked.after else None,
        "id": asked.after.id if asked.after else None,
    }


def _row(row: tuple[Any, ...]) -> QueueRow:
    (
        own_id,
        due_at,
        kind,
        number,
        track_key,
        track,
        state,
        owner,
        since,
        ordered_case,
        program,
        holder,
        version,
        times,
    ) = row
    of_case = number if kind == StreamKind.CASE.value else ordered_case
    return QueueRow(
        key=QueueKey(due_at=due_at, id=own_id),
        kind=StreamKind(kind),
        number=number,
        track_key=track_key,
        track=Track(track),
        state=State(state),
        owner=Role(owner),
        since=since,
        case=None if of_case is None else CaseNumber(of_case),
        program=None if program is None else ProgramKey(program),
        holder=None if holder is None else ActorKey(holder),
        version=version or 0,
        times=times,
    )
