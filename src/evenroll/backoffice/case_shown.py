"""A case as its page shows it, read in one transaction of the viewer's organization."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.urls import reverse

from evenroll.backoffice.doable import Doable, doables
from evenroll.backoffice.shown_parts import Looking, happened, waits_table
from evenroll.enrollment.case import Case
from evenroll.enrollment.commands import Record
from evenroll.enrollment.findings import Finding
from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import OrganizationKind, Role
from evenroll.enrollment.tracks import TrackState
from evenroll.pages.finding_texts import finding_sentences
from evenroll.pages.formats import day
from evenroll.pages.texts import render
from evenroll.pages.timeline_words import findings_told, missing_told
from evenroll.pages.told_notices import Reader, ToldNotice, told_notices
from evenroll.pages.web_widgets import SummaryList, SummaryRow, Table, Tag, Timeline, Tone
from evenroll.programs.rules import Outcome
from evenroll.quantities.identifiers import CaseNumber
from evenroll.records import notice_queue, queries
from evenroll.records.case_search import CaseRelated, Same, related_cases
from evenroll.records.organizations import open_organization
from evenroll.records.streams import StreamKind

_TONES = {
    Outcome.MET: Tone.GOOD,
    Outcome.CURABLE: Tone.WAITING,
    Outcome.DUE_LATER: Tone.WAITING,
    Outcome.FINAL: Tone.TROUBLE,
    Outcome.NOT_CHECKED: Tone.PLAIN,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownFinding:
    """What one rule found: outcome, why, and what would change it."""

    rule: str
    outcome: Tag
    sentences: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownCase:
    """What the page of a case shows. unmet, met: what the rules found.

    seen: the number of its last entry, with which every form of the page is sent.
    """

    number: CaseNumber
    state: str
    seen: int
    doable: Sequence[Doable]
    waits: Table
    orders: Sequence[SummaryRow]
    unmet: Sequence[ShownFinding]
    met: Sequence[ShownFinding]
    missing: Sequence[str]
    told: SummaryList
    notices: Sequence[ToldNotice]
    related: Sequence[SummaryRow]
    timeline: Timeline


def shown_case(looking: Looking, *, number: CaseNumber) -> ShownCase:
    """A case for its page. Raises NotForViewer."""
    language = looking.language
    with open_organization(looking.viewer.organization) as opened:
        # What happened is read first: who acts on it then acts on no more than was shown.
        entries = queries.timeline(looking.viewer, number=number)
        case = queries.case(looking.viewer, number=number)
        numbers = queries.orders_of(looking.viewer, case_number=number)
        orders = [queries.order(looking.viewer, number=each) for each in numbers]
        related = related_cases(looking.viewer, number=number)
        listed = notice_queue.notices_of(number)
    zone = ZoneInfo(opened.calendar.zone)
    reader = Reader(language=language, customer=case.opening.language, zone=zone)
    has_orders = OrganizationKind.UTILITY in opened.kinds and looking.viewer.role is not Role.PROGRAM_MANAGER
    tracks = [*case.tracks.values(), *(track for order in orders for track in order.tracks.values())]
    found = findings_told(entries)
    return ShownCase(
        number=number,
        state=render(case.status, language=language),
        seen=max((each.number for each in entries if each.stream.kind is StreamKind.CASE), default=0),
        doable=doables(tracks, record=Record.CASE, role=looking.viewer.role, language=language, case=case),
        waits=waits_table(_telling(tracks), looking=looking, calendar=opened.calendar),
        orders=[
            SummaryRow(name=each.number, value=_order_words(each.tracks.values(), language), href=_href(each.number))
            for each in orders
            if has_orders
        ],
        unmet=[_finding(each, language) for each in found if each.outcome is not Outcome.MET],
        met=[_finding(each, language) for each in found if each.outcome is Outcome.MET],
        missing=[render(f"missing.{each}", language=language) for each in missing_told(entries)],
        told=_told(case, looking),
        notices=told_notices(listed, entries, reader=reader),
        related=[
            SummaryRow(
                name=each.found.number,
                value=_related_words(each, language),
                href=reverse("desk-case", args=[each.found.number]),
            )
            for each in related
        ],
        timeline=happened(entries, looking=looking, zone=zone),
    )


_SAME = {Same.CUSTOMER: "desk.same_customer", Same.POINT: "desk.same_point", Same.VEHICLE: "desk.same_vehicle"}


def _related_words(related: CaseRelated, language: Language) -> str:
    same = ", ".join(render(_SAME[each], language=language) for each in related.same)
    return f"{render(related.found.status, language=language)} · {same}"


def _telling(tracks: Sequence[TrackState]) -> list[TrackState]:
    return [each for each in tracks if each.owner is not None]


def _href(number: str) -> str:
    return reverse("desk-order", args=[number])


def _order_words(tracks: Iterable[TrackState], language: Language) -> str:
    return ", ".join(render(each.state, language=language) for each in tracks)


def _finding(finding: Finding, language: Language) -> ShownFinding:
    return ShownFinding(
        rule=render(finding.kind, language=language),
        outcome=Tag(text=render(finding.outcome, language=language), tone=_TONES[finding.outcome]),
        sentences=finding_sentences(finding, language=language),
    )


def _told(case: Case, looking: Looking) -> SummaryList:
    """What was said and shown, without anything personal: which answers and documents there are, not what they say."""
    language = looking.language
    said: list[tuple[str, str]] = [
        ("desk.program", case.chosen.program if case.chosen else "—"),
        ("desk.point", case.pod or "—"),
        ("desk.channel", render(case.opening.channel, language=language)),
        ("desk.language", render(case.opening.language, language=language)),
    ]
    if case.form is not None:
        form = case.form
        said += [
            ("desk.documents", ", ".join(render(each, language=language) for each in sorted(form.documents)) or "—"),
            ("desk.consents", ", ".join(render(each, language=language) for each in sorted(form.consents)) or "—"),
            ("desk.drivetrain", render(form.drivetrain, language=language) if form.drivetrain else "—"),
            ("desk.holder", render(form.holder, language=language)),
            ("desk.signed_on", day(form.signed_on, language=language) if form.signed_on else "—"),
            ("desk.answers", ", ".join(render(each, language=language) for each in sorted(form.fields)) or "—"),
        ]
    return SummaryList(rows=[SummaryRow(name=looking.said(name), value=value) for name, value in said])
