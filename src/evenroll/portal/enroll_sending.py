"""Sending an application from the page "check your answers": once, as it was checked, with the same findings as all."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest

from evenroll.accounts import wired
from evenroll.enrollment.decided import Refusal
from evenroll.enrollment.papers import documents_of
from evenroll.intake.drafted import NotReadable, SentAlong, send_drafted
from evenroll.pages.texts import Parameter, render
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_said import said
from evenroll.portal.case_acting import STEPS_BEHIND
from evenroll.portal.enroll_drafts import keep_sent
from evenroll.portal.enroll_questions import Standing
from evenroll.records.draft_papers import draft_papers, forget_draft_papers
from evenroll.records.tokens import TokenKind, normalized
from evenroll.worker.mailing import run_and_tell


def send(request: PageRequest, standing: Standing) -> str | None:
    """Make the case of an application; None when it stands, else what hinders it, said."""
    if request.POST.get("version", "") != str(standing.draft.version):
        return said(request, "enroll.changed_elsewhere")
    cells = {**standing.cells, "language": request.language.value}
    name = f"web-{standing.draft.number}"
    try:
        papers = tuple(each.paper for each in draft_papers(standing.draft))
        cells["documents"] = ";".join(sorted(each.value for each in documents_of([paper.kind for paper in papers])))
        signed_in = standing.signed_in if standing.is_proved_by_sign_in else None
        along = SentAlong(papers=papers, signed_in=signed_in)
        taken = send_drafted(cells, name=name, now=wired.business_now(), today=standing.today, along=along)
    except NotReadable:
        return said(request, "enroll.not_readable")
    if taken.refusal is not None:
        return _refused(request, taken.refusal)
    keep_sent(standing.draft, case=taken.number, on=standing.today)
    forget_draft_papers(standing.draft)
    if settings.EVENROLL_WEB.is_demo:
        # An installation has its workers for that: there the page comes as fast whoever it is.
        run_and_tell(wired.installation(), now=wired.business_now(), limit=STEPS_BEHIND)
    return None


def account_tried(_request: HttpRequest, standing: Standing) -> str:
    """Whose account is tried by sending; "" where no number is given."""
    return normalized(TokenKind.ACCOUNT_NUMBER, standing.cells.get("account_number", ""))


def _refused(request: PageRequest, refusal: Refusal) -> str:
    parameters: Mapping[str, Parameter] = dict(refusal.parameters)
    return render(refusal.code, language=request.language, parameters=parameters)
