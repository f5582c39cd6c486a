"""Advice before enrolling and from an own case: equipment, settings, and a calendar file of cheap hours."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evenroll.pages.calendar_file import KIND
from evenroll.pages.web_request import PageRequest
from evenroll.portal.guide_page import Guided, equipment_page, guided_case, guided_program, hours_file, settings_page


@require_safe
def equipment(request: PageRequest, program: str) -> HttpResponse:
    """What a home needs for a program."""
    return _equipment(request, guided_program(program))


@require_safe
def case_equipment(request: PageRequest, number: str) -> HttpResponse:
    """The same for the program of an own case."""
    return _equipment(request, guided_case(request, number))


@require_safe
def settings(request: PageRequest, program: str) -> HttpResponse:
    """What to set in the car or charger for a program."""
    return _settings(request, guided_program(program))


@require_safe
def case_settings(request: PageRequest, number: str) -> HttpResponse:
    """The same for the program of an own case."""
    return _settings(request, guided_case(request, number))


@require_safe
def hours(request: PageRequest, program: str) -> HttpResponse:
    """The cheap hours of a program as a calendar file."""
    return _hours(request, guided_program(program))


@require_safe
def case_hours(request: PageRequest, number: str) -> HttpResponse:
    """The same for the program of an own case; the file names neither case nor customer."""
    return _hours(request, guided_case(request, number))


def _equipment(request: PageRequest, guided: Guided) -> HttpResponse:
    return render(request, "portal/guide_equipment.html", equipment_page(guided, language=request.language))


def _settings(request: PageRequest, guided: Guided) -> HttpResponse:
    return render(request, "portal/guide_settings.html", settings_page(guided, language=request.language))


def _hours(request: PageRequest, guided: Guided) -> HttpResponse:
    answer = HttpResponse(hours_file(guided, language=request.language), content_type=KIND)
    answer["Content-Disposition"] = f'attachment; filename="{guided.program.key.lower()}.ics"'
    return answer
