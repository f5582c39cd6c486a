"""What is said of an event: its line in a timeline, and the notice that the customer gets of it."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime

from evenroll.enrollment.case_events import DecisionMade, FormReturned, ProviderAnswered
from evenroll.enrollment.event import Event, event_kind
from evenroll.enrollment.form import Language
from evenroll.enrollment.life_events import BillHeard, Ended, RefusedByProvider
from evenroll.enrollment.notices import NOTICE_KINDS
from evenroll.enrollment.order_events import BillHeld, ClosingBillIssued, FirstBillIssued, SwitchHeld, VisitFailed
from evenroll.pages.texts import Parameter, render
from evenroll.programs.bill import Bill

__all__ = ["NOTICE_KINDS", "event_line", "event_parameters", "notice"]


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
    # A reason is of another subject in each event; those that a text names are put in words below.
    plain.pop("reason", None)
    moved = {"state": event.moves[-1].to.value} if event.moves else {}
    return {**plain, **moved, **_in_words(event, language)}


def _in_words(event: Event, language: Language) -> dict[str, Parameter]:
    match event:
        case ProviderAnswered():
            return {"answer": render(event.answer.kind, language=language)}
        case RefusedByProvider():
            return {"answer": render(f"provider_answer.{event.code}", language=language)}
        case DecisionMade():
            return {"verdict": render(event.verdict, language=language)}
        case FormReturned():
            return {"missing_items": " ".join(render(item, language=language) for item in event.missing)}
        case Ended():
            return {"reason": render(event.reason, language=language)}
        case _:
            return _of_the_work(event, language)


def _of_the_work(event: Event, language: Language) -> dict[str, Parameter]:
    match event:
        case BillHeard() | ClosingBillIssued() | FirstBillIssued():
            return _of_bill(event.bill, language)
        case SwitchHeld() | BillHeld():
            return {"held": render(event.reason, language=language)}
        case VisitFailed():
            return {"obstacle": render(event.obstacle, language=language)}
        case _:
            return {}


def _of_bill(bill: Bill, language: Language) -> dict[str, Parameter]:
    return {"bill_kind": render(bill.kind, language=language), "total": bill.total}
