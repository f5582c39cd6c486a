"""The draft that a browser has in hand: its session knows it, a form names it by a mark, nobody else has it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from evenroll.accounts import wired
from evenroll.enrollment.case import Prompter
from evenroll.pages.web_request import PageRequest
from evenroll.portal.enroll_questions import OF_PROGRAM, QUESTIONS, Question, Standing
from evenroll.portal.enroll_told import Source, known_before, signed_in_with
from evenroll.portal.find_choosing import was_offered_here
from evenroll.programs.program import ProgramVersion, is_open
from evenroll.quantities.identifiers import OfferId, OrganizationKey
from evenroll.records.drafts import Draft, Drafted, begin_draft, change_draft, read_draft
from evenroll.records.offers_shown import was_shown
from evenroll.records.organizations import open_organization, organization_calendars
from evenroll.records.program_shelf import published_programs

_IN_HAND, _KNOWN, _KNOWN_MAX = "draft", "drafts", 5
_OFFER_DIGITS_MAX = 18
_MARK_DIGITS = 12

StandingView = Callable[..., HttpResponse]


def with_standing(view: StandingView) -> StandingView:
    """For views that need a draft in hand which is not sent: `view(request, standing, ...)`.

    Without one they lead to where one begins, sent to its confirmation, of a closed program to another one's choice.
    """

    @wraps(view)
    def asked(request: PageRequest, **named: Any) -> HttpResponse:
        draft = draft_of(request)
        if draft is None:
            return HttpResponseRedirect(reverse("enroll-start"))
        if draft.drafted.case:
            return HttpResponseRedirect(reverse("enroll-done"))
        standing = standing_of(draft)
        if standing is None:
            return HttpResponseRedirect(reverse("enroll-program"))
        signed_in = signed_in_with(request, standing.program.organization)
        return view(request, replace(standing, signed_in=signed_in), **named)

    return asked


def draft_of(request: HttpRequest) -> Draft | None:
    """The draft in hand; of a form the one that it names. Raises Http404 for one that this browser does not have."""
    mark = request.POST.get("draft", "") if request.method == "POST" else ""
    if mark:
        known = next((each for each in request.session.get(_KNOWN, ()) if mark_of(each) == mark), None)
        if known is None:
            raise Http404
        request.session[_IN_HAND] = known
    number = request.session.get(_IN_HAND)
    return read_draft(number, at=timezone.now()) if isinstance(number, str) else None


def take_up(request: HttpRequest, number: str) -> None:
    """Give this browser a draft, under a cookie of its own: one that was planted before leads to nothing."""
    known = [each for each in request.session.get(_KNOWN, ()) if each != number]
    request.session.cycle_key()
    request.session[_IN_HAND], request.session[_KNOWN] = number, [*known, number][-_KNOWN_MAX:]


def mark_of(number: str) -> str:
    """By which a form names the draft it belongs to; it leads nobody else there."""
    return hashlib.sha256(f"mark/{number}".encode()).hexdigest()[:_MARK_DIGITS]


def begin(request: PageRequest, *, program: ProgramVersion, said: Mapping[str, str]) -> Draft:
    """A new draft for a program, with what was said before to the finder. said: offer, and who sent the customer."""
    known = known_before(request, organization=program.organization)
    cells = {**known.cells, **of_program(program)}
    if _is_shown(request, program, said.get("offer", "")):
        cells["offer"] = said["offer"]
    if said.get("from", "") in frozenset(Prompter):
        cells["prompted_by"] = said["from"]
    done = known.answered(program, today=today_of(program.organization))
    draft = begin_draft(Drafted(cells=cells, told=known.told, done=done), at=timezone.now())
    take_up(request, draft.number)
    return draft


def keep(standing: Standing, question: Question, said: Mapping[str, str]) -> Draft | None:
    """Save the answers of one page, and no other's."""

    def change(before: Drafted) -> Drafted:
        cells = {name: text for name, text in before.cells.items() if name not in question.columns}
        cells |= {name: text for name, text in said.items() if text}
        told = {name: source for name, source in before.told.items() if name not in question.columns}
        return replace(before, cells=cells, told=told, done=tuple(dict.fromkeys((*before.done, question.name))))

    return change_draft(standing.draft.number, at=timezone.now(), change=change)


def keep_program(draft: Draft, program: ProgramVersion) -> None:
    """Another program: what was agreed to for the one before holds no longer, nor what was shown of it."""

    def change(before: Drafted) -> Drafted:
        gone = {"selections", "consents", "consents_hand_over", "offer", "home", "statements"}
        again = set(OF_PROGRAM)
        if program.organization != before.cells.get("organization"):
            # What the books of one organization know is nothing to another one.
            of_books = {name for name, source in before.told.items() if source == Source.ACCOUNT.value}
            gone |= of_books
            again |= {each.name for each in QUESTIONS if of_books & set(each.columns)}
        return replace(
            before,
            cells={name: text for name, text in before.cells.items() if name not in gone} | of_program(program),
            told={name: source for name, source in before.told.items() if name not in gone},
            done=tuple(each for each in before.done if each not in again),
        )

    change_draft(draft.number, at=timezone.now(), change=change)


def keep_sent(draft: Draft, *, case: str, on: date) -> None:
    """It is sent: the number stays for its confirmation, the answers go."""

    def change(before: Drafted) -> Drafted:
        stays = {name: before.cells[name] for name in ("organization", "program") if name in before.cells}
        on_order = {"vehicle_on_order": before.cells.get("vehicle_on_order", "")}
        return Drafted(cells=stays | on_order, case=case, sent_on=on.isoformat())

    change_draft(draft.number, at=timezone.now(), change=change)


def standing_of(draft: Draft) -> Standing | None:
    """The draft with its program; None where nobody can apply for that now."""
    cells = draft.drafted.cells
    organization = OrganizationKey(cells.get("organization", ""))
    if organization not in wired.installation().organizations:
        return None
    today = today_of(organization)
    found = next((each for each in _open((organization,), today) if each.key == cells.get("program")), None)
    return None if found is None else Standing(draft=draft, program=found, today=today)


def open_programs() -> tuple[ProgramVersion, ...]:
    """Everything that one can apply for here today, by organization and key."""
    now = wired.business_now()
    organizations = wired.installation().organizations
    days = {key: each.business_date(now) for key, each in organization_calendars(organizations).items()}
    found = [
        each
        for today in sorted(set(days.values()))
        for each in _open(tuple(key for key in organizations if days.get(key) == today), today)
    ]
    place = {key: number for number, key in enumerate(organizations)}
    return tuple(sorted(found, key=lambda each: (place[each.organization], each.key)))


def today_of(organization: OrganizationKey) -> date:
    """The business date of an organization."""
    with open_organization(organization) as opened:
        return opened.calendar.business_date(wired.business_now())


def of_program(program: ProgramVersion) -> dict[str, str]:
    """The answers that a program itself gives."""
    return {"organization": program.organization, "program": program.key}


def _open(organizations: tuple[OrganizationKey, ...], today: date) -> tuple[ProgramVersion, ...]:
    return tuple(each for each in published_programs(organizations, on=today) if is_open(each, on=today))


def _is_shown(request: PageRequest, program: ProgramVersion, offer: str) -> bool:
    """Whether the number stands for what this browser was shown of the program: others can be guessed."""
    if not (offer.isascii() and offer.isdigit() and len(offer) <= _OFFER_DIGITS_MAX):
        return False
    if not was_offered_here(request, program=program.key, offer=int(offer)):
        return False
    with open_organization(program.organization):
        return was_shown(OfferId(int(offer)))
