"""A case in the words of its page: what to do, what comes, what happened, the days to know."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.possible_commands import HELPS
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import CASE_ENDS, State, TrackState
from evenroll.pages.finding_texts import finding_sentences
from evenroll.pages.formats import day
from evenroll.pages.next_steps import MAY, else_key, next_step_key, stands_key, to_do_key
from evenroll.pages.part_words import track_words
from evenroll.pages.timeline_words import findings_told, told_entry
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Notice, SummaryList, SummaryRow, Tag, Tone
from evenroll.portal.case_course import course
from evenroll.portal.case_offers import TAKES_PAPERS
from evenroll.portal.case_reading import OwnCase
from evenroll.programs.program import Track
from evenroll.programs.rules import Outcome
from evenroll.records.entries import Entry

_TROUBLE = frozenset({State.REFUSED, State.CLOSED, State.EXPIRED, State.SUSPENDED})
_UNMET = frozenset({State.REFUSED, State.CLOSED, State.NEEDS_ANSWER})
_WAITS = frozenset({State.NEEDS_ANSWER, State.VEHICLE_DISPUTED, State.CHOOSING, State.IN_RESCISSION})


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """Something that the customer can do: the page where it is done."""

    text: str
    href: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Duty:
    """What the customer does next. until, otherwise: empty where it has no end or costs nothing; must: or only may."""

    text: str
    until: str
    otherwise: str
    must: bool
    ways: Sequence[Way]


@dataclass(frozen=True, kw_only=True, slots=True)
class Coming:
    """What somebody else does next."""

    title: str
    text: str
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseCard:
    """A case in the list of the customer's cases."""

    title: str
    number: str
    href: str
    tag: Tag
    text: str
    duty: Duty | None


def tag(request: PageRequest, case: Case) -> Tag:
    """Where a case stands, in a word or two."""
    status = case.status
    tone = Tone.GOOD if status is State.ACTIVE else Tone.PLAIN
    if status in _TROUBLE:
        tone = Tone.TROUBLE
    elif status in _WAITS:
        tone = Tone.WAITING
    return Tag(text=said(request, status), tone=tone)


def stands(request: PageRequest, case: Case) -> str:
    """Where a case stands, in one sentence or two."""
    found = said(request, stands_key(case.status))
    looked_at = case.status is State.REFUSED and case.course.owner is not Role.CUSTOMER
    return f"{found} {said(request, 'case_page.looked_again')}" if looked_at else found


def duties(request: PageRequest, own: OwnCase) -> Sequence[Duty]:
    """What waits on the customer, the most urgent first; what must be done before what may."""
    found = [_duty(request, own, each) for each in own.waiting if each.owner is Role.CUSTOMER]
    return sorted(found, key=lambda each: not each.must)


def _duty(request: PageRequest, own: OwnCase, track: TrackState) -> Duty:
    last_on, otherwise = own.last_day(track), else_key(track)
    helps = HELPS.get((track.track, track.state), ())
    return Duty(
        text=said(request, to_do_key(track)),
        until=day(last_on, language=request.language) if last_on is not None else "",
        otherwise=said(request, otherwise) if otherwise else "",
        must=(track.track, track.state) not in MAY,
        ways=[*_papers(request, own, helps), *(way(request, own.case, name) for name in helps if _leads(own, name))],
    )


_LEAVING = frozenset({CommandName.WITHDRAW, CommandName.UNENROLL})


def _leads(own: OwnCase, name: CommandName) -> bool:
    return name in own.possible and name not in _LEAVING


def _papers(request: PageRequest, own: OwnCase, helps: Sequence[CommandName]) -> Sequence[Way]:
    """Where papers are sent, before what says that they were."""
    if not any(each in own.possible for each in helps if each in TAKES_PAPERS):
        return ()
    return (Way(text=said(request, "papers.send_some"), href=reverse("case-papers", args=(own.case.number,))),)


def way(request: PageRequest, case: Case, name: CommandName) -> Way:
    """The page on which the customer gives a command."""
    return Way(text=said(request, name), href=reverse("case-act", args=(case.number, name.value)))


def ways(request: PageRequest, own: OwnCase) -> Sequence[Way]:
    """What the customer can do now beside what stands with the duties; leaving comes last."""
    shown = {each.href for duty in duties(request, own) for each in duty.ways}
    found = [way(request, own.case, name) for name in sorted(own.possible, key=lambda each: each in _LEAVING)]
    return [each for each in found if each.href not in shown]


def reasons(request: PageRequest, own: OwnCase, entries: Sequence[Entry]) -> Sequence[str]:
    """What of the decision was not in order, and how it is mended; nothing where the case went on."""
    if own.case.status not in _UNMET:
        return ()
    unmet = [each for each in findings_told(entries) if each.outcome is not Outcome.MET]
    return [" ".join(finding_sentences(each, language=request.language)) for each in unmet]


def coming(request: PageRequest, own: OwnCase) -> Sequence[Coming]:
    """What others do next, the soonest first."""
    others = [each for each in own.waiting if each.owner is not Role.CUSTOMER and each.track is not Track.CASE]
    return [_coming(request, own, each) for each in others]


def _coming(request: PageRequest, own: OwnCase, track: TrackState) -> Coming:
    last_on = own.last_day(track)
    shown = max(last_on, own.today) if last_on is not None else own.today
    by = said(request, "case_page.by_itself", until_on=shown)
    if track.owner not in (None, Role.SYSTEM):
        by = said(request, "case_page.by_until", who=said(request, track.owner), until_on=shown)
    return Coming(
        title=track_words(track.track.value, language=request.language),
        text=said(request, next_step_key(track)),
        by=by,
    )


def days(request: PageRequest, own: OwnCase, entries: Sequence[Entry]) -> SummaryList:
    """Numbers and days of a case."""
    case, order = own.case, own.case.order
    found: list[tuple[str, str | date | None]] = [
        ("case_page.number", case.number),
        ("case_page.program", own.name(request)),
        ("case_page.offer", str(case.opening.offer) if case.opening.offer else None),
        ("case_page.opened", case.opening.opened_at.astimezone(own.zone).date()),
        ("case_page.completed", case.completed_at.astimezone(own.zone).date() if case.completed_at else None),
        ("case_page.order", order.number if order else None),
        ("case_page.visit", _visit(entries) if order else None),
        ("case_page.in_service", order.in_service_on if order else None),
        ("case_page.switch", order.switch_on if order else None),
        ("case_page.price_since", case.price_since),
        ("case_page.control_since", case.control_since),
        ("case_page.rescission", _rescission(case)),
        ("case_page.stay", _stay(case)),
        ("case_page.ended", case.ended_on),
        ("case_page.lockout", case.lockout_ends_on),
    ]
    language = request.language
    return SummaryList(
        rows=[
            SummaryRow(
                name=said(request, key), value=day(value, language=language) if isinstance(value, date) else value
            )
            for key, value in found
            if value
        ]
    )


def _visit(entries: Sequence[Entry]) -> date | None:
    """The day of the crew's visit as it was told last."""
    told = [json.loads(each.data).get("visit_on") for each in entries if each.event == "visit_heard"]
    return date.fromisoformat(told[-1]) if told and told[-1] else None


def _rescission(case: Case) -> date | None:
    terms = case.agreement
    ahead = terms is not None and terms.rescission_ends_on > terms.terms_received_on
    return terms.rescission_ends_on if terms is not None and ahead else None


def _stay(case: Case) -> date | None:
    return case.agreement.minimum_stay_ends_on if case.agreement and case.status not in CASE_ENDS else None


def card(request: PageRequest, own: OwnCase) -> CaseCard:
    """A case in the list of them."""
    first = next(iter(duties(request, own)), None)
    return CaseCard(
        title=own.name(request) or said(request, "case_page.no_program"),
        number=own.case.number,
        href=reverse("case", args=(own.case.number,)),
        tag=tag(request, own.case),
        text=stands(request, own.case),
        duty=first if first is not None and first.must else None,
    )


def case_page(
    request: PageRequest, own: OwnCase, entries: Sequence[Entry], *, done: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What the template of a case shows. done: what this customer did a moment ago, as the session kept it."""
    found = duties(request, own)
    return {
        "number": own.case.number,
        "title": own.name(request) or said(request, "case_page.no_program"),
        "tag": tag(request, own.case),
        "stands": stands(request, own.case),
        "done": _done(request, own, done, entries),
        "duties": found,
        "must": any(each.must for each in found),
        "reasons": reasons(request, own, entries),
        "coming": coming(request, own),
        "ways": ways(request, own),
        "days": days(request, own, entries),
        "timeline": course(request, own, entries),
        "has_program": own.program is not None,
        "has_ledger": bool(own.case.ledger.active_on or own.case.ledger.events),
    }


def _done(
    request: PageRequest, own: OwnCase, done: Mapping[str, Any] | None, entries: Sequence[Entry]
) -> Notice | None:
    if done is None or done.get("case") != own.case.number:
        return None
    events: Sequence[str] = done.get("events", ())
    last = {each.event: told_entry(each, language=request.language).sentence for each in entries}
    told = " ".join(f"{last[event]}." for event in dict.fromkeys(events) if event in last)
    name = said(request, CommandName(done["command"]))
    return Notice(title=said(request, "case_page.done", what=name), text=told, tone=Tone.GOOD)
