"""What was done for many records in the last day, and the way back from it where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from evenroll.backoffice.act_forms import KEY, SEEN, act_form
from evenroll.backoffice.chosen import is_for_many
from evenroll.backoffice.doable import new_key
from evenroll.backoffice.ways import desk_page
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.commands import COMMANDS
from evenroll.enrollment.roles import PERSONS, Role
from evenroll.enrollment.way_back import INVERSES, NO_WAY_BACK
from evenroll.pages.formats import instant
from evenroll.pages.web_request import PageRequest, person_of
from evenroll.pages.web_said import said
from evenroll.records.desk_batches import Batch, batch_of, batches
from evenroll.records.organizations import open_organization

_ID_MAX = 2**63 - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class WayBack:
    """How what was done for many is undone. command: None where it is not, and why then says so.

    step: what of the asking comes next; key: under which it will be given; batch: what is undone.
    """

    batch: int
    count: int
    command: CommandName | None
    command_words: str
    step: str
    key: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """One thing that was done for many, in words."""

    what: str
    when: str
    by: str
    back: WayBack


class _BatchForm(forms.Form):
    undo = forms.IntegerField(required=False, min_value=1, max_value=_ID_MAX)


@require_safe
def done_before(request: PageRequest) -> HttpResponse:
    """What this person did for many in the last day; a supervisor sees that of all colleagues."""
    person = person_of(request)
    with open_organization(person.organization) as opened:
        found = batches(person.acts)
    zone = ZoneInfo(opened.calendar.zone)
    lines = [
        _Line(
            what=said(request, each.command),
            when=instant(each.given_at, language=request.language, zone=zone),
            by=said(request, "work.by", role=each.role.value, who=each.actor),
            back=way_back(request, each),
        )
        for each in found
    ]
    return desk_page(request, "backoffice/done_before.html", {"lines": lines})


def batch_to_undo(request: PageRequest) -> Batch | None:
    """What a form wants to have undone; None where it says nothing of that, or this person may not."""
    form = _BatchForm(request.POST)
    number = form.cleaned_data["undo"] if form.is_valid() else None
    return None if number is None else batch_of(person_of(request).acts, number=number)


def way_back(request: PageRequest, batch: Batch) -> WayBack:
    """How this person undoes what was done together, or why not."""
    inverse = INVERSES.get(batch.command)
    why = _why_not(request, batch, inverse)
    return WayBack(
        batch=batch.id,
        count=len(batch.records),
        command=None if why else inverse,
        command_words="" if inverse is None else said(request, inverse),
        step="ask" if inverse is not None and _asks(inverse) else "try",
        key=new_key(),
        why=why,
    )


def _why_not(request: PageRequest, batch: Batch, inverse: CommandName | None) -> str:
    if inverse is None:
        return said(request, NO_WAY_BACK[batch.command])
    if not batch.records:
        return said(request, "work.undo_nothing")
    if not is_for_many(inverse, role=person_of(request).role):
        roles = ", ".join(said(request, each) for each in _givers(inverse))
        return said(request, "work.undo_by", what=said(request, inverse), roles=roles)
    return ""


def _givers(name: CommandName) -> Sequence[Role]:
    return sorted((COMMANDS[name].roles & PERSONS) - {Role.CUSTOMER})


def _asks(name: CommandName) -> bool:
    """Whether a command cannot be given without an answer."""
    return any(field.required for each, field in act_form(name).base_fields.items() if each not in (KEY, SEEN))
