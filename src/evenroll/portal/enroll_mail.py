"""The link of an application, mailed to an address of the customer's own."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from evenroll.pages.plain_letter import LetterSection, PlainLetter
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_said import said
from evenroll.portal.enroll_choice import in_words
from evenroll.portal.enroll_drafts import mark_of, with_standing
from evenroll.portal.enroll_questions import Standing
from evenroll.portal.mailed import AddressForm, mail_out, mail_room
from evenroll.records.drafts import code_of, link_of


@require_http_methods(["GET", "HEAD", "POST"])
@with_standing
def mail_link(request: PageRequest, standing: Standing) -> HttpResponse:
    """Ask where to, and say that it is on its way."""
    usual = {"email": standing.cells.get("email", "")}
    form = AddressForm(request.POST if request.method == "POST" else None, initial=usual)
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent:
        letter = _letter(request, standing)
        if letter is not None:
            mail_out(request, letter, to=form.cleaned_data["email"])
    page = {
        "form": form,
        "is_sent": is_sent,
        "has_mail": mail_room() is not None,
        "mark": mark_of(standing.draft.number),
    }
    return render(request, "portal/enroll_mail.html", page)


def _letter(request: PageRequest, standing: Standing) -> PlainLetter | None:
    """What brings the customer back: link, code and until when; of the answers nothing."""
    room, number = mail_room(), standing.draft.number
    if room is None:
        return None
    program = in_words(standing.program.name, request.language)
    return PlainLetter(
        subject=said(request, "mailed.link_subject"),
        lead=said(request, "mailed.link_lead", program=program, until_on=standing.draft.expires_at.date()),
        link=f"{room.site}{reverse('enroll-link', args=[link_of(number)])}",
        link_text=said(request, "mailed.link_go"),
        sections=(LetterSection(heading=said(request, "enroll.by_code"), lines=(code_of(number),)),),
        foot=(said(request, "enroll.secret_text"), said(request, "mailed.not_you")),
    )
