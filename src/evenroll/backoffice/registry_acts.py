"""What the operator of a registry tells of it: a block, its end, another supplier, a supplier that leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from evenroll.accounts.wired import business_now, installation
from evenroll.actions.drop_supply import drop_supply
from evenroll.actions.exit_supplier import block_supply, exit_preview, exit_supplier
from evenroll.backoffice.act_shown import notice_of
from evenroll.backoffice.theirs import theirs
from evenroll.backoffice.ways import desk_page
from evenroll.enrollment.decided import Refusal
from evenroll.enrollment.roles import OrganizationKind
from evenroll.enrollment.supply import LostReason
from evenroll.pages.texts import key_of
from evenroll.pages.web_request import PageRequest, person_of, viewer_of
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Notice, Tone
from evenroll.quantities.identifiers import OrganizationKey, PodId
from evenroll.records.asked import Answer
from evenroll.records.organizations import organization_keys, organization_names
from evenroll.records.registry_looked import periods
from evenroll.records.unit_of_work import UnitOfWork, unit_of_work
from evenroll.worker.driver import run_until_idle

BLOCK: Final = "block"
UNBLOCK: Final = "unblock"
DROP: Final = "drop"
TELLS: Final = (BLOCK, UNBLOCK, DROP)
_METHODS: Final = ["GET", "HEAD", "POST"]


class TellForm(forms.Form):
    """What is told of a usage point beside the fact itself."""


class DropForm(TellForm):
    """Who supplies instead, since when and why."""

    lost_on = forms.DateField(label="registry.since", widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.ChoiceField(
        label="registry.why",
        choices=[("", "desk.choose"), *((each.value, key_of(each)) for each in LostReason)],
        widget=forms.Select,
    )

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # pyright: ignore[reportArgumentType]
        self.fields["to"] = _supplier("registry.supplier_after", first=("", "registry.default_service"))


class LeaveForm(forms.Form):
    """Who leaves, and who takes over. confirmed: that it was seen how many usage points go over."""

    confirmed = forms.RegexField(regex=r"\A\d{1,12}\Z", required=False, widget=forms.HiddenInput)

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # pyright: ignore[reportArgumentType]
        self.fields["supplier"] = _supplier("registry.who_leaves", first=("", "desk.choose"), required=True)
        self.fields["to"] = _supplier("registry.last_resort", first=("", "registry.default_service"))


@require_http_methods(_METHODS)
@theirs
def tell(request: PageRequest, pod: str, tells: str) -> HttpResponse:
    """Something told of one usage point."""
    periods(viewer_of(request), pod=PodId(pod))
    if tells not in TELLS:
        raise Http404
    is_drop = tells == DROP
    kind = DropForm if is_drop else TellForm
    form = kind(request.POST) if request.method == "POST" else kind()
    notice = None
    if form.is_bound and form.is_valid():
        notice = _done(request, _telling(tells, PodId(pod), form))
        if notice is None:
            return HttpResponseRedirect(f"{reverse('desk-point', args=[pod])}?done=1")
    context = {"form": form, "pod": pod, "tells": tells, "notice": notice, "questions": list(form)}
    return desk_page(request, "backoffice/registry_tell.html", context, status=200 if notice is None else 409)


@require_http_methods(_METHODS)
def leave(request: PageRequest) -> HttpResponse:
    """A supplier leaves: first whom it concerns, then, confirmed, it is done."""
    form = LeaveForm(request.POST) if request.method == "POST" else LeaveForm()
    if not form.is_bound or not form.is_valid():
        return desk_page(request, "backoffice/registry_leave.html", {"form": form, "questions": _asked(form)})
    supplier, to = _leaving(form)
    found = _acted(request, lambda work: exit_preview(work, supplier=supplier, to=to))
    seen = form.cleaned_data["confirmed"]
    if not isinstance(found, Refusal) and seen == str(len(found.events)):
        found = _acted(request, lambda work: exit_supplier(work, supplier=supplier, to=to))
        if not isinstance(found, Refusal):
            return HttpResponseRedirect(f"{reverse('desk-registry')}?supplier={to or ''}")
    notice = notice_of(request, found) if isinstance(found, Refusal) else _preview(request, len(found.events), seen)
    context = {"form": form, "questions": _asked(form), "notice": notice}
    if not isinstance(found, Refusal):
        context["count"] = len(found.events)
    return desk_page(request, "backoffice/registry_leave.html", context, status=409 if seen else 200)


def _asked(form: LeaveForm) -> Sequence[forms.BoundField]:
    return [form["supplier"], form["to"]]


def _preview(request: PageRequest, count: int, seen: str) -> Notice:
    title = said(request, "registry.leave_changed" if seen else "registry.leave_preview")
    return Notice(title=title, text=said(request, "registry.leave_count", count=count), tone=Tone.WAITING)


def _leaving(form: LeaveForm) -> tuple[OrganizationKey, OrganizationKey | None]:
    to = form.cleaned_data["to"]
    return OrganizationKey(form.cleaned_data["supplier"]), OrganizationKey(to) if to else None


def _telling(tells: str, pod: PodId, form: forms.Form) -> Callable[[UnitOfWork], Answer]:
    if tells != DROP:
        return lambda work: block_supply(work, pod=pod, blocked=tells == BLOCK)
    given = form.cleaned_data
    to, on = given["to"], given["lost_on"]
    assert isinstance(on, date)
    supplier, reason = OrganizationKey(to) if to else None, LostReason(given["reason"])
    return lambda work: drop_supply(work, pod=pod, lost_on=on, supplier=supplier, reason=reason)


def _done(request: PageRequest, act: Callable[[UnitOfWork], Answer]) -> Notice | None:
    answer = _acted(request, act)
    return notice_of(request, answer) if isinstance(answer, Refusal) else None


def _acted(request: PageRequest, act: Callable[[UnitOfWork], Answer]) -> Answer:
    """In the registry's own books; in a demo with what follows from it at once."""
    now, person = business_now(), person_of(request)
    with unit_of_work(person.organization, actor=person.acts, now=now) as work:
        answer = act(work)
    if settings.EVENROLL_WEB.is_demo:
        run_until_idle(installation(), now=now)
    return answer


def _supplier(label: str, *, first: tuple[str, str], required: bool = False) -> forms.ChoiceField:
    names = organization_names()
    known = [(key, names[key]) for key in organization_keys(kind=OrganizationKind.SUPPLIER)]
    return forms.ChoiceField(label=label, required=required, choices=[first, *known], widget=forms.Select)
