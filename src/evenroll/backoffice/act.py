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
from evenroll.backoffice.doable import WARNED, new_key
from evenroll.backoffice.exchange_questions import begun
from evenroll.backoffice.giving import given
from evenroll.backoffice.theirs import theirs
from evenroll.backoffice.ways import desk_page
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.commands import COMMANDS, Record, may
from evenroll.enrollment.decided import Refusal
from evenroll.enrollment.form import Form
from evenroll.intake.said_values import SaidWrong
from evenroll.pages.web_request import PageRequest, person_of, viewer_of
from evenroll.pages.web_widgets import Notice
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import parse_case_number, parse_order_number
from evenroll.records import queries
from evenroll.records.journal import read_stream
from evenroll.records.organizations import open_organization
from evenroll.records.streams import StreamId, case_stream, order_stream
from evenroll.worker.asking import PartnerNotReached

_METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Target:
    """The record that takes the command. seen: the number of its last entry; before: the form of its case.

    known: answers to begin with.
    """

    number: str
    back: str
    seen: int
    calendar: ServiceCalendar
    before: Form | None = None
    known: Mapping[str, object] = field(default_factory=dict[str, object])


@require_http_methods(_METHODS)
@theirs
def of_case(request: PageRequest, number: str, command: str) -> HttpResponse:
    """A command to a case."""
    name = _command(request, command, record=Record.CASE)
    parsed = parse_case_number(number)
    with open_organization(person_of(request).organization) as opened:
        case = queries.case(viewer_of(request), number=parsed)
        seen = _last(case_stream(parsed))
    back = reverse("desk-case", args=[parsed])
    target = _Target(number=parsed, back=back, seen=seen, calendar=opened.calendar, before=case.form)
    return _act(request, name, target)


@require_http_methods(_METHODS)
@theirs
def of_order(request: PageRequest, number: str, command: str) -> HttpResponse:
    """A command to a service order."""
    name = _command(request, command, record=Record.SERVICE_ORDER)
    parsed = parse_order_number(number)
    with open_organization(person_of(request).organization) as opened:
        order = queries.order(viewer_of(request), number=parsed)
        point = queries.usage_point(viewer_of(request), pod=order.pod)
        seen = _last(order_stream(parsed))
    target = _Target(
        number=parsed,
        back=reverse("desk-order", args=[parsed]),
        seen=seen,
        calendar=opened.calendar,
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


def _last(stream: StreamId) -> int:
    return max((each.number for each in read_stream(stream)), default=0)


def _act(request: PageRequest, name: CommandName, target: _Target) -> HttpResponse:
    if request.method != "POST":
        initial = {"seen": target.seen, "key": new_key(), **target.known, **_days(name, target)}
        return _page(request, name, target, form=act_form(name)(initial=initial))
    form = act_form(name)(request.POST)
    if not form.is_valid():
        return _page(request, name, target, form=form)
    try:
        answer = given(request, name, form, number=target.number, before=target.before, calendar=target.calendar)
    except (PartnerNotReached, SaidWrong) as wrong:
        return _page(request, name, target, form=form, notice=notice_of(request, wrong))
    if isinstance(answer, Refusal):
        return _page(request, name, target, form=form, notice=notice_of(request, answer))
    return HttpResponseRedirect(f"{target.back}?done={name.value}")


def _days(name: CommandName, target: _Target) -> dict[str, str]:
    """Days that are mostly today are today to begin with."""
    today = target.calendar.business_date(business_now()).isoformat()
    done = (each for each in act_form(name).base_fields if each in _TODAY)
    return dict.fromkeys(done, today)


_TODAY = frozenset({"visited_on", "changed_on", "seen_on", "paid_on", "installed_on", "inspected_on"})


def _page(
    request: PageRequest, name: CommandName, target: _Target, *, form: ActForm, notice: Notice | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "name": name,
        "target": target,
        "notice": notice,
        "is_warned": name in WARNED,
        "questions": [form[each] for each in form.fields],
    }
    return desk_page(request, "backoffice/act.html", context, status=200 if notice is None else 409)
