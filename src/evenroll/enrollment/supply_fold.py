"""How the events about supply change a case. It reads nothing outside the events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from evenroll.enrollment import supply_events as s
from evenroll.enrollment.case import Case
from evenroll.enrollment.event import Event
from evenroll.enrollment.life_events import SupplyLostHeard
from evenroll.enrollment.supply import PevOfCase, SupplyAway, SupplyLink, SupplyNewsKind
from evenroll.quantities.changed import changed

Changes = dict[str, Any]


def _sent(_case: Case, event: s.SupplySent) -> Changes:
    link = SupplyLink(
        tracking=event.tracking,
        registrar=event.registrar,
        transaction=event.transaction,
        asked_on=event.asked_on,
        requested_on=event.requested_on,
    )
    return {"switch": link}


def _linked(case: Case, **changes: Any) -> Changes:
    return {"switch": changed(case.switch, **changes)} if case.switch else {}


def _sent_before(case: Case, event: s.SupplySentBefore) -> Changes:
    return _linked(case, tracking=event.tracking)


def _accepted(case: Case, event: s.SupplyAccepted) -> Changes:
    return _linked(case, tracking=event.tracking, effective_on=event.effective_on, codes=())


def _objected(case: Case, event: s.SupplyObjected) -> Changes:
    return _linked(case, codes=event.codes, first=event.first, first_on=event.first_on, closed=True)


def _began(case: Case, event: s.SupplyBegan) -> Changes:
    return {"provider": event.provider, **_linked(case, effective_on=event.effective_on, closed=True)}


def _cancel_sent(case: Case, _event: s.SupplyCancelSent) -> Changes:
    return _linked(case, cancel_asked=True)


def _closed(case: Case, _event: s.SupplyCancelHeard | SupplyLostHeard) -> Changes:
    return _linked(case, closed=True)


def _verified(case: Case, event: s.VerificationRecorded) -> Changes:
    return {"form": changed(case.form, verification=event.reference)} if case.form else {}


def _news(case: Case, event: s.SupplyNewsHeard) -> Changes:
    pending = event.news is SupplyNewsKind.PENDING
    return {"away": changed(case.away or SupplyAway(), on=event.on if pending else None)}


def _leaves(case: Case, event: s.SupplierChangeAsked) -> Changes:
    return {"away": changed(case.away or SupplyAway(), asked_for=event.to)}


def _pev_reported(_case: Case, event: s.PevReported) -> Changes:
    return {"pev": PevOfCase(utility=event.utility, charger=event.charger, basis=event.basis)}


def _pev_taken_back(case: Case, event: s.PevTakenBack) -> Changes:
    return {"pev": case.pev if event.left else None}


SUPPLY_CHANGES: Mapping[type[Event], Callable[[Case, Any], Changes]] = MappingProxyType(
    {
        s.SupplySent: _sent,
        s.SupplySentBefore: _sent_before,
        s.SupplyAccepted: _accepted,
        s.SupplyObjected: _objected,
        s.SupplyBegan: _began,
        s.SupplyCancelSent: _cancel_sent,
        s.SupplyCancelHeard: _closed,
        s.VerificationRecorded: _verified,
        SupplyLostHeard: _closed,
        s.SupplyNewsHeard: _news,
        s.SupplierChangeAsked: _leaves,
        s.PevReported: _pev_reported,
        s.PevTakenBack: _pev_taken_back,
    }
)
"""The events about supply that change more than tracks."""
