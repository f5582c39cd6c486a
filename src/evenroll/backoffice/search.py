"""The search: one box for whatever a caller says. It is sent and never part of an address: a name is personal."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from evenroll.backoffice.ways import desk_page
from evenroll.pages.texts import render as text
from evenroll.pages.web_request import PageRequest, viewer_of
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Cell, Table
from evenroll.records.case_search import CaseFound, find_cases

_LONG = 200


class SearchForm(forms.Form):
    """What was said."""

    said = forms.CharField(
        label="desk.search_label",
        help_text="desk.search_hint",
        max_length=_LONG,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "data-search": ""}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: PageRequest) -> HttpResponse:
    """Cases that go by what was said."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    table = None
    if form.is_bound and form.is_valid():
        table = _table(request, find_cases(viewer_of(request), said=form.cleaned_data["said"]))
    return desk_page(request, "backoffice/search.html", {"form": form, "table": table})


def _table(request: PageRequest, found: Sequence[CaseFound]) -> Table:
    heads = ("desk.number", "desk.state", "desk.program")
    return Table(
        caption=said(request, "desk.search_found"),
        columns=[Cell(text=said(request, each)) for each in heads],
        rows=[
            [
                Cell(text=each.number, href=reverse("desk-case", args=[each.number])),
                Cell(text=text(each.status, language=request.language)),
                Cell(text=each.program or "—"),
            ]
            for each in found
        ],
        empty=said(request, "desk.search_empty"),
    )
