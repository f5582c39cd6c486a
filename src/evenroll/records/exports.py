"""What goes back to the utility's own systems: rows of one organization, streamed. Nothing personal is in them.

Each function works inside open_organization and gives its rows in a fixed order, so equal books give equal files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from psycopg.sql import SQL

from evenroll.enrollment.case import Case
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.tracks import State
from evenroll.records.export_terms import COLUMNS, EnrollmentStatus, ExportKind, Row
from evenroll.records.folds import read_state
from evenroll.records.loads import stream_of
from evenroll.records.organizations import current
from evenroll.records.streams import StreamKind

_ENROLLED: Final = frozenset({State.ACTIVE, State.SUSPENDED, State.LEAVING})
_PENDING: Final = frozenset({State.IN_RESCISSION, State.ENROLLED, State.WITHDRAWING})
_ORDERS: Final = SQL(
    "SELECT o.state, o.status, (SELECT a.rate FROM service_agreement AS a WHERE a.organization_id = o.organization_id "
    "AND a.pod = o.pod AND a.end_on IS NULL) FROM service_order AS o WHERE o.organization_id = %s ORDER BY o.number"
)
_CASES: Final = SQL("SELECT state FROM case_record WHERE organization_id = %s ORDER BY number")
_NOTICES: Final = SQL(
    "SELECT stream_kind, stream_key, parameters::json ->> 'entry', code, noticed_at, due_at, sent_at FROM notice "
    "WHERE organization_id = %s AND (%s::date IS NULL OR noticed_at >= %s) ORDER BY noticed_at, id"
)
_CREDITS: Final = SQL(
    "SELECT case_number, family, device, code, span, amount_usd, state, at FROM incentive_entry "
    "WHERE organization_id = %s AND (%s::date IS NULL OR at >= %s) ORDER BY at, id"
)


def rate_changes(since: date | None) -> Iterator[Row]:
    """Every switch of a rate that is dated or made on that day or later, for the billing system."""
    for order, _, rate_now in _orders():
        switch, switch_on = order.switch, order.switch_on
        if switch is not None:
            switch_on = switch.switch_on
        new_rate = order.request.new_rate
        if switch_on is None or new_rate is None or (since is not None and switch_on < since):
            continue
        told = (
            order.pod,
            switch.old_rate if switch else rate_now,
            switch.new_rate if switch else new_rate,
            switch_on,
            order.service.state.value,
            order.request.service_change.value,
            order.number,
            order.request.case,
        )
        yield _row(ExportKind.RATE_CHANGES, told)


def meter_orders(since: date | None) -> Iterator[Row]:
    """Every service order that is open, or was asked or done on that day or later."""
    for order, status, _ in _orders():
        work, visit = order.work, order.visit
        days = (order.request.asked_on, work.done_on if work else None)
        if since is not None and status != "open" and all(day is None or day < since for day in days):
            continue
        told = (
            order.number,
            order.pod,
            order.request.case,
            order.requester,
            order.request.need.value,
            status,
            order.meter.state.value,
            order.service.state.value,
            order.request.asked_on,
            visit.visit_on if visit else None,
            visit.window.value if visit else None,
            order.obstacle.value if order.obstacle else None,
            work.done_on if work else None,
            work.exchange.old_serial if work else None,
            work.exchange.new_serial if work else None,
            order.switch_on,
        )
        yield _row(ExportKind.METER_ORDERS, told)


def credits(since: date | None) -> Iterator[Row]:
    """The entries of the incentive ledger."""
    for batch in stream_of("credits", _CREDITS, current().id, since, _start_of(since)):
        yield from (_row(ExportKind.CREDITS, row) for row in batch)


def notices(since: date | None) -> Iterator[Row]:
    """The notices owed to customers: a code and the entry that it tells of; who gets it stands in the case."""
    for batch in stream_of("notices", _NOTICES, current().id, since, _start_of(since)):
        yield from (_row(ExportKind.NOTICES, row) for row in batch)


def agreements(since: date | None) -> Iterator[Row]:
    """Every case with signed terms, as a customer agreement with its program, if it changed on that day or later."""
    calendar = current().calendar
    for batch in stream_of("agreements", _CASES, current().id):
        for (text,) in batch:
            case: Case = read_state(StreamKind.CASE, text)
            if case.agreement is None or case.chosen is None:
                continue
            changed_on = calendar.business_date(case.course.since)
            if since is None or changed_on >= since:
                yield _agreement(case, changed_on)


def _agreement(case: Case, changed_on: date) -> Row:
    assert case.agreement is not None and case.chosen is not None
    status = enrollment_status(case.status)
    begun_on = min((day for day in (case.price_since, case.control_since) if day is not None), default=None)
    return _row(
        ExportKind.AGREEMENTS,
        (
            case.number,
            case.pod,
            case.chosen.program,
            case.chosen.version,
            status.value,
            case.status.value,
            case.agreement.signed_on,
            begun_on or (changed_on if status is EnrollmentStatus.ENROLLED else None),
            case.price_since,
            case.control_since,
            # As it is journaled: a move that was told late ended it on its day, and a correction counts.
            (case.ended_on or changed_on) if status is EnrollmentStatus.UNENROLLED else None,
        ),
    )


def enrollment_status(status: State) -> EnrollmentStatus:
    """How a case in this state stands to its program: pending until what makes it active is there."""
    if status in _ENROLLED:
        return EnrollmentStatus.ENROLLED
    return EnrollmentStatus.ENROLLED_PENDING if status in _PENDING else EnrollmentStatus.UNENROLLED


def _orders() -> Iterator[tuple[ServiceOrder, str, str | None]]:
    for batch in stream_of("orders", _ORDERS, current().id):
        for state, status, rate_now in batch:
            yield read_state(StreamKind.SERVICE_ORDER, state), status, rate_now


def _start_of(since: date | None) -> datetime | None:
    return None if since is None else current().calendar.start_of_day(since)


def _row(kind: ExportKind, values: tuple[Any, ...]) -> Row:
    return dict(zip(COLUMNS[kind], values, strict=True))


EXPORTS: Final[Mapping[ExportKind, Callable[[date | None], Iterator[Row]]]] = MappingProxyType(
    {
        ExportKind.RATE_CHANGES: rate_changes,
        ExportKind.METER_ORDERS: meter_orders,
        ExportKind.CREDITS: credits,
        ExportKind.NOTICES: notices,
        ExportKind.AGREEMENTS: agreements,
    }
)
