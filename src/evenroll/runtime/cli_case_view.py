"""A case as the terminal shows it: where it stands, who waits, its timeline over all books here, findings and bills."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from evenroll.enrollment.case import Case
from evenroll.enrollment.erasure import Erasure
from evenroll.enrollment.findings import Finding
from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.tracks import State, TrackState
from evenroll.pages.ledger_words import ledger_words
from evenroll.pages.notices import bill_words
from evenroll.pages.part_words import appeal_words
from evenroll.pages.supply_words import objections
from evenroll.pages.texts import Parameter, has, render
from evenroll.programs.bill import Bill
from evenroll.programs.reject_codes import RejectCode
from evenroll.quantities.codec import decode
from evenroll.quantities.identifiers import CaseNumber, OfferId, OrderNumber, OrganizationKey
from evenroll.runtime.cli_session import business_now
from evenroll.runtime.ledger_view import LedgerView, view_ledger

if TYPE_CHECKING:
    from evenroll.records.entries import Entry
    from evenroll.records.program_lines import Standing


_HELD: Final = frozenset({"switch_held", "bill_held"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One line of a timeline. at: the business clock."""

    at: datetime
    row: str
    organization: OrganizationKey
    actor_role: str
    record: str
    event: str
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingTrack:
    """One track that waits. record: the case, or the number of the service order."""

    organization: OrganizationKey
    record: str
    track: TrackState


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferOfCase:
    """What the customer was shown before the case was opened (row 1), and in whose books it is kept."""

    number: OfferId
    organization: OrganizationKey


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseView:
    """Everything that the terminal shows of a case. case: where it goes on; books: all that know of it.

    entries: of the journal, as the timeline tells them. waiting: who owes the next act; live: every track that is not
    at its end, also those only looked at. erasures: of its customer and of itself.
    """

    case: Case
    offer: OfferOfCase | None
    books: tuple[OrganizationKey, ...]
    orders: tuple[ServiceOrder, ...]
    timeline: tuple[Told, ...]
    waiting: tuple[WaitingTrack, ...]
    live: tuple[WaitingTrack, ...]
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]
    bills: tuple[Bill, ...]
    ledger: LedgerView
    entries: tuple[Entry, ...] = ()
    line: Standing | None = None
    erasures: tuple[Erasure, ...] = ()


def view_case(number: CaseNumber, *, organizations: Iterable[OrganizationKey], language: Language) -> CaseView | None:
    """The case over the books of these organizations; None if none of them has it."""
    cases: dict[OrganizationKey, Case] = {}
    orders: dict[OrganizationKey, tuple[ServiceOrder, ...]] = {}
    entries: list[Entry] = []
    for key in organizations:
        case, own, journal = _in_books(key, number)
        if case is not None:
            cases[key] = case
        orders[key] = own
        entries += journal
    if not cases:
        return None
    home = next((key for key, case in cases.items() if case.status is not State.HANDED_OVER), next(iter(cases)))
    found = tuple(order for own in orders.values() for order in own)
    live = _live(cases, orders)
    entries.sort(key=lambda each: (each.business_at, each.recorded_at))
    return CaseView(
        case=cases[home],
        offer=_offer(cases),
        books=tuple(key for key in orders if key in cases or orders[key]),
        orders=found,
        timeline=tuple(_told(each, language) for each in entries),
        # The supervisor's long look at an enrolled case hides who owes the next act: told where nobody else does.
        waiting=tuple(each for each in live if not _is_backstop(each)) or live,
        live=live,
        findings=_findings(entries),
        missing=_missing(entries),
        line=_line(cases[home]),
        bills=tuple(bill for order in found for bill in (order.closing_bill, order.first_bill) if bill),
        ledger=_ledger(cases[home]),
        entries=tuple(entries),
        erasures=_erasures(cases[home]),
    )


def _in_books(
    key: OrganizationKey, number: CaseNumber
) -> tuple[Case | None, tuple[ServiceOrder, ...], Sequence[Entry]]:
    from evenroll.records import queries
    from evenroll.records.erasing import subjects_of
    from evenroll.records.journal import read_stream
    from evenroll.records.organizations import open_organization
    from evenroll.records.streams import case_stream, erasure_stream, order_stream

    viewer = queries.Viewer(organization=key, role=Role.SYSTEM)
    with open_organization(key):
        try:
            case = queries.case(viewer, number=number)
        except queries.NotForViewer:
            case = None
        numbers = tuple(OrderNumber(each) for each in queries.orders_of(viewer, case_number=number))
        own = tuple(queries.order(viewer, number=each) for each in numbers)
        streams = [case_stream(number)] if case else []
        streams += [order_stream(each) for each in numbers]
        streams += [erasure_stream(each.number) for each in subjects_of(number)]
        return case, own, [entry for stream in streams for entry in read_stream(stream)]


def _line(case: Case) -> Standing | None:
    """Where a case stands in the waiting list of its program."""
    from evenroll.records.organizations import open_organization
    from evenroll.records.program_lines import standing_of

    if case.line is None:
        return None
    with open_organization(case.organization):
        return standing_of(case.number)


def _erasures(case: Case) -> tuple[Erasure, ...]:
    """What of its personal data was erased or is on hold, where it goes on."""
    from evenroll.records.erasing import erasures_of
    from evenroll.records.organizations import open_organization

    with open_organization(case.organization):
        return erasures_of(case.number)


def _ledger(case: Case) -> LedgerView:
    from evenroll.records.gathered import program_of
    from evenroll.records.organizations import open_organization

    with open_organization(case.organization) as opened:
        return view_ledger(case, program=program_of(case), now=business_now(), calendar=opened.calendar)


def _offer(cases: Mapping[OrganizationKey, Case]) -> OfferOfCase | None:
    """A case that was handed over leaves its offer where it was opened: the number means nothing elsewhere."""
    for key, case in cases.items():
        if case.opening.offer is not None:
            return OfferOfCase(number=case.opening.offer, organization=key)
    return None


def _live(
    cases: Mapping[OrganizationKey, Case], orders: Mapping[OrganizationKey, tuple[ServiceOrder, ...]]
) -> tuple[WaitingTrack, ...]:
    found = [
        WaitingTrack(organization=key, record="case", track=track)
        for key, case in cases.items()
        for track in case.tracks.values()
    ]
    found += [
        WaitingTrack(organization=key, record=order.number, track=track)
        for key, own in orders.items()
        for order in own
        for track in order.tracks.values()
    ]
    live = [each for each in found if each.track.owner is not None and each.track.due_at is not None]
    return tuple(sorted(live, key=lambda each: (each.track.due_at or each.track.since, each.record)))


def _is_backstop(each: WaitingTrack) -> bool:
    from evenroll.intake.outcomes import is_backstop

    return is_backstop(track=each.track.track.value, state=each.track.state.value, times=each.track.times)


def _findings(entries: Sequence[Entry]) -> tuple[Finding, ...]:
    for entry in reversed(entries):
        if entry.event == "decision_made":
            said = json.loads(entry.data).get("findings", [])
            return tuple(decode(Finding, each) for each in said)
    return ()


def _missing(entries: Sequence[Entry]) -> tuple[str, ...]:
    for entry in reversed(entries):
        if entry.event == "application_completed":
            return ()
        if entry.event == "form_returned":
            return tuple(json.loads(entry.data).get("missing", ()))
    return ()


def _told(entry: Entry, language: Language) -> Told:
    parameters = _parameters(entry.event, json.loads(entry.data), language)
    return Told(
        at=entry.business_at,
        row=entry.row,
        organization=entry.organization,
        actor_role=entry.actor_role.value,
        record=entry.stream.key if entry.stream.kind.value in ("service_order", "erasure") else "case",
        event=entry.event,
        sentence=render(f"event.{entry.event}", language=language, parameters=parameters),
    )


def _parameters(event: str, data: Mapping[str, Any], language: Language) -> dict[str, Parameter]:
    """What of an event its sentence may say; a variant that needs more is simply not chosen."""
    found: dict[str, Parameter] = {
        name: str(value) for name, value in data.items() if isinstance(value, str) and name != "row"
    }
    moves = data.get("moves") or ()
    if moves:
        found["state"] = str(moves[0]["to"])
    found |= ledger_words(event, data, language=language)
    answer, bill = data.get("answer"), data.get("bill")
    if event == "provider_answered" and isinstance(answer, Mapping):
        found["answer"] = render(f"provider_answer.{answer['kind']}", language=language)
    found |= _decided(event, data, language)
    if event == "supply_objected":
        found["objections"] = objections((RejectCode(each) for each in data.get("codes", ())), language=language)
    if isinstance(bill, Mapping):
        found |= bill_words(decode(Bill, dict[str, Any](bill)), language=language)
    if event == "leave_asked" and has(f"end_reason.{data.get('reason')}"):
        found["reason"] = render(f"end_reason.{data['reason']}", language=language)
    if event in _HELD and has(f"held.{data.get('reason')}"):
        found["held"] = render(f"held.{data['reason']}", language=language)
    need = data.get("need")
    if isinstance(need, Mapping):
        found |= {"need": str(need["kind"]), "why": str(need["why"])}
    return found


def _decided(event: str, data: Mapping[str, Any], language: Language) -> dict[str, Parameter]:
    """How it was decided, at first or on appeal."""
    if event == "decision_made":
        return {"verdict": render(f"verdict.{data['verdict']}", language=language)}
    return appeal_words(data, language=language) if event == "appeal_decided" else {}
