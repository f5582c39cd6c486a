"""The fold of a service order: moves go to the tracks, facts into their fields. It asks no calendar and no catalog."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from evenroll.enrollment import order_events as e
from evenroll.enrollment.event import Event, event_kind
from evenroll.enrollment.messages import CancelResult
from evenroll.enrollment.reversal_events import BillCorrected, ReadCorrected, ReadQuestioned, SwitchReversed
from evenroll.enrollment.service_order import MeterWork, ServiceOrder
from evenroll.enrollment.track_fold import apply_moves
from evenroll.quantities.changed import changed

Changes = Mapping[str, Any]


class OrderHistoryBroken(Exception):
    """A stream of an order that begins twice, or not with a request, or holds an event of something else."""


def evolve_order(order: ServiceOrder | None, event: Event) -> ServiceOrder:
    """The order after an event. Raises OrderHistoryBroken, MoveRefused."""
    if isinstance(event, (e.OrderOpened, e.RequestRefused)):
        return _begun(order, event)
    if order is None:
        raise OrderHistoryBroken(f"The stream of an order begins with {event_kind(event)}, not with a request.")
    if type(event) not in _KNOWN:
        raise OrderHistoryBroken(f"{event_kind(event)} is no event of service order {order.number}.")
    fold = _FOLDS.get(type(event))
    changes = dict(fold(event)) if fold else {}
    if isinstance(event, ReadCorrected | BillCorrected):
        changes |= _put_right(order, event)
    if event.moves:
        changes["tracks"] = apply_moves(order.tracks, event.moves)
    return changed(order, **changes) if changes else order


def _put_right(order: ServiceOrder, event: ReadCorrected | BillCorrected) -> Changes:
    if isinstance(event, ReadCorrected):
        work = changed(order.work, exchange=event.exchange) if order.work else None
        return {"work": work, "questioned": None}
    corrected = {"corrections": (*order.corrections, event.bill)}
    if event.read is None or order.switch is None:
        return corrected
    return {**corrected, "switch": changed(order.switch, closing=event.read, opening=event.read)}


def _begun(order: ServiceOrder | None, event: e.OrderOpened | e.RequestRefused) -> ServiceOrder:
    if order is not None:
        raise OrderHistoryBroken(f"Service order {order.number} is requested twice in its stream.")
    begun = ServiceOrder(
        number=event.request.order,
        requester=event.requester,
        request=event.request,
        tracks=apply_moves({}, event.moves),
    )
    return changed(begun, refused=event.reason) if isinstance(event, e.RequestRefused) else begun


def _visit(event: e.VisitBooked | e.VisitRebooked) -> Changes:
    return {"visit": event.visit, "obstacle": None}


def _failed(event: e.VisitFailed) -> Changes:
    return {"obstacle": event.obstacle}


def _exchanged(event: e.MeterExchanged) -> Changes:
    return {"work": MeterWork(done_on=event.exchanged_on, exchange=event.exchange)}


def _changed(event: e.RemoteChangeRecorded) -> Changes:
    return {"work": MeterWork(done_on=event.changed_on, exchange=event.exchange)}


def _back_office(event: e.BackOfficeDone) -> Changes:
    return {"checklist": event.done}


def _cancelled(event: e.MeterOrderCancelled) -> Changes:
    changes: dict[str, Any] = {}
    if event.result is not None:
        changes["cancelled"] = event.result
    if event.obstacle is not None:
        changes["obstacle"] = event.obstacle
    return changes


def _too_late(_event: e.CancelTooLate) -> Changes:
    return {"cancelled": CancelResult.TOO_LATE}


def _dated(event: e.SwitchDated | e.SwitchRedated) -> Changes:
    return {"switch_on": event.switch_on}


def _switched(event: e.ServiceSwitched) -> Changes:
    return {"switch": event.switch}


def _closing_bill(event: e.ClosingBillIssued) -> Changes:
    return {"closing_bill": event.bill}


def _first_bill(event: e.FirstBillIssued) -> Changes:
    return {"first_bill": event.bill}


def _questioned(event: ReadQuestioned) -> Changes:
    return {"questioned": event.serial}


def _reversed(event: SwitchReversed) -> Changes:
    return {"reversed_for": event.reason}


_KNOWN = frozenset(e.ORDER_EVENTS.values())

_FOLDS: Mapping[type[Event], Callable[[Any], Changes]] = MappingProxyType(
    {
        e.VisitBooked: _visit,
        e.VisitRebooked: _visit,
        e.VisitFailed: _failed,
        e.MeterExchanged: _exchanged,
        e.RemoteChangeRecorded: _changed,
        e.BackOfficeDone: _back_office,
        e.MeterOrderCancelled: _cancelled,
        e.CancelTooLate: _too_late,
        e.SwitchDated: _dated,
        e.SwitchRedated: _dated,
        e.ServiceSwitched: _switched,
        e.ClosingBillIssued: _closing_bill,
        e.FirstBillIssued: _first_bill,
        ReadQuestioned: _questioned,
        SwitchReversed: _reversed,
    }
)
"""Events that are not here only move tracks, or only tell."""
