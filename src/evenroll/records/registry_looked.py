"""What the operator of a registry looks at: who serves which usage point, and requests about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from psycopg.sql import SQL, Composed

from evenroll.enrollment.roles import Role
from evenroll.enrollment.supply_request import SupplyRequest
from evenroll.enrollment.tracks import State
from evenroll.quantities.identifiers import OrganizationKey, PodId, TrackingNumber
from evenroll.records.entries import Entry
from evenroll.records.folds import read_state
from evenroll.records.journal import read_stream
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.queries import NotForViewer, Viewer
from evenroll.records.streams import StreamKind, supply_stream

PAGE_ROWS: Final = 50
_HISTORY_MAX: Final = 200
PENDING: Final = (State.ASKED, State.ACCEPTED)
OVER: Final = (State.EFFECTIVE, State.CANCELLED, State.LOST)


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """Who delivers to and supplies a usage point from a day on. supplier: absent for default service."""

    pod: PodId
    postal_code: str
    utility: OrganizationKey
    supplier: OrganizationKey | None
    from_on: date
    status: str
    in_request: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PointsAsked:
    """Which usage points are looked at. after: the one with which the page before ended.

    by_default: those whose utility supplies them itself.
    """

    pod: str = ""
    postal_code: str = ""
    utility: str = ""
    supplier: str = ""
    by_default: bool = False
    after: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PointsPage:
    """A page of the registry. more: whether usage points come after it."""

    rows: tuple[Period, ...]
    more: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Switch:
    """A request about supply in a list. due_at: until when it waits; absent for one that is over."""

    id: int
    number: TrackingNumber
    pod: PodId
    requester: OrganizationKey
    state: State
    received_on: date
    effective_on: date | None
    owner: Role | None
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchesAsked:
    """Which requests are looked at. pending: those that may still come into effect, the most urgent first."""

    pending: bool = True
    due_at: datetime | None = None
    after: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchesPage:
    """A page of requests. more: whether others come after it."""

    rows: tuple[Switch, ...]
    more: bool


_FORCE: Final = SQL(
    "SELECT held.pod, held.postal_code, held.utility, held.supplier, held.from_on, held.status, "
    "EXISTS (SELECT 1 FROM supply_request AS request WHERE request.organization_id = held.organization_id "
    "AND request.pod = held.pod AND request.status IN ('asked', 'accepted')) "
    "FROM supply_registry AS held WHERE held.organization_id = %(org)s AND held.from_on <= %(on)s "
    "AND held.pod > %(after)s AND NOT EXISTS (SELECT 1 FROM supply_registry AS later "
    "WHERE later.organization_id = held.organization_id AND later.pod = held.pod "
    "AND later.from_on > held.from_on AND later.from_on <= %(on)s) "
)
_NARROWED: Final = {
    "pod": SQL("AND held.pod = %(pod)s "),
    "postal_code": SQL("AND held.postal_code = %(postal_code)s "),
    "utility": SQL("AND held.utility = %(utility)s "),
    "supplier": SQL("AND held.supplier = %(supplier)s "),
    "by_default": SQL("AND (held.supplier IS NULL OR held.supplier = held.utility) "),
}
_BY_POINT: Final = SQL("ORDER BY held.pod LIMIT %(limit)s")


def points(viewer: Viewer, *, asked: PointsAsked, on: date, rows: int = PAGE_ROWS) -> PointsPage:
    """The usage points of the registry as they stand on a day, by key. Raises NotForViewer."""
    _refuse_others(viewer)
    values = {name: getattr(asked, name) for name in (*_NARROWED, "after")}
    narrowed = [part for name, part in _NARROWED.items() if values[name]]
    with open_organization(viewer.organization) as opened, cursor() as pen:
        given = {**values, "org": opened.id, "on": on, "limit": rows + 1}
        found = [_period(row) for row in pen.execute(Composed([_FORCE, *narrowed, _BY_POINT]), given).fetchall()]
    return PointsPage(rows=tuple(found[:rows]), more=len(found) > rows)


def periods(viewer: Viewer, *, pod: PodId) -> tuple[Period, ...]:
    """Everything that the registry ever had of a usage point, the latest first. Raises NotForViewer, also for none."""
    _refuse_others(viewer)
    with open_organization(viewer.organization) as opened, cursor() as pen:
        rows = pen.execute(
            "SELECT pod, postal_code, utility, supplier, from_on, status, false FROM supply_registry "
            "WHERE organization_id = %s AND pod = %s ORDER BY from_on DESC LIMIT %s",
            (opened.id, pod, _HISTORY_MAX),
        ).fetchall()
    if not rows:
        raise NotForViewer(f"The registry has no usage point {pod}. Check its key.")
    return tuple(_period(row) for row in rows)


_LISTED: Final = SQL(
    "SELECT request.id, request.number, request.pod, request.requester, request.status, request.received_on, "
    "request.effective_on, waits.owner, waits.due_at FROM "
)
_PENDING: Final = _LISTED + SQL(
    "track AS waits JOIN supply_request AS request ON request.organization_id = waits.organization_id "
    "AND request.number = waits.stream_key WHERE waits.organization_id = %(org)s "
    "AND waits.stream_kind = 'supply_request' AND waits.due_at IS NOT NULL "
    "AND (%(due_at)s::timestamptz IS NULL OR (waits.due_at, request.id) > (%(due_at)s, %(after)s)) "
    "ORDER BY waits.due_at, request.id LIMIT %(limit)s"
)
_PAST: Final = _LISTED + SQL(
    "supply_request AS request LEFT JOIN track AS waits ON waits.organization_id = request.organization_id "
    "AND waits.stream_kind = 'supply_request' AND waits.stream_key = request.number "
    "WHERE request.organization_id = %(org)s AND request.status = ANY(%(over)s) "
    "AND request.id < coalesce(%(after)s, 9223372036854775807) ORDER BY request.id DESC LIMIT %(limit)s"
)
_AT_POINT: Final = _LISTED + SQL(
    "supply_request AS request LEFT JOIN track AS waits ON waits.organization_id = request.organization_id "
    "AND waits.stream_kind = 'supply_request' AND waits.stream_key = request.number "
    "WHERE request.organization_id = %(org)s AND request.pod = %(pod)s ORDER BY request.id DESC LIMIT %(limit)s"
)


def switches(viewer: Viewer, *, asked: SwitchesAsked, rows: int = PAGE_ROWS) -> SwitchesPage:
    """Requests about supply. Raises NotForViewer."""
    _refuse_others(viewer)
    over = [each.value for each in OVER]
    with open_organization(viewer.organization) as opened, cursor() as pen:
        given = {"org": opened.id, "due_at": asked.due_at, "after": asked.after, "over": over, "limit": rows + 1}
        found = [_switch(row) for row in pen.execute(_PENDING if asked.pending else _PAST, given).fetchall()]
    return SwitchesPage(rows=tuple(found[:rows]), more=len(found) > rows)


def switches_at(viewer: Viewer, *, pod: PodId) -> tuple[Switch, ...]:
    """The requests about one usage point, the latest first. Raises NotForViewer."""
    _refuse_others(viewer)
    with open_organization(viewer.organization) as opened, cursor() as pen:
        given = {"org": opened.id, "pod": pod, "limit": PAGE_ROWS}
        return tuple(_switch(row) for row in pen.execute(_AT_POINT, given).fetchall())


def switch(viewer: Viewer, *, number: TrackingNumber) -> tuple[SupplyRequest, tuple[Entry, ...]]:
    """A request as its stream tells it, and its entries. Raises NotForViewer, also where there is none."""
    _refuse_others(viewer)
    with open_organization(viewer.organization) as opened, cursor() as pen:
        row = pen.execute(
            "SELECT state FROM supply_request WHERE organization_id = %s AND number = %s", (opened.id, number)
        ).fetchone()
        if row is None:
            raise NotForViewer(f"There is no request {number} here. Check its number.")
        return read_state(StreamKind.SUPPLY_REQUEST, row[0]), tuple(read_stream(supply_stream(number)))


def _refuse_others(viewer: Viewer) -> None:
    if viewer.role is not Role.REGISTRY_OPERATOR:
        raise NotForViewer("The registry is for its operator. Sign in as one.")


def _period(row: tuple[Any, ...]) -> Period:
    pod, postal_code, utility, supplier, from_on, status, in_request = row
    return Period(
        pod=PodId(pod),
        postal_code=postal_code,
        utility=OrganizationKey(utility),
        # A utility that is named as supplier serves by default, too.
        supplier=None if supplier in (None, utility) else OrganizationKey(supplier),
        from_on=from_on,
        status=status,
        in_request=in_request,
    )


def _switch(row: tuple[Any, ...]) -> Switch:
    own_id, number, pod, requester, state, received_on, effective_on, owner, due_at = row
    return Switch(
        id=own_id,
        number=TrackingNumber(number),
        pod=PodId(pod),
        requester=OrganizationKey(requester),
        state=State(state),
        received_on=received_on,
        effective_on=effective_on,
        owner=None if owner is None else Role(owner),
        due_at=due_at,
    )
