"""The page of a command: its questions, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from evenroll.accounts.wired import business_now
from evenroll.backoffice.act_forms import ActForm, act_form
from evenroll.backoffice.act_shown import notice_of
from evenroll.backoffice.conflict import Moved, moved_since
from evenroll.backoffice.credits import CHECKED, COMES_TO, credits_form, ticked
from evenroll.backoffice.doable import WARNED, new_key
from evenroll.backoffice.exchange_questions import begun
from evenroll.backoffice.giving import given
from evenroll.backoffice.theirs import theirs
from evenroll.backoffice.ways import desk_page
from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.commands import COMMANDS, Record, may
from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.way_back import NO_WAY_BACK, NoWayBack
from evenroll.intake.said_values import SaidWrong
from evenroll.pages.web_request import PageRequest, person_of, viewer_of
from evenroll.pages.web_widgets import Notice
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import parse_case_number, parse_order_number
from evenroll.records import queries
from evenroll.records.organizations import open_organization
from evenroll.records.streams import StreamId, case_stream, order_stream
from evenroll.worker.asking import PartnerNotReached

_METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Target:
    """The record that takes the command. seen: the number of its last entry; case: where it is of a case.

    asks: the questions of the command; known: answers to begin with.
    """

    number: str
    back: str
    stream: StreamId
    seen: int
    calendar: ServiceCalendar
    asks: type[ActForm]
    case: Case | None = None
    known: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, kw_only=True, slots=True)
class _NotDone:
    """Why nothing was done. moved: what came since the page was read, where that is why."""

    notice: Notice
    status: int
    moved: Moved | None = None


@require_http_methods(_METHODS)
@theirs
def of_case(request: PageRequest, number: str, command: str) -> HttpResponse:
    """A command to a case."""
    name = _command(request, command, record=Record.CASE)
    parsed = parse_case_number(number)
    with open_organization(person_of(request).organization) as opened:
        # The number first: a change between both is then no part of what was seen.
        seen = queries.case_version(viewer_of(request), number=parsed)
        case = queries.case(viewer_of(request), number=parsed)
    back = reverse("desk-case", args=[parsed])
    stream = case_stream(parsed)
    asks = credits_form(name, case, language=request.language) if name in COMES_TO else act_form(name)
    target = _Target(number=parsed, back=back, stream=stream, seen=seen, calendar=opened.calendar, asks=asks, case=case)
    return _act(request, name, target)


@require_http_methods(_METHODS)
@theirs
def of_order(request: PageRequest, number: str, command: str) -> HttpResponse:
    """A command to a service order."""
    name = _command(request, command, record=Record.SERVICE_ORDER)
    parsed = parse_order_number(number)
    with open_organization(person_of(request).organization) as opened:
        seen = queries.order_version(viewer_of(request), number=parsed)
        order = queries.order(viewer_of(request), number=parsed)
        point = queries.usage_point(viewer_of(request), pod=order.pod)
    target = _Target(
        number=parsed,
        back=reverse("desk-order", args=[parsed]),
        stream=order_stream(parsed),
        seen=seen,
        calendar=opened.calendar,
        asks=act_form(name),
        known=begun(point),
    )
    return _act(request, name, target)


def _command(request: PageRequest, text: str, *, record: Record) -> CommandName:
    """The command of an address; a page that is not there where it is none, or not for this role."""
    if text not in CommandName.__members__.values():
        raise Http404
    name = CommandName(text)
    if COMMANDS[name].record is not record or not may(person_of(request).role, command=name):
        raise Http404
    return name


def _act(request: PageRequest, name: CommandName, target: _Target) -> HttpResponse:
    if request.method != "POST":
        initial = {"seen": target.seen, "key": new_key(), **target.known, **_days(target)}
        return _page(request, name, target, form=target.asks(initial=initial))
    form = target.asks(request.POST)
    if not form.is_valid():
        return _page(request, name, target, form=form)
    if name in COMES_TO and CHECKED not in request.POST:
        return _check(request, name, target, form=form)
    why = _why_not(request, name, target, form)
    if why is None:
        return HttpResponseRedirect(f"{target.back}?done={name.value}")
    # What was answered is kept under its key: what is sent next is another asking, by the state as it is told now.
    again = request.POST.copy()
    again["key"], again["seen"] = new_key(), str(why.moved.seen if why.moved else form.cleaned_data["seen"] or "")
    return _page(request, name, target, form=target.asks(again), why=why)


def _why_not(request: PageRequest, name: CommandName, target: _Target, form: ActForm) -> _NotDone | None:
    """Why the command was not done; None where it was."""
    try:
        answer = given(
            request,
            name,
            form,
            number=target.number,
            before=target.case.form if target.case else None,
            calendar=target.calendar,
        )
    except PartnerNotReached as away:
        return _NotDone(notice=notice_of(request, away), status=503)
    except SaidWrong as wrong:
        return _NotDone(notice=notice_of(request, wrong), status=422)
    if not isinstance(answer, Refusal):
        return None
    notice = notice_of(request, answer)
    if answer.code is not RefusalCode.CASE_MOVED_ON:
        return _NotDone(notice=notice, status=422)
    moved = moved_since(request, target.stream, seen=form.cleaned_data["seen"])
    return _NotDone(notice=notice, status=409, moved=moved)


def _days(target: _Target) -> dict[str, str]:
    """Days that are mostly today are today to begin with."""
    today = target.calendar.business_date(business_now()).isoformat()
    done = (each for each in target.asks.base_fields if each in _TODAY)
    return dict.fromkeys(done, today)


_TODAY = frozenset({"visited_on", "changed_on", "seen_on", "paid_on", "installed_on", "inspected_on"})


def _check(request: PageRequest, name: CommandName, target: _Target, *, form: ActForm) -> HttpResponse:
    """What was ticked, before it is done."""
    assert target.case is not None
    meant = ticked(name, form, case=target.case, language=request.language)
    context = {"form": form, "name": name, "target": target, "ticked": meant, "checked": CHECKED}
    return desk_page(request, "backoffice/credits_check.html", context)


def _page(
    request: PageRequest, name: CommandName, target: _Target, *, form: ActForm, why: _NotDone | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "name": name,
        "target": target,
        "why": why,
        "is_warned": name in WARNED,
        "is_final": NO_WAY_BACK.get(name) is NoWayBack.ENDED,
        "questions": [form[each] for each in form.fields],
    }
    return desk_page(request, "backoffice/act.html", context, status=200 if why is None else why.status)
