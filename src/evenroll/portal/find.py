"""Finding a program before any sign-in: four questions, one page each, and what each program would cost."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Button
from evenroll.portal.find_answers import QUESTIONS, Answers
from evenroll.portal.find_forms import BillingForm, ChargingForm, PlaceForm, QuestionForm, VehicleForm
from evenroll.portal.find_page import CHECK, costs_shown

_FORMS: Final[dict[str, type[QuestionForm]]] = {
    "find-program": PlaceForm,
    "find-vehicle": VehicleForm,
    "find-charging": ChargingForm,
    "find-billing": BillingForm,
}
_TITLES: Final = {
    "find-program": "find.title_place",
    "find-vehicle": "find.title_vehicle",
    "find-charging": "find.title_charging",
    "find-billing": "find.title_billing",
}
_GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@_GET_OR_POST
def place(request: PageRequest) -> HttpResponse:
    """Where: a ZIP or a utility."""
    return _question(request, "find-program")


@_GET_OR_POST
def vehicle(request: PageRequest) -> HttpResponse:
    """Which vehicle."""
    return _question(request, "find-vehicle")


@_GET_OR_POST
def charging(request: PageRequest) -> HttpResponse:
    """How far, and when it charges."""
    return _question(request, "find-charging")


@_GET_OR_POST
def billing(request: PageRequest) -> HttpResponse:
    """Who bills, and for how much."""
    return _question(request, "find-billing")


@require_safe
def costs(request: PageRequest) -> HttpResponse:
    """What each program would cost; who has not answered everything is led to the first question without an answer."""
    page = costs_shown(request)
    if isinstance(page, str):
        return redirect(page)
    return render(request, "portal/find_costs.html", {"page": page})


def _question(request: PageRequest, page: str) -> HttpResponse:
    answers = Answers.of(request)
    if QUESTIONS.index(page) > QUESTIONS.index(answers.next_page):
        return redirect(answers.next_page)
    form = _FORMS[page](_given(request, answers), answers=answers, language=request.language, initial=_told(answers))
    if request.method == "POST" and form.is_valid():
        answered = form.answered(answers)
        answered.kept_in(request)
        return redirect(answered.next_page)
    return render(request, "portal/find_question.html", _shown(request, page, form))


def _given(request: PageRequest, answers: Answers) -> Any:
    """What the form is checked by: what was sent, or what is kept where that no longer fits; None for a fresh look."""
    if request.method == "POST":
        return request.POST
    return _told(answers) if CHECK in request.GET else None


def _told(answers: Answers) -> dict[str, Any]:
    """The answers as a form shows them."""
    told = asdict(answers)
    told["monthly_kwh"] = answers.monthly_kwh or ""
    if answers.wh_per_100_miles:
        told["kwh_per_100_miles"] = answers.wh_per_100_miles // 1000
    return told


def _shown(request: PageRequest, page: str, form: QuestionForm) -> dict[str, Any]:
    place = QUESTIONS.index(page)
    return {
        "form": form,
        "title": _TITLES[page],
        "number": place + 1,
        "go_on": Button(text=said(request, "find.go_on")),
        "back": QUESTIONS[place - 1] if place else "portal-start",
    }
