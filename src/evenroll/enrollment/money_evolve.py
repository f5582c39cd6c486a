"""How each event changes the ledger of a case. It reads no catalog, calendar or clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from evenroll.enrollment import life_events as life
from evenroll.enrollment import money_events as m
from evenroll.enrollment.event import Event
from evenroll.enrollment.ledger import (
    CREDIT_MOVES,
    Charging,
    Credit,
    CreditState,
    EventOfCase,
    EventResult,
    Ledger,
    Missed,
    OptOut,
    ReverseReason,
)
from evenroll.quantities.changed import changed

KEPT: Final = timedelta(days=800)
"""Events and opt-outs older than this count for nothing any more; the journal keeps them, the state of the case not."""


class CreditBroken(Exception):
    """A credit that would be earned twice, or come to a state that does not follow: a defect of what decided it."""


def evolve_ledger(ledger: Ledger, event: Event) -> Ledger:
    """The ledger after an event; the same one where the event is none of its business. Raises CreditBroken."""
    fold = LEDGER_FOLDS.get(type(event))
    return ledger if fold is None else fold(ledger, event)


def _activated(ledger: Ledger, event: life.Activated) -> Ledger:
    return ledger if ledger.active_on else changed(ledger, active_on=event.active_on)


def _noticed(ledger: Ledger, event: m.EventNoticed) -> Ledger:
    told = EventOfCase(number=event.event, on=event.on, starts_at=event.starts_at, ends_at=event.ends_at)
    kept_from = event.on - KEPT
    return changed(
        ledger,
        events=(*(each for each in ledger.events if each.is_open or each.on >= kept_from), told),
        opt_outs=tuple(each for each in ledger.opt_outs if each.on >= kept_from),
    )


def _event_cancelled(ledger: Ledger, event: m.EventCancelled) -> Ledger:
    left = tuple(each for each in ledger.opt_outs if each.event != event.event)
    return changed(_of_event(ledger, event.event, is_cancelled=True), opt_outs=left)


def _event_settled(ledger: Ledger, event: m.EventSettled) -> Ledger:
    return _of_event(ledger, event.event, result=event.result)


def _used(ledger: Ledger, event: life.UseRecorded) -> Ledger:
    if event.kind is life.UseKind.OPT_IN:
        kept = tuple(each for each in ledger.opt_outs if not (event.event and each.event == event.event))
        return changed(_of_event(ledger, event.event, is_opted_out=False), opt_outs=kept)
    known = OptOut(on=event.on, event=event.event)
    if event.event and any(each.event == event.event for each in ledger.opt_outs):
        return ledger
    opted = changed(ledger, opt_outs=(*ledger.opt_outs, known))
    return _of_event(opted, event.event, is_opted_out=True)


def _of_event(ledger: Ledger, number: str, **changes: Any) -> Ledger:
    if not any(each.number == number for each in ledger.events):
        return ledger
    told = tuple(changed(each, **changes) if each.number == number else each for each in ledger.events)
    return changed(ledger, events=told)


def _measured(ledger: Ledger, event: m.ChargingMeasured) -> Ledger:
    month = Charging(month=event.month, charged_wh=event.charged_wh, window_wh=event.window_wh, peak_wh=event.peak_wh)
    return changed(ledger, charging=(*ledger.charging, month))


def _earned(ledger: Ledger, event: m.IncentiveEarned) -> Ledger:
    if ledger.credit(event.code, span=event.span) is not None:
        raise CreditBroken(f"{event.code} was earned for {event.span} before; it is earned once. Look who decided it.")
    credit = Credit(
        code=event.code,
        span=event.span,
        device=event.device,
        usd=event.usd,
        state=CreditState.EARNED,
        at=event.at,
    )
    return changed(ledger, credits=(*ledger.credits, credit))


def _missed(ledger: Ledger, event: m.IncentiveMissed) -> Ledger:
    missed = Missed(code=event.code, span=event.span, why=event.why, device=event.device)
    return changed(ledger, missed=(*ledger.missed, missed))


def _approved(ledger: Ledger, event: m.IncentiveApproved) -> Ledger:
    if event.is_first:
        return _changed(ledger, event, first_by=event.by)
    return _moved(ledger, event, CreditState.APPROVED)


def _sent(ledger: Ledger, event: m.IncentiveSent) -> Ledger:
    return _moved(ledger, event, CreditState.SENT)


def _paid(ledger: Ledger, event: m.IncentivePaid) -> Ledger:
    return _moved(ledger, event, CreditState.PAID)


def _reversed(ledger: Ledger, event: m.IncentiveReversed) -> Ledger:
    # A payment that came back by itself is here already: nobody owes it.
    is_here = event.reason is ReverseReason.RETURNED
    return _moved(ledger, event, CreditState.REVERSED, was=event.was, returned=is_here, reason=event.reason)


def _restored(ledger: Ledger, event: m.IncentiveRestored) -> Ledger:
    credit = ledger.credit(event.code, span=event.span)
    if credit is None or credit.comes_back_to is not event.to:
        raise CreditBroken(
            f"{event.code} for {event.span} was not taken back so that it could be {event.to.value} again."
        )
    # What goes out anew is approved anew, by as many as the first time.
    first_by = "" if credit.returned else credit.first_by
    return _changed(
        ledger, event, state=event.to, at=event.at, was=None, returned=False, reason=None, first_by=first_by
    )


def _returned(ledger: Ledger, event: m.IncentiveReturned) -> Ledger:
    credit = ledger.credit(event.code, span=event.span)
    if credit is None or not credit.is_owed_back:
        raise CreditBroken(f"{event.code} for {event.span} is not owed back, so it cannot be returned.")
    return _changed(ledger, event, returned=True)


def _moved(ledger: Ledger, event: Any, to: CreditState, **changes: Any) -> Ledger:
    credit = ledger.credit(event.code, span=event.span)
    if credit is None or to not in CREDIT_MOVES[credit.state]:
        stands = credit.state.value if credit else "not there"
        raise CreditBroken(f"{event.code} for {event.span} is {stands}; from there it does not come to {to.value}.")
    return _changed(ledger, event, state=to, at=event.at, **changes)


def _changed(ledger: Ledger, event: Any, **changes: Any) -> Ledger:
    named = (event.code, event.span)
    credits = tuple(changed(each, **changes) if (each.code, each.span) == named else each for each in ledger.credits)
    return changed(ledger, credits=credits)


def _stated(ledger: Ledger, event: life.StatementIssued) -> Ledger:
    return changed(ledger, stated_on=event.on)


def joined(ledger: Ledger) -> int:
    """How many events were joined."""
    return sum(each.result is EventResult.JOINED for each in ledger.events)


LEDGER_FOLDS: Mapping[type[Event], Callable[[Ledger, Any], Ledger]] = MappingProxyType(
    {
        life.Activated: _activated,
        life.UseRecorded: _used,
        life.StatementIssued: _stated,
        m.EventNoticed: _noticed,
        m.EventCancelled: _event_cancelled,
        m.EventSettled: _event_settled,
        m.ChargingMeasured: _measured,
        m.IncentiveEarned: _earned,
        m.IncentiveMissed: _missed,
        m.IncentiveApproved: _approved,
        m.IncentiveSent: _sent,
        m.IncentivePaid: _paid,
        m.IncentiveReversed: _reversed,
        m.IncentiveReturned: _returned,
        m.IncentiveRestored: _restored,
    }
)
"""The events that change a ledger."""

MONEY_EVENTS: tuple[type[Event], ...] = (
    m.EventNoticed,
    m.EventCancelled,
    m.EventSettled,
    m.ChargingMeasured,
    m.IncentiveEarned,
    m.IncentiveMissed,
    m.LedgerCounted,
    m.IncentiveApproved,
    m.IncentiveSent,
    m.IncentivePaid,
    m.IncentiveReversed,
    m.IncentiveReturned,
    m.IncentiveRestored,
    m.ProtectionHeld,
    m.ProtectionSettled,
)
"""The events of the ledger that a case's stream may hold."""
