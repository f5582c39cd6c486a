"""A statement read from the journal of a case."""

from __future__ import annotations

from datetime import date
from typing import Any

from evenroll.enrollment.case import Case
from evenroll.enrollment.statement import Balance, Statement, statement_of
from evenroll.records.folds import read_event
from evenroll.records.journal import read_stream
from evenroll.records.organizations import open_organization
from evenroll.records.streams import StreamKind, case_stream


class DaysWrong(ValueError):
    """Days of which no statement can be made."""


def view_statement(case: Case, *, since_on: date | None, until_on: date | None, today: date) -> Statement:
    """The statement of a case over some days; by default since it was stated last, or was active, up to today.

    Raises DaysWrong.
    """
    last_on = until_on or today
    first_on = since_on or case.ledger.stated_on or case.ledger.active_on or last_on
    if first_on > last_on:
        raise DaysWrong(f"The days end on {last_on} before they begin on {first_on}. Give a later --until.")
    with open_organization(case.organization) as opened:
        entries = read_stream(case_stream(case.number))
        events = [
            read_event(StreamKind.CASE, event=each.event, version=each.version, data=each.data) for each in entries
        ]
        return statement_of(events, since_on=first_on, until_on=last_on, calendar=opened.calendar)


def told_statement(statement: Statement) -> dict[str, Any]:
    """The same for machines."""
    return {
        "since_on": statement.since_on,
        "until_on": statement.until_on,
        "before": _told_balance(statement.before),
        "lines": [
            {
                "on": each.on,
                "move": each.move.value,
                "code": each.code,
                "span": each.span,
                "credited_usd": each.credited,
                "sent_usd": each.sent,
            }
            for each in statement.lines
        ],
        "after": _told_balance(statement.after),
        "savings": [
            {
                "start_on": each.start_on,
                "end_on": each.end_on,
                "paid_usd": each.paid,
                "shadow_usd": each.shadow,
                "saved_usd": each.saved,
            }
            for each in statement.savings
        ],
        "saved_usd": statement.saved if statement.savings else None,
        "charged_wh": statement.charged_wh,
    }


def _told_balance(balance: Balance) -> dict[str, Any]:
    return {"credited_usd": balance.credited, "sent_usd": balance.sent, "to_come_usd": balance.to_come}
