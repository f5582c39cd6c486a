"""What is said of an event: its line in a timeline, and the notice that the customer gets of it."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime

from evenroll.enrollment.case_events import DecisionMade, FormReturned, ProviderAnswered, TermsReceived
from evenroll.enrollment.decide_opening import NONE_FITS
from evenroll.enrollment.ending_events import FinalBillHeard, ServiceEndRefused
from evenroll.enrollment.event import Event, event_kind
from evenroll.enrollment.form import Language
from evenroll.enrollment.leaving_events import LeaveAsked, ReturnBilled
from evenroll.enrollment.life_events import AppealDecided, BillHeard, Ended, RefusedByProvider
from evenroll.enrollment.notices import NOTICE_KINDS
from evenroll.enrollment.order_events import BillHeld, ClosingBillIssued, FirstBillIssued, SwitchHeld, VisitFailed
from evenroll.enrollment.reversal_events import BillCorrected, SwitchReversed
from evenroll.enrollment.suspension_events import Suspended, SuspensionEased
from evenroll.pages.formats import energy
from evenroll.pages.ledger_words import LEDGER_KINDS, ledger_words
from evenroll.pages.part_words import appeal_words
from evenroll.pages.supply_words import supply_words
from evenroll.pages.texts import Parameter, render
from evenroll.programs.bill import Bill, billed_wh
from evenroll.quantities.codec import encode

__all__ = ["NOTICE_KINDS", "bill_words", "event_line", "event_parameters", "notice"]


def event_line(event: Event, *, language: Language) -> str:
    """The line of an event in a timeline. Raises TextMissing."""
    parameters = event_parameters(event, language=language)
    return render(f"event.{event_kind(event)}", language=language, parameters=parameters)


def notice(event: Event, *, case: str, language: Language) -> str:
    """The notice of an event to the customer. case: its number. Raises TextMissing for a kind without a notice."""
    parameters = {**event_parameters(event, language=language), "case": case}
    return render(f"notice.{event_kind(event)}", language=language, parameters=parameters)


def event_parameters(event: Event, *, language: Language) -> dict[str, Parameter]:
    """What the texts of an event may name: its days, its codes in words, the state that its last move came to."""
    plain = {
        field.name: value
        for field in fields(event)
        if isinstance(value := getattr(event, field.name), str | date) and not isinstance(value, datetime)
    }
    plain.pop("row", None)
    if isinstance(event, TermsReceived) and event.rescission_ends_on <= event.signed_on:
        # Nobody is told of a time to revoke that is over before it begins.
        plain.pop("rescission_ends_on")
    # A reason is of another subject in each event; those that a text names are put in words below.
    plain.pop("reason", None)
    moved = {"state": event.moves[-1].to.value} if event.moves else {}
    data = encode(event) if event_kind(event) in LEDGER_KINDS else {}
    words = ledger_words(event_kind(event), data, language=language) if isinstance(data, dict) else {}
    appeal = appeal_words({"reopened": event.reopened}, language=language) if isinstance(event, AppealDecided) else {}
    return {**plain, **moved, **appeal, **_in_words(event, language), **words}


def _in_words(event: Event, language: Language) -> dict[str, Parameter]:
    match event:
        case ProviderAnswered():
            return {"answer": render(event.answer.kind, language=language)}
        case RefusedByProvider():
            return {"answer": render(_refused_with(event.code), language=language)}
        case DecisionMade():
            return {"verdict": render(event.verdict, language=language)}
        case FormReturned():
            return {"missing_items": " ".join(render(item, language=language) for item in event.missing)}
        case Ended() | LeaveAsked():
            return {"reason": render(event.reason, language=language)}
        case _:
            return _of_the_work(event, language)


def _refused_with(code: str) -> str:
    return "provider_answer.none_fits" if code == NONE_FITS else f"provider_answer.{code}"


def _of_the_work(event: Event, language: Language) -> dict[str, Parameter]:
    match event:
        case (
            BillHeard() | ReturnBilled() | ClosingBillIssued() | FirstBillIssued() | BillCorrected() | FinalBillHeard()
        ):
            final = isinstance(event, FinalBillHeard)
            by = {"issued_by": render(event.issued_by, language=language)} if final else {}
            return {**bill_words(event.bill, language=language), **by}
        case SwitchHeld() | BillHeld():
            return {"held": render(event.reason, language=language)}
        case Suspended() | SuspensionEased():
            return {"reason": render(event.cause, language=language)}
        case SwitchReversed() | ServiceEndRefused():
            return {"reason": render(event.reason, language=language)}
        case VisitFailed():
            return {"obstacle": render(event.obstacle, language=language)}
        case _:
            return supply_words(event, language=language)


def bill_words(bill: Bill, *, language: Language) -> dict[str, Parameter]:
    """What it comes to; where others settle the amount, what was counted, and never a sum."""
    kind = {"bill_kind": render(bill.kind, language=language)}
    return (
        {**kind, "total": bill.total}
        if bill.priced
        else {**kind, "counted": energy(billed_wh(bill), language=language)}
    )
