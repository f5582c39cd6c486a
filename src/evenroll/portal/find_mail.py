"""What each program would cost, mailed to oneself."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from evenroll.pages.plain_letter import LetterSection, PlainLetter
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_said import said
from evenroll.portal.find_told import ToldCosts, told_costs
from evenroll.portal.mailed import AddressForm, mail_out, mail_room


@require_http_methods(["GET", "HEAD", "POST"])
def mail(request: PageRequest) -> HttpResponse:
    """Ask where to, and say that it is on its way; who has not answered everything is led to what is left."""
    told = told_costs(request)
    if told is None:
        return redirect("find-costs")
    form = AddressForm(request.POST if request.method == "POST" else None)
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent:
        letter = _letter(request, told)
        if letter is not None:
            mail_out(request, letter, to=form.cleaned_data["email"])
    page = {"form": form, "is_sent": is_sent, "has_mail": mail_room() is not None}
    return render(request, "portal/find_mail.html", page)


def _letter(request: PageRequest, told: ToldCosts) -> PlainLetter | None:
    room = mail_room()
    if room is None:
        return None
    return PlainLetter(
        subject=said(request, "mailed.costs_subject"),
        lead=said(request, "mailed.costs_lead"),
        link=f"{room.site}{reverse('find-program')}",
        link_text=said(request, "mailed.costs_go"),
        sections=[
            LetterSection(heading="", lines=(told.title,)),
            *(LetterSection(heading=each.heading, lines=each.lines) for each in told.sections),
        ],
        foot=(said(request, "mailed.not_you"),),
    )
