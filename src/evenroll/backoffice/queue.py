"""The queue: what waits on the role that is signed in, most urgent first, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from evenroll.accounts.wired import business_now
from evenroll.backoffice.desk_words import address_of_record, due_tag
from evenroll.backoffice.queue_credits import credit_parts
from evenroll.backoffice.ways import desk_page
from evenroll.backoffice.who import READERS, RULES
from evenroll.enrollment.form import Language
from evenroll.enrollment.long_waits import is_long_overdue
from evenroll.enrollment.possible_commands import HELPS, possible_commands
from evenroll.enrollment.roles import Role, is_same_actor
from evenroll.enrollment.tracks import State
from evenroll.pages.formats import day
from evenroll.pages.part_words import track_words
from evenroll.pages.texts import key_of
from evenroll.pages.texts import render as text
from evenroll.pages.web_request import PageRequest, Person, person_of, viewer_of
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Tag, Tone
from evenroll.programs.program import Track
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.records.desk_queue import QueueAsked, QueueKey, QueuePage, QueueRow, queue_page
from evenroll.records.organizations import open_organization, organization_names

TO_DO: Final = "to_do"
OF_ROLE: Final = "role"
OF_ALL: Final = "all"
SCOPES: Final = {TO_DO: "desk.scope_to_do", OF_ROLE: "desk.scope_role", OF_ALL: "desk.scope_all"}
MINE: Final = "mine"
FREE: Final = "free"
WORKERS: Final = {"": "work.who_any", MINE: "work.who_mine", FREE: "work.who_free"}
FILTERS: Final = ("scope", "track", "state", "who")
_ID_MAX: Final = 2**63 - 1


class QueueForm(forms.Form):
    """What of the queue is looked at; what is no answer counts as none."""

    scope = forms.ChoiceField(label="desk.scope", required=False, choices=list(SCOPES.items()))
    track = forms.ChoiceField(
        label="desk.track",
        required=False,
        choices=[("", "desk.any"), *((each.value, key_of(each)) for each in Track)],
    )
    state = forms.ChoiceField(
        label="desk.state",
        required=False,
        choices=[
            ("", "desk.any"),
            *((state.value, key_of(state)) for state in dict.fromkeys(each for _, each in HELPS)),
        ],
    )
    who = forms.ChoiceField(label="work.who", required=False, choices=list(WORKERS.items()))
    due = forms.DateTimeField(required=False)
    after = forms.IntegerField(required=False, min_value=0, max_value=_ID_MAX)


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueLine:
    """A row of the queue in words. href, value: its page, and as a form names it; "" where this person may not."""

    what: str
    number: str
    href: str
    owner: str
    since: str
    due: Tag
    holder: str
    can_do: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    """With what a page of the queue is told, and to whom."""

    person: Person
    language: Language
    calendar: ServiceCalendar
    now: datetime


@require_safe
def queue(request: PageRequest) -> HttpResponse:
    """What waits."""
    chosen = {name: value for name, value in request.GET.items() if name in QueueForm.base_fields}
    person = person_of(request)
    form = QueueForm({"scope": first_scope(person), **chosen}, auto_id="filter-%s")
    form.is_valid()
    with open_organization(person.organization) as opened:
        found = queue_page(viewer_of(request), asked=asked_of(form, person))
        credits = credit_parts(request) if "due" not in chosen else ()
    told = _Told(person=person, language=request.language, calendar=opened.calendar, now=business_now())
    context = {
        "form": form,
        "organization": organization_names()[person.organization],
        "credits": credits,
        "lines": [_line(each, told=told) for each in found.rows],
        "can_choose": any(rule.admits(person) for rule in RULES.values()),
        "filter": [(name, value) for name, value in chosen.items() if name in FILTERS],
        "next": _next(found, chosen),
        "is_first": "due" not in chosen,
        "scope": said(request, SCOPES[form.cleaned_data.get("scope") or TO_DO]),
    }
    return desk_page(request, "backoffice/queue.html", context)


def first_scope(person: Person) -> str:
    """What of the queue is shown first: what this person can do; on an auditor, who only reads, nothing waits."""
    return OF_ALL if person.role is Role.AUDITOR else TO_DO


def asked_of(form: QueueForm, person: Person) -> QueueAsked:
    """What of the queue a form asks for."""
    given, role = form.cleaned_data, person.role
    scope = given.get("scope") or TO_DO
    due, after = given.get("due"), given.get("after")
    return QueueAsked(
        on=None if scope == OF_ALL else role,
        among=_actionable(role) if scope == TO_DO else None,
        track=Track(given["track"]) if given.get("track") else None,
        state=State(given["state"]) if given.get("state") else None,
        after=QueueKey(due_at=due, id=after) if due is not None and after is not None else None,
        held_by=person.actor if given.get("who") == MINE else None,
        is_free=given.get("who") == FREE,
    )


def _actionable(role: Role) -> frozenset[tuple[Track, State]] | None:
    """Where this role can do something; None for the clearinghouse, whose requests are no cases."""
    if role is Role.REGISTRY_OPERATOR:
        return None
    return frozenset(each for each in HELPS if possible_commands([each], role=role))


def _next(found: QueuePage, chosen: dict[str, str]) -> str:
    if not found.more:
        return ""
    last = found.rows[-1].key
    return "?" + urlencode({**chosen, "due": last.due_at.isoformat(), "after": last.id})


def _line(row: QueueRow, *, told: _Told) -> QueueLine:
    language = told.language
    names = possible_commands([(row.track, row.state)], role=row.owner)
    works, reads = RULES.get(row.kind), READERS.get(row.kind)
    return QueueLine(
        what=f"{track_words(row.track.value, language=language)}: {text(row.state, language=language)}",
        number=row.number,
        href=address_of_record(row.kind, row.number) if reads is not None and reads.admits(told.person) else "",
        owner=text(row.owner, language=language),
        since=day(told.calendar.business_date(row.since), language=language),
        due=_due(row, told=told),
        holder=_holder(row, told=told),
        can_do="; ".join(text(each, language=language) for each in names),
        value=f"{row.kind.value}:{row.number}:{row.version}" if works is not None and works.admits(told.person) else "",
    )


def _due(row: QueueRow, *, told: _Told) -> Tag:
    """A due date that a lapse renewed again and again is no news of how late it is."""
    if row.key.due_at >= told.now and is_long_overdue(
        owner=row.owner, state=row.state, times=row.times, since=row.since, now=told.now
    ):
        return Tag(text=text("desk.overdue_long", language=told.language), tone=Tone.TROUBLE)
    return due_tag(row.key.due_at, now=told.now, calendar=told.calendar, language=told.language)


def _holder(row: QueueRow, *, told: _Told) -> str:
    if row.holder is None:
        return ""
    return text("work.you", language=told.language) if is_same_actor(row.holder, told.person.actor) else row.holder
