"""The start page of the portal: what this is, and the ways to go on that are open here."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Card, Cards

FIND_PAGE = "find-program"
ENROLL_PAGE = "enroll-start"
CASE_PAGE = "find-case"
_WAYS = (
    (FIND_PAGE, "web.start_find", "web.start_find_text"),
    (ENROLL_PAGE, "web.start_enroll", "web.start_enroll_text"),
    (CASE_PAGE, "web.start_case", "web.start_case_text"),
    ("demo-people", "web.be_somebody", "web.people_text"),
)


@require_safe
def start(request: PageRequest) -> HttpResponse:
    """What is this, and where to begin."""
    return render(request, "portal/start.html", {"cards": Cards(cards=tuple(_cards(request)))})


def _cards(request: PageRequest) -> Iterator[Card]:
    """A card for each way whose page this installation has."""
    for name, title, text in _WAYS:
        try:
            href = reverse(name)
        except NoReverseMatch:
            continue
        yield Card(title=said(request, title), text=said(request, text), href=href)
