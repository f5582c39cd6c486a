"""The papers of a case on the desk: which there are, and one handed out to who says why; each look is noted."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from evenroll.backoffice.theirs import theirs
from evenroll.backoffice.ways import desk_page
from evenroll.enrollment.papers import LookReason
from evenroll.pages.formats import day
from evenroll.pages.texts import key_of
from evenroll.pages.web_request import PageRequest, person_of, viewer_of
from evenroll.pages.web_said import said
from evenroll.quantities.identifiers import CaseNumber, parse_case_number
from evenroll.records import queries
from evenroll.records.looks import looks_at, note_look
from evenroll.records.organizations import open_organization
from evenroll.records.papers import PaperContent, PaperRow, papers_of, read_paper

_TYPES: Final = {"pdf": ("application/pdf", "pdf"), "jpeg": ("image/jpeg", "jpg")}
_FEW: Final = 6
"""As many papers stand one beneath the other; more in a list that opens."""
_ALONE: Final = "sandbox; default-src 'none'"


class LookForm(forms.Form):
    """Which paper, and why it is looked at."""

    def __init__(self, *given: Any, papers: list[tuple[str, str]]) -> None:
        super().__init__(*given)
        one = papers[0][0] if len(papers) == 1 else None
        is_few = len(papers) <= _FEW
        self.fields["paper"] = forms.ChoiceField(
            label="papers.which",
            choices=papers if is_few else [("", "desk.choose"), *papers],
            widget=forms.RadioSelect if is_few else forms.Select,
            initial=one,
        )
        self.fields["reason"] = forms.ChoiceField(
            label="papers.why",
            help_text="papers.why_hint",
            choices=[(each.value, key_of(each)) for each in LookReason],
            widget=forms.RadioSelect,
        )


@require_http_methods(["GET", "HEAD", "POST"])
@theirs
def papers(request: PageRequest, number: str) -> HttpResponse:
    """The papers of a case of this organization; one of them, where it was said why."""
    parsed = parse_case_number(number)
    with open_organization(person_of(request).organization):
        queries.case(viewer_of(request), number=parsed)
        there, looks = papers_of(parsed), looks_at(parsed)
    choices = [(str(each.id), _named(request, each)) for each in there]
    form = LookForm(request.POST if request.method == "POST" else None, papers=choices)
    if request.method == "POST" and form.is_valid():
        paper, reason = int(form.cleaned_data["paper"]), LookReason(form.cleaned_data["reason"])
        return _handed_out(_looked_at(request, parsed, paper, reason))
    told = [(each, said(request, each.reason), said(request, each.role)) for each in looks]
    return desk_page(
        request, "backoffice/papers.html", {"number": parsed, "there": choices, "form": form, "looks": told}
    )


def _looked_at(request: PageRequest, number: CaseNumber, paper: int, reason: LookReason) -> PaperContent:
    """What a paper shows; the look is noted in the same transaction. Raises Http404."""
    person = person_of(request)
    with open_organization(person.organization):
        note_look(number, what=f"paper/{paper}", reason=reason, by=person.acts, at=timezone.now())
        found = read_paper(number, paper)
        if found is None:
            raise Http404
        return found


def _handed_out(found: PaperContent) -> HttpResponse:
    """The file itself: kept by the browser, never shown as a page of this site, under a name of ours."""
    media, ending = _TYPES[found.paper.media]
    answer = HttpResponse(found.content, content_type=media)
    answer["Content-Disposition"] = f'attachment; filename="{found.paper.kind.value}-{found.paper.id}.{ending}"'
    answer["Content-Security-Policy"] = _ALONE
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _named(request: PageRequest, each: PaperRow) -> str:
    return said(
        request,
        "papers.named",
        paper=said(request, each.kind),
        received=day(each.given_at.date(), language=request.language),
        media=said(request, f"papers.media_{each.media}"),
    )
