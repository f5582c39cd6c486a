"""Requests about supply for the operator of a registry: those that wait, what became of others, what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from evenroll.accounts.wired import business_now
from evenroll.backoffice.act_forms import ActForm
from evenroll.backoffice.act_shown import notice_of
from evenroll.backoffice.doable import done_notice, new_key
from evenroll.backoffice.giving import given
from evenroll.backoffice.registry_shown import switches_table
from evenroll.backoffice.shown_parts import Looking
from evenroll.backoffice.switch_shown import ShownSwitch, commands_of, shown_switch
from evenroll.backoffice.theirs import theirs
from evenroll.backoffice.ways import desk_page
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Refusal
from evenroll.pages.texts import key_of
from evenroll.pages.web_request import PageRequest, person_of, viewer_of
from evenroll.pages.web_widgets import Notice
from evenroll.programs.reject_codes import RejectKind, reject_rules
from evenroll.quantities.identifiers import TrackingNumber
from evenroll.records.organizations import open_organization, organization_names
from evenroll.records.registry_looked import SwitchesAsked, SwitchesPage
from evenroll.records.registry_looked import switches as found_switches
from evenroll.worker.asking import PartnerNotReached

_ID_MAX: Final = 2**63 - 1
_REJECT: Final = RejectKind.REJECT
PENDING: Final = "pending"
OVER: Final = "over"


class SwitchesForm(forms.Form):
    """Which requests are looked at; what is no answer counts as none."""

    which = forms.ChoiceField(
        label="registry.which",
        required=False,
        choices=[(PENDING, "registry.which_pending"), (OVER, "registry.which_over")],
    )
    due = forms.DateTimeField(required=False)
    after = forms.IntegerField(required=False, min_value=0, max_value=_ID_MAX)


class RejectForm(ActForm):
    """Why the operator rejects: what no rule of the registry could see."""

    codes = forms.MultipleChoiceField(
        label="registry.reject_codes",
        help_text="registry.reject_hint",
        error_messages={"required": "registry.reject_required"},
        choices=[(each.code.value, key_of(each.code)) for each in reject_rules().values() if each.kind is _REJECT],
        widget=forms.CheckboxSelectMultiple,
    )


@require_safe
def switches(request: PageRequest) -> HttpResponse:
    """Requests that wait, or that are over."""
    chosen = {name: value for name, value in request.GET.items() if name in SwitchesForm.base_fields}
    form = SwitchesForm({"which": PENDING, **chosen}, auto_id="filter-%s")
    form.is_valid()
    looking = _looking(request)
    with open_organization(looking.viewer.organization) as opened:
        found = found_switches(looking.viewer, asked=_asked(form))
    context = {
        "form": form,
        "table": switches_table(found.rows, looking=looking, calendar=opened.calendar, names=organization_names()),
        "next": _next(found, chosen),
        "is_first": "after" not in chosen,
    }
    return desk_page(request, "backoffice/switches.html", context)


@require_safe
@theirs
def switch(request: PageRequest, number: str) -> HttpResponse:
    """One request."""
    shown = shown_switch(_looking(request), number=TrackingNumber(number), names=organization_names())
    context = {"shown": shown, "done": done_notice(request, shown.state)}
    return desk_page(request, "backoffice/switch.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@theirs
def act(request: PageRequest, number: str, command: str) -> HttpResponse:
    """A command to a request."""
    shown = shown_switch(_looking(request), number=TrackingNumber(number), names=organization_names())
    if command not in {each.value for each in commands_of()}:
        raise Http404
    name = CommandName(command)
    kind = RejectForm if name is CommandName.REJECT_SUPPLY else ActForm
    if request.method != "POST":
        return _page(request, name, shown, form=kind(initial={"seen": shown.seen, "key": new_key()}))
    form = kind(request.POST)
    notice = _done(request, name, shown, form=form) if form.is_valid() else None
    if not form.is_valid() or notice is not None:
        return _page(request, name, shown, form=form, notice=notice)
    return HttpResponseRedirect(f"{reverse('desk-switch', args=[number])}?done={name.value}")


def _done(request: PageRequest, name: CommandName, shown: ShownSwitch, *, form: ActForm) -> Notice | None:
    """Give the command; why nothing was done, where nothing was."""
    try:
        answer = given(request, name, form, number=shown.number, before=None, calendar=shown.calendar)
    except PartnerNotReached as away:
        return notice_of(request, away)
    return notice_of(request, answer) if isinstance(answer, Refusal) else None


def _page(
    request: PageRequest, name: CommandName, shown: ShownSwitch, *, form: ActForm, notice: Notice | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "name": name,
        "target": {"number": shown.number, "back": reverse("desk-switch", args=[shown.number])},
        "notice": notice,
        "is_warned": name is CommandName.REJECT_SUPPLY,
        "questions": list(form),
    }
    return desk_page(request, "backoffice/act.html", context, status=200 if notice is None else 409)


def _looking(request: PageRequest) -> Looking:
    person_of(request)
    return Looking(viewer=viewer_of(request), now=business_now(), language=request.language)


def _asked(form: SwitchesForm) -> SwitchesAsked:
    given_ = form.cleaned_data
    due, after, pending = given_.get("due"), given_.get("after"), given_.get("which") != OVER
    is_next = after is not None and (due is not None or not pending)
    return SwitchesAsked(pending=pending, due_at=due if is_next else None, after=after if is_next else None)


def _next(found: SwitchesPage, chosen: Mapping[str, str]) -> str:
    if not found.more:
        return ""
    last = found.rows[-1]
    due = {"due": last.due_at.isoformat()} if last.due_at is not None else {}
    return "?" + urlencode({**chosen, **due, "after": last.id})
