"""Showing a case to people, and the same as an object for machines."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import Language
from evenroll.enrollment.possible_commands import commands_by_role
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.tracks import State
from evenroll.pages.case_words import CaseWord
from evenroll.pages.finding_texts import finding_sentences
from evenroll.pages.formats import energy, money
from evenroll.pages.offer_codes import OfferWord
from evenroll.pages.part_words import register_words, season_words, track_words
from evenroll.pages.texts import render
from evenroll.programs.bill import Bill, BillLine
from evenroll.programs.rules import Outcome
from evenroll.runtime.cli_case_view import CaseView, WaitingTrack
from evenroll.runtime.cli_session import typed
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_dates import show_days, told_days
from evenroll.runtime.output_ledger import show_ledger, told_ledger
from evenroll.runtime.output_line import show_line, told_line
from evenroll.runtime.output_times import local, zone_names

_BILL: Final = (
    *(CaseWord.LINE, CaseWord.SEASON, CaseWord.REGISTER),
    *(CaseWord.QUANTITY, CaseWord.PRICE, CaseWord.AMOUNT),
)
_WAITS: Final = (
    *(CaseWord.BOOKS, CaseWord.TRACK, CaseWord.STATE, CaseWord.WAITS_ON),
    *(CaseWord.SINCE, CaseWord.UNTIL, CaseWord.THEN),
)


def show_case(view: CaseView, *, output: Output, language: Language, zone: ZoneInfo) -> None:
    """Where the case stands, its timeline, who waits on whom, findings with cures, bills."""
    case = view.case
    output.say(f"{case.number}  {render(f'state.{case.status.value}', language=language)}", style="bold")
    output.say(
        " · ".join((case.organization, _chosen(case, language), case.opening.channel.value, _point(case, language)))
    )
    show_erasures(view, output=output, language=language)
    show_offer(view, output=output, language=language)
    show_choice(case, output=output, language=language)
    show_line(view.line, output=output, language=language, zone=zone)
    show_timeline(view, output=output, language=language, zone=zone)
    show_days(case, output=output, language=language)
    _show_waiting(view, output=output, language=language, zone=zone)
    _show_open(view, output=output, language=language)
    show_ledger(view.ledger, output=output, language=language, zone=zone)
    for bill in view.bills:
        show_bill(bill, output=output, language=language)


def _chosen(case: Case, language: Language) -> str:
    if case.chosen is None:
        return render(CaseWord.NO_PROGRAM, language=language)
    chosen = {"program": case.chosen.program, "version": case.chosen.version}
    return render(CaseWord.VERSION, language=language, parameters=chosen)


def _point(case: Case, language: Language) -> str:
    if case.pod is None:
        return render(CaseWord.NO_POINT, language=language)
    return render(CaseWord.POINT, language=language, parameters={"pod": case.pod})


def show_erasures(view: CaseView, *, output: Output, language: Language) -> None:
    """That the personal data are erased, or what holds them."""
    for each in view.erasures:
        if each.erased_on is not None:
            output.say(f"{each.erased_on}: {render('event.data_erased', language=language)}")
        for hold in each.holds:
            output.say(f"{render('event.hold_set', language=language)}: {render(hold, language=language)}")


def show_offer(view: CaseView, *, output: Output, language: Language) -> None:
    """What the customer was shown before, where anything was."""
    if view.offer is not None:
        given = {"offer": str(view.offer.number), "organization": view.offer.organization}
        output.say(render(OfferWord.OF_CASE, language=language, parameters=given))


def show_choice(case: Case, *, output: Output, language: Language) -> None:
    """While the customer chooses: the programs that were presented, until when, and why the others are hidden."""
    if case.status is not State.CHOOSING:
        return
    output.heading(render(CaseWord.PRESENTED, language=language))
    if not case.shown:
        output.say(render(CaseWord.NONE_PRESENTED, language=language))
    for each in case.shown:
        given = {"program": each.program, "organization": each.organization, "until": each.valid_until}
        output.say(f"- {render(CaseWord.OFFERED_UNTIL, language=language, parameters=given)}")
    if case.hidden:
        output.heading(render(OfferWord.HIDDEN, language=language))
    for each in case.hidden:
        said = render(f"hidden.{each.reason}", language=language)
        output.say(f"- {each.program} ({each.organization}): {said}")


def show_timeline(view: CaseView, *, output: Output, language: Language, zone: ZoneInfo) -> None:
    """What happened, with the row of the use case, in whose books, and in which role."""
    zones = zone_names((each.at for each in view.timeline), zone=zone)
    output.heading(render(CaseWord.TIMELINE, language=language))
    output.table(
        _columns(
            CaseWord.WHEN, CaseWord.ROW, CaseWord.BOOKS, CaseWord.BY, CaseWord.WHAT, language=language, zones=zones
        ),
        [
            (
                local(each.at, zone=zone),
                each.row,
                each.organization,
                render(f"role.{each.actor_role}", language=language),
                each.sentence,
            )
            for each in view.timeline
        ],
    )


def show_bill(bill: Bill, *, output: Output, language: Language) -> None:
    """One bill with its lines."""
    title = render(f"bill.{bill.kind.value}", language=language)
    rate = " + ".join((bill.rate, *bill.riders))
    spanned = {"title": title, "rate": rate, "start": bill.start_on, "end": bill.end_on}
    output.heading(render(CaseWord.BILL, language=language, parameters=spanned))
    output.table(
        _columns(*_BILL, language=language),
        [
            (
                render(f"line.{line.code.value}", language=language),
                season_words(line.season, language=language),
                register_words(line.register, language=language),
                _quantity(line, language),
                f"{line.price.normalize():f}",
                money(line.amount, language=language),
            )
            for line in bill.lines
        ],
    )
    estimated = "" if bill.actual else f" ({render(CaseWord.ESTIMATED, language=language)})"
    if bill.priced:
        output.say(render(CaseWord.TOTAL, language=language, parameters={"total": bill.total}) + estimated)
    else:
        output.say(f"{render('line.settled_by_others', language=language)}{estimated}")


def told_case(view: CaseView, *, language: Language) -> dict[str, Any]:
    """The case for machines; keys are stable, codes stand beside sentences."""
    case = view.case
    return {
        "case": case.number,
        "organization": case.organization,
        "books": list(view.books),
        "status": case.status.value,
        "channel": case.opening.channel.value,
        "program": case.chosen.program if case.chosen else None,
        "program_version": case.chosen.version if case.chosen else None,
        "usage_point": case.pod,
        **_told_choice(case),
        **_told_beside(view),
        "tracks": {key: track.state.value for key, track in case.tracks.items()},
        "price_since": case.price_since,
        "days": told_days(case),
        "orders": [_told_order(each) for each in view.orders],
        "waiting": [_told_wait(each) for each in view.waiting],
        "line": told_line(view.line),
        "possible": [
            {"role": role.value, "commands": [name.value for name in names]}
            for role, names in possible_in(view).items()
        ],
        "findings": [
            {
                "rule": each.rule,
                "outcome": each.outcome.value,
                "evidence": each.evidence.code.value,
                "cure": each.cure.code.value if each.cure else None,
                "sentences": list(finding_sentences(each, language=language)),
            }
            for each in view.findings
        ],
        "missing": list(view.missing),
        "bills": [_told_bill(each) for each in view.bills],
        "ledger": told_ledger(view.ledger),
        "timeline": [
            {
                "at": each.at,
                "row": each.row,
                "organization": each.organization,
                "role": each.actor_role,
                "record": each.record,
                "event": each.event,
                "sentence": each.sentence,
            }
            for each in view.timeline
        ],
    }


def _told_beside(view: CaseView) -> dict[str, Any]:
    """What was shown before the case, and what of its personal data was erased or is held."""
    offer = view.offer
    return {
        "offer": {"number": offer.number, "organization": offer.organization} if offer else None,
        "erased_on": next((each.erased_on for each in view.erasures if each.erased_on), None),
        "holds": [hold.value for each in view.erasures for hold in each.holds],
    }


def _told_choice(case: Case) -> dict[str, Any]:
    """What was presented and what was hidden, with the reason."""
    return {
        "presented": [{"program": each.program, "organization": each.organization} for each in case.shown],
        "hidden": [
            {"program": each.program, "organization": each.organization, "reason": each.reason} for each in case.hidden
        ],
    }


def _show_waiting(view: CaseView, *, output: Output, language: Language, zone: ZoneInfo) -> None:
    output.heading(render(CaseWord.WAITING, language=language))
    if not view.waiting:
        output.say(render(CaseWord.FINISHED, language=language))
        return
    zones = zone_names((each.track.due_at or each.track.since for each in view.waiting), zone=zone)
    output.table(
        _columns(*_WAITS, language=language, zones=zones),
        [
            (
                each.organization,
                track_words(each.track.key, language=language),
                render(f"state.{each.track.state.value}", language=language),
                render(each.track.owner, language=language) if each.track.owner else "",
                local(each.track.since, zone=zone),
                local(each.track.due_at, zone=zone) if each.track.due_at else "",
                render(each.track.on_lapse, language=language) if each.track.on_lapse else "",
            )
            for each in view.waiting
        ],
    )
    output.heading(render(CaseWord.POSSIBLE, language=language))
    for role, names in possible_in(view).items():
        given = {"who": role.value, "commands": ", ".join(name.value for name in names)}
        output.say(render(CaseWord.POSSIBLE_AS, language=language, parameters=given))
    values = {"typed": typed(f"act {view.case.number}")}
    output.say(render(CaseWord.WITH_VALUES, language=language, parameters=values))


def possible_in(view: CaseView) -> Mapping[Role, tuple[CommandName, ...]]:
    """The commands of persons that help the case now, by role."""
    return commands_by_role(((each.track.track, each.track.state) for each in view.live), case=view.case)


def _show_open(view: CaseView, *, output: Output, language: Language) -> None:
    if view.missing:
        output.heading(render(CaseWord.MISSING, language=language))
        output.say(*(f"- {render(f'missing.{each}', language=language)}" for each in view.missing))
    unmet = [each for each in view.findings if each.outcome is not Outcome.MET]
    if view.findings:
        counts = {"met": len(view.findings) - len(unmet), "all": len(view.findings)}
        output.heading(render(CaseWord.FINDINGS, language=language, parameters=counts))
        output.say(*(f"- {' '.join(finding_sentences(each, language=language))}" for each in unmet))


def _quantity(line: BillLine, language: Language) -> str:
    if line.quantity_wh or not line.days:
        return energy(line.quantity_wh, language=language)
    return render(CaseWord.DAYS_LONG, language=language, parameters={"days": line.days})


def _columns(*words: CaseWord, language: Language, zones: str = "") -> tuple[str, ...]:
    """zones: the names of the zones in which instants are shown, for the columns that hold them."""
    return tuple(render(word, language=language, parameters={"zones": zones}) for word in words)


def _told_wait(each: WaitingTrack) -> dict[str, Any]:
    track = each.track
    return {
        "organization": each.organization,
        "record": each.record,
        "track": track.key,
        "state": track.state.value,
        "role": track.owner.value if track.owner else None,
        "since": track.since,
        "due_at": track.due_at,
        "on_lapse": track.on_lapse.value if track.on_lapse else None,
    }


def _told_order(order: ServiceOrder) -> dict[str, Any]:
    return {"order": order.number, "meter": order.meter.state.value, "service": order.service.state.value}


def _told_bill(bill: Bill) -> dict[str, Any]:
    return {
        "kind": bill.kind.value,
        "rate": bill.rate,
        "start_on": bill.start_on,
        "end_on": bill.end_on,
        "total": bill.total,
        "actual": bill.actual,
        "priced": bill.priced,
        "riders": list(bill.riders),
        "lines": [
            {
                "code": line.code.value,
                "season": line.season,
                "register": line.register,
                "quantity_wh": line.quantity_wh,
                "days": line.days,
                "price": Decimal(line.price),
                "amount": line.amount,
            }
            for line in bill.lines
        ],
    }
