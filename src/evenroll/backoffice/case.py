"""The page of a case: where it stands, what is to be done, findings, what was said, what happened."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from evenroll.accounts.wired import business_now
from evenroll.backoffice.case_shown import shown_case
from evenroll.backoffice.claiming import shown_claim
from evenroll.backoffice.doable import done_notice
from evenroll.backoffice.shown_parts import Looking
from evenroll.backoffice.theirs import theirs
from evenroll.backoffice.ways import desk_page
from evenroll.backoffice.who import OF_CASES, OF_PAPERS, PROVERS
from evenroll.pages.web_request import PageRequest, person_of, viewer_of
from evenroll.quantities.identifiers import parse_case_number
from evenroll.records.personal_looks import LOOKERS
from evenroll.records.streams import case_stream


@require_safe
@theirs
def case(request: PageRequest, number: str) -> HttpResponse:
    """A case of this organization."""
    looking = Looking(viewer=viewer_of(request), now=business_now(), language=request.language)
    shown = shown_case(looking, number=parse_case_number(number))
    claim = shown_claim(request, case_stream(shown.number))
    context = {
        "shown": shown,
        "claim": claim,
        "done": done_notice(request, shown.state),
        "can_look": person_of(request).role in LOOKERS,
        "is_worked_on": OF_CASES.admits(request.person),
        "journal_href": reverse("desk-journal", args=[shown.number]) if PROVERS.admits(request.person) else "",
        "papers_href": reverse("desk-papers", args=[shown.number]) if OF_PAPERS.admits(request.person) else "",
    }
    return desk_page(request, "backoffice/case.html", context)
