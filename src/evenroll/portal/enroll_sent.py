"""After sending and before anybody is proved: what the holder of the browser, the link or the code may do.

Every page here is made of the draft alone, and every form is answered alike: what is said is kept, and a worker gives
it to the case. So nobody learns here whether an account exists, or whether the proof came about.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from evenroll.accounts import wired
from evenroll.accounts.limits import Door
from evenroll.enrollment.form import FormField
from evenroll.enrollment.papers import PaperKind
from evenroll.pages.web_request import PageRequest
from evenroll.portal.case_acting import STEPS_BEHIND
from evenroll.portal.case_papers import SendForm
from evenroll.portal.doors import even, limited
from evenroll.portal.enroll_drafts import draft_of, mark_of, today_of
from evenroll.portal.enroll_sent_shown import CorrectForm, sent_page
from evenroll.portal.paper_forms import mark_too_large
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from evenroll.records.drafts import Draft, change_draft
from evenroll.records.organizations import open_organization
from evenroll.records.papers import PAPERS_MAX, PapersFull, keep_papers
from evenroll.records.tokens import TokenKind, normalized
from evenroll.worker.mailing import run_and_tell
from evenroll.worker.words_kept import Word, WordKind, keep_word

KEY_MAX = 60
SentView = Callable[..., HttpResponse]


def with_sent(view: SentView) -> SentView:
    """For views that need a draft in hand which was sent: `view(request, draft)`; others are led to where they are."""

    @wraps(view)
    def asked(request: PageRequest, **named: Any) -> HttpResponse:
        draft = draft_of(request)
        if draft is None or not draft.drafted.case:
            return HttpResponseRedirect(reverse("enroll-start" if draft is None else "enroll-task-list"))
        return view(request, draft, **named)

    return asked


def account_said(request: HttpRequest, _draft: Draft) -> str:
    """Whose account is tried by a correction; "" where none is named."""
    return normalized(TokenKind.ACCOUNT_NUMBER, request.POST.get("account_number", ""))


@require_safe
@with_sent
def sent(request: PageRequest, draft: Draft) -> HttpResponse:
    """That it was received, what comes next, and what can be done without a sign-in."""
    return render(request, "portal/enroll_sent.html", sent_page(request, draft))


@require_http_methods(["GET", "HEAD", "POST"])
@with_sent
@even
@limited(Door.PROOF, about=account_said)
def correct(request: PageRequest, draft: Draft) -> HttpResponse:
    """Other answers; those that were given are not shown."""
    today = today_of(_organization(draft))
    form = CorrectForm(request.POST if request.method == "POST" else None, today=today)
    if request.method == "POST" and form.is_valid():
        _say(request, draft, WordKind.CORRECT, answers=form.answers())
        return HttpResponseRedirect(reverse("enroll-sent"))
    return render(request, "portal/enroll_sent_correct.html", _form_page(request, draft) | {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@with_sent
@even
@limited(Door.UPLOAD)
def papers(request: PageRequest, draft: Draft) -> HttpResponse:
    """Papers that come later; they stand with the case, whatever becomes of it."""
    form = SendForm(request.POST or None, request.FILES or None, kinds=tuple(PaperKind), request=request)
    if request.method == "POST" and _papers_taken(request, draft, form):
        return HttpResponseRedirect(reverse("enroll-sent"))
    return render(request, "portal/enroll_sent_papers.html", _form_page(request, draft) | {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@with_sent
@even
@limited(Door.PROOF)
def withdraw(request: PageRequest, draft: Draft) -> HttpResponse:
    """Withdraw: what it means, and one button."""
    if request.method == "POST":
        _say(request, draft, WordKind.WITHDRAW)
        return HttpResponseRedirect(reverse("enroll-sent"))
    return render(request, "portal/enroll_sent_withdraw.html", _form_page(request, draft))


def _say(request: PageRequest, draft: Draft, kind: WordKind, *, answers: dict[FormField, str] | None = None) -> None:
    word = Word(
        kind=kind,
        organization=_organization(draft),
        case=CaseNumber(draft.drafted.case),
        key=request.POST.get("key", "")[:KEY_MAX] or secrets.token_urlsafe(16),
        answers=answers or {},
    )
    keep_word(word)
    _note(draft, kind)
    if settings.EVENROLL_WEB.is_demo:
        # An installation has its workers for that: there every answer comes as fast.
        run_and_tell(wired.installation(), now=wired.business_now(), limit=STEPS_BEHIND)


def _note(draft: Draft, kind: WordKind) -> None:
    said = f"{kind.value}/{today_of(_organization(draft)).isoformat()}"
    change_draft(draft.number, at=timezone.now(), change=lambda before: replace(before, said=_with(before.said, said)))


def _with(before: Sequence[str], said: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*before, said)))


def _papers_taken(request: PageRequest, draft: Draft, form: SendForm) -> bool:
    if mark_too_large(request, form, field="papers") or not form.is_valid():
        return False
    try:
        with open_organization(_organization(draft)):
            given = form.as_kind(PaperKind(form.cleaned_data["kind"]))
            keep_papers(CaseNumber(draft.drafted.case), given, at=wired.business_now())
    except PapersFull:
        form.add_error("papers", ValidationError("papers.full", params={"most": PAPERS_MAX}))
        return False
    _note(draft, WordKind.PAPERS)
    return True


def _organization(draft: Draft) -> OrganizationKey:
    return OrganizationKey(draft.drafted.cells["organization"])


def _form_page(request: PageRequest, draft: Draft) -> dict[str, object]:
    key = request.POST.get("key", "")[:KEY_MAX] or secrets.token_urlsafe(16)
    return {"mark": mark_of(draft.number), "key": key, "case": draft.drafted.case}
