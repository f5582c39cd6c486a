"""The registry of supply for its operator: who serves which usage point, and all that was ever so at one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from evenroll.accounts.wired import business_now
from evenroll.backoffice.registry_shown import point_table, points_table, shown_point
from evenroll.backoffice.shown_parts import Looking
from evenroll.backoffice.theirs import theirs
from evenroll.backoffice.ways import desk_page
from evenroll.enrollment.roles import OrganizationKind
from evenroll.pages.web_request import PageRequest, person_of, viewer_of
from evenroll.quantities.identifiers import OrganizationKey, PodId
from evenroll.records.organizations import open_organization, organization_keys, organization_names
from evenroll.records.registry_looked import PointsAsked, PointsPage, points

BY_DEFAULT: Final = "-"
_ANY: Final = ("", "desk.any")
_FILTERS: Final = frozenset({"pod", "postal_code", "utility", "supplier", "after"})
_CODE: Final = {"autocomplete": "off", "spellcheck": "false"}


class PointsForm(forms.Form):
    """Which usage points are looked at; what is no answer counts as none."""

    pod = forms.CharField(
        label="registry.point", required=False, max_length=40, strip=True, widget=forms.TextInput(attrs=_CODE)
    )
    postal_code = forms.CharField(
        label="registry.postal_code",
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={**_CODE, "inputmode": "numeric"}),
    )
    after = forms.CharField(required=False, max_length=40)

    def __init__(self, given: Mapping[str, str], *, names: Mapping[OrganizationKey, str]) -> None:
        super().__init__(given, auto_id="filter-%s")
        self.fields["utility"] = _one_of("registry.territory", _named(OrganizationKind.UTILITY, names))
        suppliers = [(BY_DEFAULT, "registry.default_service"), *_named(OrganizationKind.SUPPLIER, names)]
        self.fields["supplier"] = _one_of("registry.supplier", suppliers)


def _one_of(label: str, choices: Sequence[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[_ANY, *choices])


@require_safe
def registry(request: PageRequest) -> HttpResponse:
    """Who serves which usage point."""
    names = organization_names()
    chosen = {name: value for name, value in request.GET.items() if name in _FILTERS}
    form = PointsForm(chosen, names=names)
    form.is_valid()
    with open_organization(person_of(request).organization) as opened:
        now = business_now()
        found = points(viewer_of(request), asked=_asked(form), on=opened.calendar.business_date(now))
    looking = Looking(viewer=viewer_of(request), now=now, language=request.language)
    context = {
        "form": form,
        "table": points_table(found.rows, looking=looking, names=names),
        "next": _next(found, chosen),
        "is_first": "after" not in chosen,
    }
    return desk_page(request, "backoffice/registry.html", context)


@require_safe
@theirs
def point(request: PageRequest, pod: str) -> HttpResponse:
    """One usage point: its periods, the requests about it, and what can be told of it."""
    looking = Looking(viewer=viewer_of(request), now=business_now(), language=request.language)
    shown = shown_point(looking, pod=PodId(pod), names=organization_names())
    context = {
        "shown": shown,
        "table": point_table(shown, looking=looking),
        "done": request.GET.get("done") == "1",
        "back": reverse("desk-registry"),
    }
    return desk_page(request, "backoffice/registry_point.html", context)


def _asked(form: PointsForm) -> PointsAsked:
    given = form.cleaned_data
    supplier = given.get("supplier") or ""
    return PointsAsked(
        pod=given.get("pod") or "",
        postal_code=given.get("postal_code") or "",
        utility=given.get("utility") or "",
        supplier="" if supplier == BY_DEFAULT else supplier,
        by_default=supplier == BY_DEFAULT,
        after=given.get("after") or "",
    )


def _next(found: PointsPage, chosen: Mapping[str, str]) -> str:
    return "?" + urlencode({**chosen, "after": found.rows[-1].pod}) if found.more else ""


def _named(kind: OrganizationKind, names: Mapping[OrganizationKey, str]) -> Sequence[tuple[str, str]]:
    return [(key, names[key]) for key in organization_keys(kind=kind)]
