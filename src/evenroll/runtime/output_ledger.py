"""Showing the ledger of a case to people, and the same as an object for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from evenroll.enrollment.form import Language
from evenroll.enrollment.ledger import CreditState, EventOfCase
from evenroll.pages.formats import day, money
from evenroll.pages.texts import render
from evenroll.records.ledger_view import LedgerView
from evenroll.runtime.output_times import local, zone_names

if TYPE_CHECKING:
    from evenroll.runtime.output_console import Output


def show_ledger(view: LedgerView, *, output: Output, language: Language, zone: ZoneInfo) -> None:
    """Credits, what earned nothing and why, events, and what is left; nothing where there is nothing."""
    if view.is_empty:
        return
    _show_credits(view, output=output, language=language, zone=zone)
    _show_events(view, output=output, language=language, zone=zone)
    if view.opt_outs_max is not None:
        output.say(f"Opt-outs left: {view.opt_outs_left} of {view.opt_outs_max} in 12 months")
    for each in view.events_left:
        per = render(f"grid.{each.per}", language=language)
        output.say(f"Events that may still be called this {per}: {each.left} of {each.limit}")
    if view.protected_until is not None:
        output.say(f"Bill protected until {day(view.protected_until, language=language)}")


def _show_credits(view: LedgerView, *, output: Output, language: Language, zone: ZoneInfo) -> None:
    ledger = view.ledger
    if not ledger.credits and not ledger.missed:
        return
    output.heading("Credits")
    zones = zone_names((each.at for each in ledger.credits), zone=zone)
    rows = [
        (
            each.code,
            each.span,
            money(each.usd, language=language),
            render(each.state, language=language),
            local(each.at, zone=zone),
        )
        for each in ledger.credits
    ]
    rows += [(each.code, each.span, "", render(each.why, language=language), "") for each in ledger.missed]
    output.table(("what", "for", "USD", "state", f"since ({zones})"), rows)
    owed = f", of which {money(view.owed_back_usd, language=language)} is owed back" if view.owed_back_usd else ""
    gone = sum(each.state is CreditState.REVERSED for each in ledger.credits)
    taken = f"; {gone} taken back{owed}" if gone else ""
    output.say(f"Total {money(view.counted_usd, language=language)}{taken}")


def _show_events(view: LedgerView, *, output: Output, language: Language, zone: ZoneInfo) -> None:
    events = view.ledger.events
    if not events:
        return
    output.heading("Events")
    zones = zone_names((each.starts_at for each in events), zone=zone)
    output.table(
        ("event", f"from ({zones})", f"to ({zones})", "outcome"),
        [
            (each.number, local(each.starts_at, zone=zone), local(each.ends_at, zone=zone), _outcome(each, language))
            for each in events
        ],
    )


def _outcome(event: EventOfCase, language: Language) -> str:
    if event.is_cancelled:
        return render("program_event.cancelled", language=language)
    if event.result is not None:
        return render(event.result, language=language)
    return render("event_result.opted_out" if event.is_opted_out else "program_event.called", language=language)


def told_ledger(view: LedgerView) -> dict[str, Any]:
    """The same for machines."""
    ledger = view.ledger
    return {
        "credits": [
            {
                "code": each.code,
                "span": each.span,
                "device": each.device or None,
                "usd": each.usd,
                "state": each.state.value,
                "at": each.at,
            }
            for each in ledger.credits
        ],
        "missed": [{"code": each.code, "span": each.span, "why": each.why.value} for each in ledger.missed],
        "counted_usd": view.counted_usd,
        "owed_back_usd": view.owed_back_usd,
        "events": [
            {
                "event": each.number,
                "starts_at": each.starts_at,
                "ends_at": each.ends_at,
                "cancelled": each.is_cancelled,
                "opted_out": each.is_opted_out,
                "result": each.result.value if each.result else None,
            }
            for each in ledger.events
        ],
        "opt_outs_left": view.opt_outs_left,
        "opt_outs_max": view.opt_outs_max,
        "events_left": [{"per": each.per, "left": each.left, "limit": each.limit} for each in view.events_left],
        "protected_until": view.protected_until,
    }
