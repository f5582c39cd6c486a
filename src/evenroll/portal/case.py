"""The pages of a customer's cases: all of them, one, and each command on its way."""

from __future__ import annotations

import re

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from evenroll.pages.web_request import PageRequest
from evenroll.portal import case_words as words
from evenroll.portal.case_acting import act_of, give_act
from evenroll.portal.case_acting_words import act_page
from evenroll.portal.case_ledger import ledger_page
from evenroll.portal.case_place import place_page
from evenroll.portal.case_reading import own_case, own_cases, own_timeline

_NUMBER = re.compile(r"[0-9A-Za-z-]{1,40}")


@require_safe
def cases(request: PageRequest) -> HttpResponse:
    """The customer's own cases, or the one that a letter names; a stranger is told how to come in."""
    if request.person is not None and _NUMBER.fullmatch(request.GET.get("case", "")):
        return redirect("case", number=request.GET["case"])
    found = own_cases(request) if request.person is not None else ()
    return render(request, "portal/cases.html", {"cases": [words.card(request, each) for each in found]})


@require_safe
def case(request: PageRequest, number: str) -> HttpResponse:
    """Where a case stands."""
    own = own_case(request, number)
    done = request.session.pop("done", None)
    return render(request, "portal/case.html", words.case_page(request, own, own_timeline(request, own), done=done))


@require_safe
def place(request: PageRequest, number: str) -> HttpResponse:
    """Where a case stands in the drawing of the whole process."""
    own = own_case(request, number)
    return render(request, "portal/case_place.html", place_page(request, own, own_timeline(request, own)))


@require_safe
def ledger(request: PageRequest, number: str) -> HttpResponse:
    """What the program brought: credits, savings, events."""
    return render(request, "portal/case_ledger.html", ledger_page(request, own_case(request, number)))


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: PageRequest, number: str, name: str) -> HttpResponse:
    """A command: its questions, then the check of what it does, then done."""
    asked = act_of(request, number, name)
    is_confirmed = asked.step == "confirm" and asked.is_to_check
    not_done = give_act(request, asked) if is_confirmed else None
    if is_confirmed and not_done is None:
        return HttpResponseRedirect(reverse("case", args=(number,)))
    status = not_done.status if not_done else 200
    return render(request, "portal/case_act.html", act_page(request, asked, not_done), status=status)
