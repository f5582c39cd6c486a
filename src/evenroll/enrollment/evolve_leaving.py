"""How the events of leaving, resting and correcting change a case. It reads nothing but the event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, assert_never

from evenroll.enrollment import correction_events as ce
from evenroll.enrollment import leaving_events as lv
from evenroll.enrollment import life_events as life
from evenroll.enrollment import suspension_events as s
from evenroll.enrollment.case import Case, Correction, Leave, OrderLink, Suspension
from evenroll.enrollment.event import Event
from evenroll.enrollment.leaving_codes import CorrectableFact, SuspensionCause
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterNeedKind
from evenroll.programs.rules import Drivetrain
from evenroll.quantities.changed import changed

Changes = dict[str, Any]

_NOT_ACTIVE_YET = frozenset({State.ENROLLED, State.WITHDRAWING})


def _leave_asked(_case: Case, event: lv.LeaveAsked) -> Changes:
    asked = Leave(
        reason=event.reason,
        asked_on=event.asked_on,
        because=event.because,
        not_before_on=event.not_before_on,
        next_at=event.next_at,
    )
    return {"leave": asked}


def _return_asked(_case: Case, event: lv.ReturnAsked) -> Changes:
    return {"leaving": OrderLink(number=event.order, utility=event.utility, need=MeterNeedKind.NONE)}


def _return_answered(_case: Case, event: lv.ReturnAnswered) -> Changes:
    return {} if event.accepted else {"leaving": None}


def _return_switch(case: Case, event: lv.ReturnDated | lv.ReturnMade) -> Changes:
    return {"leaving": changed(case.leaving, switch_on=event.switch_on)} if case.leaving else {}


def _return_billed(case: Case, event: lv.ReturnBilled) -> Changes:
    return {"leaving": changed(case.leaving, bills=(*case.leaving.bills, event.bill))} if case.leaving else {}


def _stayed(_case: Case, _event: lv.Stayed) -> Changes:
    return {"leave": None, "leaving": None}


def _lockout_set(_case: Case, event: lv.LockoutSet) -> Changes:
    return {"lockout_ends_on": event.until_on}


def _close_told(_case: Case, event: lv.ProgramCloseTold) -> Changes:
    return {"closes_on": event.closes_on}


def _ended(_case: Case, event: life.Ended) -> Changes:
    return {"ended_because": event.reason, "ended_on": event.ended_on}


def _device_lost(case: Case, event: s.DeviceLost) -> Changes:
    # What is not active yet has to be controlled anew before it can become so.
    return {"control_since": None} if event.is_last and case.status in _NOT_ACTIVE_YET else {}


def _consent_ended(case: Case, event: s.ConsentEnded) -> Changes:
    silent: Changes = {"silent": event.silent}
    return {**silent, "control_since": None} if case.status in _NOT_ACTIVE_YET else silent


def _consent_renewed(_case: Case, _event: s.ConsentRenewed) -> Changes:
    return {"silent": False}


def _suspended(case: Case, event: s.Suspended) -> Changes:
    before = case.suspension
    rests = Suspension(
        causes=(*(before.causes if before else ()), event.cause),
        since_on=event.since_on,
        ends_on=event.ends_on,
        next_at=before.next_at if before else event.next_at,
    )
    strikes = case.strikes + (event.cause is SuspensionCause.COMPLIANCE)
    return {"suspension": rests, "strikes": strikes}


def _eased(case: Case, event: s.SuspensionEased | s.Resumed) -> Changes:
    if case.suspension is None:
        return {}
    causes = tuple(cause for cause in case.suspension.causes if cause is not event.cause)
    return {"suspension": changed(case.suspension, causes=causes) if causes else None}


def _bought(case: Case, event: life.EquipmentBought) -> Changes:
    told = {
        CorrectableFact.PURCHASE_DATE.value: event.bought_on.isoformat(),
        CorrectableFact.PURCHASE_PRICE.value: str(event.price),
    }
    return {"recorded": {**case.recorded, **told}}


def _proposed(case: Case, event: ce.CorrectionProposed) -> Changes:
    proposed = Correction(number=event.number, fact=event.fact, before=event.before, after=event.after, by=event.by)
    return {"correction": proposed, "corrections": max(case.corrections, event.number)}


def _declined(_case: Case, _event: ce.CorrectionDeclined) -> Changes:
    return {"correction": None}


def _corrected(case: Case, event: ce.CorrectionMade) -> Changes:
    return {"correction": None, **_of_fact(case, event)}


def _of_fact(case: Case, event: ce.CorrectionMade) -> Changes:
    """Everything that a fact changes; what the case does not have stays as it is."""
    match event.fact:
        case CorrectableFact.PURCHASE_DATE | CorrectableFact.PURCHASE_PRICE:
            changes: Changes = {"recorded": {**case.recorded, event.fact.value: event.after}}
        case CorrectableFact.EQUIPMENT_SERIAL:
            changes = {"equipment": changed(case.equipment, serial=event.after)} if case.equipment else {}
        case CorrectableFact.DRIVETRAIN:
            first = changed(case.vehicles[0], drivetrain=Drivetrain(event.after))
            changes = {"vehicles": (first, *case.vehicles[1:])}
        case CorrectableFact.IN_SERVICE_DATE:
            changes = {"order": changed(case.order, in_service_on=_day(event))} if case.order else {}
        case CorrectableFact.SIGNED_DATE:
            changes = {"agreement": changed(case.agreement, signed_on=_day(event))} if case.agreement else {}
        case CorrectableFact.TERMS_DATE:
            changes = _of_terms(case, event)
        case CorrectableFact.ENDED_DATE:
            changes = {"ended_on": _day(event), "lockout_ends_on": event.lockout_ends_on}
        case _:
            assert_never(event.fact)
    return changes


def _of_terms(case: Case, event: ce.CorrectionMade) -> Changes:
    if case.agreement is None:
        return {}
    terms = changed(
        case.agreement,
        terms_received_on=_day(event),
        rescission_ends_on=event.rescission_ends_on or case.agreement.rescission_ends_on,
        minimum_stay_ends_on=event.minimum_stay_ends_on,
    )
    return {"agreement": terms}


def _day(event: ce.CorrectionMade) -> date:
    return date.fromisoformat(event.after)


LEAVING_CHANGES: Mapping[type[Event], Callable[[Case, Any], Changes]] = MappingProxyType(
    {
        lv.LeaveAsked: _leave_asked,
        lv.ReturnAsked: _return_asked,
        lv.ReturnAnswered: _return_answered,
        lv.ReturnDated: _return_switch,
        lv.ReturnMade: _return_switch,
        lv.ReturnBilled: _return_billed,
        lv.Stayed: _stayed,
        lv.LockoutSet: _lockout_set,
        lv.ProgramCloseTold: _close_told,
        life.EquipmentBought: _bought,
        life.Ended: _ended,
        s.DeviceLost: _device_lost,
        s.ConsentEnded: _consent_ended,
        s.ConsentRenewed: _consent_renewed,
        s.Suspended: _suspended,
        s.SuspensionEased: _eased,
        s.Resumed: _eased,
        ce.CorrectionProposed: _proposed,
        ce.CorrectionMade: _corrected,
        ce.CorrectionDeclined: _declined,
    }
)
"""The events that change more than tracks."""

LEAVING_EVENTS = (
    lv.LeaveAsked,
    lv.ReturnAsked,
    lv.ReturnNeeded,
    lv.ReturnAnswered,
    lv.ReturnDated,
    lv.ReturnMade,
    lv.ReturnBilled,
    lv.ReturnCancelled,
    lv.Stayed,
    lv.LockoutSet,
    lv.ProgramCloseTold,
    s.DeviceLost,
    s.DeviceBack,
    s.ConsentEnded,
    s.ConsentRenewed,
    s.Suspended,
    s.SuspensionEased,
    s.Resumed,
    ce.CorrectionProposed,
    ce.CorrectionMade,
    ce.CorrectionDeclined,
)
"""Every event of the life after enrollment that a case's stream may hold."""
