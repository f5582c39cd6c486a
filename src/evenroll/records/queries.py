"""What doors show: every query takes the viewer, and sees what that viewer may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString, cast

from evenroll.enrollment.case import Case
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.quantities.identifiers import CaseNumber, CustomerId, OrderNumber, OrganizationKey, PodId
from evenroll.records import stream_writer
from evenroll.records.entries import Entry
from evenroll.records.journal import read_stream
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.streams import StreamId, StreamKind, case_stream, order_stream, point_stream

PAGE_MAX = 500
_NOT_STAFF = frozenset({Role.PEER})
_NO_CASES = _NOT_STAFF | {Role.METER_CREW}
_NOT_METER_WORK = frozenset({Row.R5D, Row.R10})
"""Rows of the use case of which a crew hears nothing: what is switched, billed and paid is none of its work."""


class NotForViewer(PermissionError):
    """This viewer may not see this. A case that is not there and one that is not theirs are told alike."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewer:
    """Who looks. customer: set for Role.CUSTOMER, who sees the own cases only.

    on: the local day, set for Role.METER_CREW, which sees the service orders whose visit is that day, and no case.
    """

    organization: OrganizationKey
    role: Role
    customer: CustomerId | None = None
    on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """One track that waits on somebody: who, since when, until when."""

    stream: StreamId
    track: str
    state: str
    owner: Role
    since: datetime
    due_at: datetime
    on_lapse: str


def case(viewer: Viewer, *, number: CaseNumber) -> Case:
    """A case as it stands, not locked. Raises NotForViewer, also where there is none."""
    found = cast("Case | None", _state(viewer, case_stream(number)))
    theirs = found is not None and (
        viewer.role is not Role.CUSTOMER or (viewer.customer is not None and found.proof.customer == viewer.customer)
    )
    if found is None or not theirs or viewer.role in _NO_CASES:
        raise NotForViewer(f"There is no case {number} for you here. Check its number, or who you are signed in as.")
    return found


def case_version(viewer: Viewer, *, number: CaseNumber) -> int:
    """The number of the last entry of a case, for `Asked.seen`. Read it before the case. Raises NotForViewer."""
    seen = _version(viewer, case_stream(number))
    case(viewer, number=number)
    return seen


def order_version(viewer: Viewer, *, number: OrderNumber) -> int:
    """The number of the last entry of a service order; as `case_version`. Raises NotForViewer."""
    seen = _version(viewer, order_stream(number))
    order(viewer, number=number)
    return seen


def order(viewer: Viewer, *, number: OrderNumber) -> ServiceOrder:
    """A service order as it stands, not locked. Raises NotForViewer, also where there is none."""
    found = cast("ServiceOrder | None", _state(viewer, order_stream(number)) if _is_staff(viewer) else None)
    if found is None or not _is_at_hand(viewer, found):
        raise NotForViewer(f"There is no service order {number} for you here. Check its number.")
    return found


def _is_at_hand(viewer: Viewer, order: ServiceOrder) -> bool:
    """Whether an order is for this one of the staff: a crew's are those of its day."""
    if viewer.role is not Role.METER_CREW:
        return True
    return viewer.on is not None and order.visit is not None and order.visit.visit_on == viewer.on


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderTimeline:
    """What happened to a service order, as far as it is for the viewer. seen: the number of its last entry of all."""

    entries: Sequence[Entry]
    seen: int


def order_timeline(viewer: Viewer, *, number: OrderNumber) -> OrderTimeline:
    """The journal of a service order; to a crew, of the work at the meter alone. Raises NotForViewer."""
    with open_organization(viewer.organization):
        # What happened is read before the order: who acts on it then acts on no more than was shown.
        entries = read_stream(order_stream(number))
        order(viewer, number=number)
    is_crew = viewer.role is Role.METER_CREW
    told = [each for each in entries if not (is_crew and each.row in _NOT_METER_WORK)]
    return OrderTimeline(entries=told, seen=max((each.number for each in entries), default=0))


def usage_point(viewer: Viewer, *, pod: PodId) -> UsagePoint | None:
    """A usage point as its stream tells it, not locked; None if this organization has none. Staff and system only."""
    _refuse_non_staff(viewer, "usage points")
    return cast("UsagePoint | None", _state(viewer, point_stream(pod)))


def timeline(viewer: Viewer, *, number: CaseNumber) -> Sequence[Entry]:
    """The journal of a case and of this organization's service orders for it. Raises NotForViewer."""
    case(viewer, number=number)
    with open_organization(viewer.organization) as opened, cursor() as pen:
        orders = pen.execute(
            "SELECT number FROM service_order WHERE organization_id = %s AND case_number = %s ORDER BY number",
            (opened.id, number),
        ).fetchall()
        streams = [case_stream(number)]
        if viewer.role is not Role.CUSTOMER:
            streams += [order_stream(OrderNumber(row[0])) for row in orders]
        entries = [entry for stream in streams for entry in read_stream(stream)]
    return sorted(entries, key=lambda entry: (entry.business_at, entry.recorded_at, entry.stream.rank, entry.number))


_WAITING: LiteralString = (
    "SELECT stream_kind, stream_key, track_key, state, owner, since, due_at, on_lapse FROM track "
    "WHERE organization_id = %(org)s AND owner IS NOT NULL AND due_at IS NOT NULL "
    "ORDER BY due_at, id LIMIT %(limit)s"
)
_WAITING_ON: LiteralString = (
    "SELECT stream_kind, stream_key, track_key, state, owner, since, due_at, on_lapse FROM track "
    "WHERE organization_id = %(org)s AND owner = %(on)s AND due_at IS NOT NULL "
    "ORDER BY due_at, id LIMIT %(limit)s"
)


def waiting(viewer: Viewer, *, on: Role | None = None, limit: int = PAGE_MAX) -> Sequence[Waiting]:
    """What waits on a role, or on anybody, the most urgent first. Staff and system only."""
    _refuse_crews(viewer, "queues")
    # Two texts: one that serves both is planned for neither, and reads all of the queue for a role.
    sql = _WAITING_ON if on is not None else _WAITING
    with open_organization(viewer.organization) as opened, cursor() as pen:
        rows = pen.execute(sql, {"org": opened.id, "on": on, "limit": min(limit, PAGE_MAX)}).fetchall()
    return tuple(_waiting(row) for row in rows)


def cases(viewer: Viewer, *, after: CaseNumber | None = None, limit: int = PAGE_MAX) -> Sequence[CaseNumber]:
    """The numbers of the cases that the viewer may see, ascending, from the one after `after` on."""
    if viewer.role in _NO_CASES or (viewer.role is Role.CUSTOMER and viewer.customer is None):
        raise NotForViewer("You may not list cases here. Sign in as one of this organization, or as its customer.")
    with open_organization(viewer.organization) as opened, cursor() as pen:
        rows = pen.execute(
            "SELECT number FROM case_record WHERE organization_id = %(org)s AND number > %(after)s "
            "AND (%(customer)s::bigint IS NULL OR customer_id = %(customer)s) ORDER BY number LIMIT %(limit)s",
            {
                "org": opened.id,
                "after": after or "",
                "customer": viewer.customer if viewer.role is Role.CUSTOMER else None,
                "limit": min(limit, PAGE_MAX),
            },
        ).fetchall()
    return tuple(CaseNumber(row[0]) for row in rows)


def orders_of(viewer: Viewer, *, case_number: CaseNumber) -> Sequence[OrderNumber]:
    """The service orders that this organization has for a case. Staff and system only."""
    _refuse_crews(viewer, "service orders")
    return tuple(
        OrderNumber(row[0])
        for row in _rows(
            viewer,
            "SELECT number FROM service_order WHERE organization_id = %s AND case_number = %s ORDER BY number",
            case_number,
        )
    )


def open_orders_at(viewer: Viewer, *, pod: PodId) -> Sequence[OrderNumber]:
    """The open service orders at a usage point. Staff and system only."""
    _refuse_crews(viewer, "service orders")
    return tuple(
        OrderNumber(row[0])
        for row in _rows(
            viewer,
            "SELECT number FROM service_order WHERE organization_id = %s AND pod = %s AND status = 'open' "
            "ORDER BY number",
            pod,
        )
    )


def live_places(viewer: Viewer, *, unit_kind: str, unit_id: str) -> Mapping[str, CaseNumber]:
    """The program families in which a unit is enrolled here, with the case that holds it. Staff and system only."""
    _refuse_crews(viewer, "places")
    rows = _rows(
        viewer,
        "SELECT family, case_number FROM place WHERE organization_id = %s AND unit_kind = %s AND unit_id = %s AND live "
        "ORDER BY family",
        unit_kind,
        unit_id,
    )
    return {family: CaseNumber(number) for family, number in rows}


def status_counts(viewer: Viewer) -> Mapping[str, int]:
    """How many cases stand in each state. Staff and system only."""
    _refuse_crews(viewer, "counts")
    sql = "SELECT status, count(*) FROM case_record WHERE organization_id = %s GROUP BY status ORDER BY status"
    return dict(_rows(viewer, sql))


def row_counts(viewer: Viewer) -> Mapping[str, int]:
    """How many cases and orders have an entry in each row of the use case: the funnel. Staff and system only."""
    _refuse_crews(viewer, "counts")
    sql = (
        "SELECT row, count(DISTINCT (stream_kind, stream_key)) FROM journal_entry "
        "WHERE organization_id = %s GROUP BY row ORDER BY row"
    )
    return dict(_rows(viewer, sql))


def _state(viewer: Viewer, stream: StreamId) -> Any:
    with open_organization(viewer.organization) as opened, cursor() as pen:
        return stream_writer.load(pen, opened.id, stream)


def _version(viewer: Viewer, stream: StreamId) -> int:
    """The number of the last entry of a stream; 0 where it has none."""
    sql = "SELECT number FROM stream_head WHERE organization_id = %s AND stream_kind = %s AND stream_key = %s"
    rows = _rows(viewer, sql, stream.kind.value, stream.key)
    return int(rows[0][0]) if rows else 0


def _rows(viewer: Viewer, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    with open_organization(viewer.organization) as opened, cursor() as pen:
        return pen.execute(sql, (opened.id, *parameters)).fetchall()  # pyright: ignore[reportArgumentType]


def _is_staff(viewer: Viewer) -> bool:
    return viewer.role is not Role.CUSTOMER and viewer.role not in _NOT_STAFF


def _refuse_non_staff(viewer: Viewer, what: str) -> None:
    if not _is_staff(viewer):
        raise NotForViewer(f"Your role {viewer.role.value} may not see {what}. Ask the enrollment desk.")


def _refuse_crews(viewer: Viewer, what: str) -> None:
    """For what is of the whole organization."""
    _refuse_non_staff(viewer, what)
    if viewer.role is Role.METER_CREW:
        raise NotForViewer(f"A crew sees its orders of today, and no {what}. Ask the meter office.")


def _waiting(row: tuple[Any, ...]) -> Waiting:
    kind, key, track, state, owner, since, due_at, on_lapse = row
    return Waiting(
        stream=StreamId(kind=StreamKind(kind), key=key),
        track=track,
        state=state,
        owner=Role(owner),
        since=since,
        due_at=due_at,
        on_lapse=on_lapse or "",
    )
