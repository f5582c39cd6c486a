"""A case as the terminal shows it: where it stands, who waits, its timeline over all books here, findings and bills."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evenroll.enrollment.case import Case
from evenroll.enrollment.erasure import Erasure
from evenroll.enrollment.findings import Finding
from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.tracks import State, TrackState
from evenroll.pages.timeline_words import Told, findings_told, missing_told, told_entry
from evenroll.programs.bill import Bill
from evenroll.quantities.identifiers import CaseNumber, OfferId, OrderNumber, OrganizationKey
from evenroll.records.ledger_view import LedgerView, view_ledger
from evenroll.runtime.cli_session import business_now

if TYPE_CHECKING:
    from evenroll.records.entries import Entry
    from evenroll.records.program_lines import Standing


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
        timeline=tuple(told_entry(each, language=language) for each in entries),
        # The supervisor's long look at an enrolled case hides who owes the next act: told where nobody else does.
        waiting=tuple(each for each in live if not _is_backstop(each)) or live,
        live=live,
        findings=findings_told(entries),
        missing=missing_told(entries),
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
