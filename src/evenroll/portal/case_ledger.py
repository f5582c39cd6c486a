"""What a program brought its customer: this month, in all, credit by credit, events and what is left of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from evenroll.enrollment.ledger import EventOfCase
from evenroll.enrollment.statement import Statement
from evenroll.pages.formats import day, instant, money
from evenroll.pages.ledger_words import ENROLLMENT_SPAN, credit_words, span_words
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Cell, Table
from evenroll.portal.case_reading import OwnCase
from evenroll.records.ledger_view import LedgerView, view_ledger
from evenroll.records.statement_view import view_statement


def ledger_page(request: PageRequest, own: OwnCase) -> dict[str, Any]:
    """What the template of the ledger shows."""
    view = view_ledger(own.case, program=own.program, now=own.now, calendar=own.calendar)
    month = view_statement(own.case, since_on=own.today.replace(day=1), until_on=own.today, today=own.today)
    whole = view_statement(own.case, since_on=_begin(own), until_on=own.today, today=own.today)
    return {
        "number": own.case.number,
        "back": reverse("case", args=(own.case.number,)),
        "month": _brought(request, month),
        "whole": _brought(request, whole),
        "savings": _savings(request, whole),
        "credits": _credits(request, view),
        "events": _events(request, own, view.ledger.events),
        "left": _left(request, view),
    }


def _begin(own: OwnCase) -> date:
    began_on = own.case.ledger.active_on or own.case.opening.opened_at.astimezone(own.zone).date()
    return min(began_on, own.today)


def _brought(request: PageRequest, statement: Statement) -> Sequence[str]:
    """What was credited and what was saved in these days, each a sentence."""
    credited = sum((each.credited for each in statement.lines), Decimal(0))
    dates = {"since_on": statement.since_on, "until_on": statement.until_on}
    found = [said(request, "case_money.credited", usd=credited, **dates)]
    if not statement.savings:
        return [*found, said(request, "statement.savings_unknown")]
    key = "case_money.saved" if statement.saved >= 0 else "case_money.cost_more"
    return [*found, said(request, key, usd=abs(statement.saved), **dates)]


def _savings(request: PageRequest, statement: Statement) -> Table | None:
    if not statement.savings:
        return None
    language = request.language
    heads = ("statement.paid", "statement.shadow", "statement.saved")
    columns = [Cell(text=said(request, "statement.period"))]
    columns += [Cell(text=said(request, key), is_number=True) for key in heads]
    rows = [
        (
            Cell(text=f"{day(each.start_on, language=language)} - {day(each.end_on, language=language)}"),
            *(_usd(request, amount) for amount in (each.paid, each.shadow, each.saved)),
        )
        for each in statement.savings
    ]
    return Table(caption=said(request, "statement.savings"), columns=columns, rows=rows)


def _credits(request: PageRequest, view: LedgerView) -> Table:
    heads = ("case_money.what", "case_money.for_what", "case_money.amount", "case_money.state")
    columns = [Cell(text=said(request, key), is_number=key == "case_money.amount") for key in heads]
    rows = [
        (
            Cell(text=credit_words(each.code)),
            Cell(text=_span(request, each.span)),
            _usd(request, each.usd),
            Cell(text=said(request, each.state)),
        )
        for each in view.ledger.credits
    ]
    rows += [
        (
            Cell(text=credit_words(each.code)),
            Cell(text=_span(request, each.span)),
            Cell(text="", is_number=True),
            Cell(text=said(request, each.why)),
        )
        for each in view.ledger.missed
    ]
    return Table(
        caption=said(request, "statement.credits"), columns=columns, rows=rows, empty=said(request, "case_money.none")
    )


def _span(request: PageRequest, span: str) -> str:
    """What a credit is for."""
    if span == ENROLLMENT_SPAN:
        return said(request, "case_money.enrollment")
    return span_words(span, language=request.language)


def _events(request: PageRequest, own: OwnCase, events: Sequence[EventOfCase]) -> Table | None:
    if not events:
        return None
    heads = ("case_money.from_at", "case_money.to_at", "case_money.outcome")
    rows = [
        (
            Cell(text=instant(each.starts_at, language=request.language, zone=own.zone)),
            Cell(text=instant(each.ends_at, language=request.language, zone=own.zone)),
            Cell(text=said(request, _outcome(each))),
        )
        for each in events
    ]
    columns = [Cell(text=said(request, key)) for key in heads]
    return Table(caption=said(request, "case_money.events"), columns=columns, rows=rows)


def _outcome(event: EventOfCase) -> str:
    if event.is_cancelled:
        return "program_event.cancelled"
    if event.result is not None:
        return f"event_result.{event.result.value}"
    return "event_result.opted_out" if event.is_opted_out else "program_event.called"


def _left(request: PageRequest, view: LedgerView) -> Sequence[str]:
    found: list[str] = []
    if view.opt_outs_max is not None and view.opt_outs_left is not None:
        found.append(said(request, "case_money.opt_outs", left=view.opt_outs_left, limit=view.opt_outs_max))
    found += [
        said(request, "case_money.events_left", per=each.per, left=each.left, limit=each.limit)
        for each in view.events_left
    ]
    if view.protected_until is not None:
        found.append(said(request, "case_money.protected", until_on=view.protected_until))
    if view.owed_back_usd:
        found.append(said(request, "statement.owed_back", usd=view.owed_back_usd))
    return found


def _usd(request: PageRequest, amount: Decimal) -> Cell:
    return Cell(text=money(amount, language=request.language), is_number=True)
