"""Claiming a record, giving it to a colleague, freeing it; and who works on it, as its page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from evenroll.backoffice.theirs import theirs
from evenroll.backoffice.who import colleagues
from evenroll.enrollment.roles import is_same_actor
from evenroll.pages.formats import instant
from evenroll.pages.web_request import PageRequest, Person, person_of, viewer_of
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Notice, Tone
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import ActorKey, parse_case_number, parse_order_number
from evenroll.records import queries
from evenroll.records.desk_claims import GIVERS, Claim, claim, claims_of, free
from evenroll.records.organizations import open_organization
from evenroll.records.streams import StreamId, case_stream, order_stream


class ClaimAct(StrEnum):
    """What is done about who works on a record."""

    CLAIM = "claim"
    TAKE = "take"
    GIVE = "give"
    FREE = "free"


LOST: Final = "lost"
"""What the page is asked with after somebody else was first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownClaim:
    """Who works on a record, in words, and what this person can do about it.

    to: whom it may be given to; none where it is a colleague's. notice: that somebody was first.
    """

    text: str
    is_mine: bool
    can_claim: bool
    can_take: bool
    can_free: bool
    to: Sequence[ActorKey]
    notice: Notice | None


@require_POST
@theirs
def of_case(request: PageRequest, number: str) -> HttpResponse:
    """A case is claimed, given or freed."""
    parsed = parse_case_number(number)
    queries.case(viewer_of(request), number=parsed)
    return _done(request, case_stream(parsed), back=reverse("desk-case", args=[parsed]))


@require_POST
@theirs
def of_order(request: PageRequest, number: str) -> HttpResponse:
    """A service order is claimed, given or freed."""
    parsed = parse_order_number(number)
    queries.order(viewer_of(request), number=parsed)
    return _done(request, order_stream(parsed), back=reverse("desk-order", args=[parsed]))


def _done(request: PageRequest, record: StreamId, *, back: str) -> HttpResponse:
    person = person_of(request)
    form = _form(request, person, record)
    if not form.is_valid():
        raise Http404
    wanted = _settled(person, record, act=ClaimAct(form.cleaned_data["act"]), to=form.cleaned_data["to"])
    return HttpResponseRedirect(back if wanted else f"{back}?claim={LOST}")


def _form(request: PageRequest, person: Person, record: StreamId) -> forms.Form:
    form = forms.Form(request.POST)
    form.fields["act"] = forms.ChoiceField(choices=[(each.value, each.value) for each in ClaimAct])
    is_given = request.POST.get("act") == ClaimAct.GIVE
    there = colleagues(person, kind=record.kind) if is_given else ()
    form.fields["to"] = forms.ChoiceField(choices=[(each, each) for each in there], required=is_given)
    return form


def _settled(person: Person, record: StreamId, *, act: ClaimAct, to: str) -> bool:
    """Whether it is now as this person wanted; not, where another one works on it."""
    if act is ClaimAct.FREE:
        return free(record, actor=person.acts) is None
    holder = ActorKey(to) if act is ClaimAct.GIVE else person.actor
    now = claim(record, actor=person.acts, holder=None if act is ClaimAct.CLAIM else holder)
    return is_same_actor(now.holder, holder)


def shown_claim(request: PageRequest, record: StreamId) -> ShownClaim:
    """Who works on a record, for its page."""
    person = person_of(request)
    with open_organization(person.organization) as opened:
        held = claims_of(person.acts, records=[record]).get(record)
        there = colleagues(person, kind=record.kind)
    is_mine = held is not None and is_same_actor(held.holder, person.actor)
    may_give = held is None or is_mine or person.role in GIVERS
    return ShownClaim(
        text=_words(request, held, is_mine=is_mine, calendar=opened.calendar),
        is_mine=is_mine,
        can_claim=held is None,
        can_take=held is not None and not is_mine and person.role in GIVERS,
        can_free=held is not None and may_give,
        to=[each for each in there if may_give and (held is None or each != held.holder)],
        notice=_notice(request, held, is_mine=is_mine, calendar=opened.calendar),
    )


def _words(request: PageRequest, held: Claim | None, *, is_mine: bool, calendar: ServiceCalendar) -> str:
    if held is None:
        return said(request, "work.nobody")
    since = _instant(request, held, calendar)
    return (
        said(request, "work.mine", since=since)
        if is_mine
        else said(request, "work.theirs", who=held.holder, since=since)
    )


def _notice(request: PageRequest, held: Claim | None, *, is_mine: bool, calendar: ServiceCalendar) -> Notice | None:
    if request.GET.get("claim") != LOST or held is None or is_mine:
        return None
    text = said(request, "work.lost", who=held.holder, since=_instant(request, held, calendar))
    return Notice(title=said(request, "work.lost_title"), text=text, tone=Tone.WAITING)


def _instant(request: PageRequest, held: Claim, calendar: ServiceCalendar) -> str:
    return instant(held.since, language=request.language, zone=ZoneInfo(calendar.zone))
