"""The papers of a customer's own case: which are there, sending more, and how a command says which came with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from evenroll.enrollment.case_commands import MeetCondition, SubmitForm
from evenroll.enrollment.form import Form
from evenroll.enrollment.moving_commands import ProveVehicle
from evenroll.enrollment.papers import PaperKind, ownership_of
from evenroll.enrollment.tracks import CASE_ENDS, State
from evenroll.pages.formats import day
from evenroll.pages.texts import key_of
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_said import said, said_or_own
from evenroll.pages.web_widgets import Button, Notice, SummaryList, SummaryRow, Tone
from evenroll.portal.case_offers import TAKES_PAPERS
from evenroll.portal.case_reading import OwnCase, own_case
from evenroll.portal.case_words import way
from evenroll.portal.paper_forms import FilesForm, asked_by, mark_too_large
from evenroll.records.organizations import open_organization
from evenroll.records.papers import PAPERS_MAX, PaperRow, PapersFull, keep_papers, papers_of


class SendForm(FilesForm):
    """What the paper is, and its files."""

    def __init__(self, *given: Any, kinds: Sequence[PaperKind], request: PageRequest, **named: Any) -> None:
        super().__init__(*given, **named)
        choices = [(each.value, said_or_own(key_of(each), language=request.language)) for each in kinds]
        self.fields["kind"] = forms.ChoiceField(label="papers.kind", choices=choices, widget=forms.Select())
        self.order_fields(["kind"])


@require_http_methods(["GET", "HEAD", "POST"])
def papers(request: PageRequest, number: str) -> HttpResponse:
    """The papers of a case, and sending more."""
    own = own_case(request, number)
    kinds = asked_first(own)
    form = SendForm(request.POST or None, request.FILES or None, kinds=kinds, request=request)
    if request.method == "POST" and _taken(request, own, form):
        return HttpResponseRedirect(reverse("case-papers", args=(number,)))
    return render(request, "portal/case_papers.html", _page(request, own, form))


def _taken(request: PageRequest, own: OwnCase, form: SendForm) -> bool:
    """Keep what was sent, on a case that goes on; else the form says why not."""
    if mark_too_large(request, form, field="papers") or own.case.status in CASE_ENDS or not form.is_valid():
        return False
    try:
        with open_organization(own.case.organization):
            sent = form.as_kind(PaperKind(form.cleaned_data["kind"]))
            keep_papers(own.case.number, sent, at=own.now)
    except PapersFull:
        form.add_error("papers", ValidationError("papers.full", params={"most": PAPERS_MAX}))
        return False
    request.session["papers_sent"] = own.case.number
    return True


def _page(request: PageRequest, own: OwnCase, form: SendForm) -> dict[str, object]:
    there = own_papers(own)
    following = next((each for each in TAKES_PAPERS if each in own.possible), None)
    done = request.session.pop("papers_sent", None) == own.case.number and there
    notice = Notice(title=said(request, "papers.sent"), text=said(request, "papers.sent_text"), tone=Tone.GOOD)
    go_on = way(request, own.case, following) if following is not None and there else None
    return {
        "own": own,
        "form": form,
        "there": papers_list(request, own, there) if there else None,
        "notice": notice if done else None,
        "go_on": Button(text=said(request, "papers.tell"), href=go_on.href) if go_on else None,
        "send": Button(text=said(request, "papers.send"), is_secondary=go_on is not None),
        "is_over": own.case.status in CASE_ENDS,
        "back": reverse("case", args=(own.case.number,)),
    }


def papers_list(request: PageRequest, own: OwnCase, there: Sequence[PaperRow]) -> SummaryList:
    """What is there, each with its day."""
    rows = [
        SummaryRow(
            name=said(request, each.kind),
            value=said(
                request,
                "papers.row",
                received=day(each.given_at.astimezone(own.zone).date(), language=request.language),
                media=said(request, f"papers.media_{each.media}"),
                kilobytes=max(1, each.size // 1024),
            ),
        )
        for each in there
    ]
    return SummaryList(rows=rows)


def own_papers(own: OwnCase) -> Sequence[PaperRow]:
    """The papers of a case that was found to be the customer's own."""
    with open_organization(own.case.organization):
        return papers_of(own.case.number)


def asked_first(own: OwnCase) -> Sequence[PaperKind]:
    """Every kind of paper, those in front that somebody asks for."""
    asked = asked_by(own.program) if own.program is not None else frozenset[PaperKind]()
    disputed = own.case.status is State.VEHICLE_DISPUTED or any(each.disputed for each in own.case.vehicles)
    return sorted(PaperKind, key=lambda kind: not (kind in asked or (disputed and ownership_of(kind) is not None)))


def with_papers(command: object, there: Sequence[PaperRow]) -> object:
    """The command with the papers that are handed in with it."""
    digests = frozenset(each.digest for each in there)
    match command:
        case SubmitForm() | MeetCondition():
            return replace(command, form=_with(command.form, digests))
        case ProveVehicle():
            return replace(command, papers=frozenset(each.digest for each in there if ownership_of(each.kind)))
        case _:
            return command


def _with(form: Form, digests: frozenset[str]) -> Form:
    return replace(form, papers=form.papers | digests)
