"""From the costs to the application: what was shown of the program is kept under a number, which goes along."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from evenroll.accounts import wired
from evenroll.comparison.comparing import ProgramCosts
from evenroll.pages.web_request import PageRequest
from evenroll.portal.find_asking import Asked
from evenroll.portal.find_page import CHANGED, asked_now
from evenroll.quantities.identifiers import ProgramKey
from evenroll.records.offers_shown import keep_offer
from evenroll.records.organizations import open_organization

_KEPT: Final = "offers"
_KEPT_MOST: Final = 20


@require_POST
def chosen(request: PageRequest) -> HttpResponse:
    """Keep what was shown of a program and begin with it; figures that changed since are shown before anything else."""
    asked = asked_now(request)
    if isinstance(asked, str):
        return redirect(asked)
    found = _program(asked, request.POST.get("program", ""))
    mark = asked.marks[found.program.key]
    if request.POST.get("shown", "") != mark:
        return redirect(f"{reverse('find-costs')}?{CHANGED}=1")
    offer = _offer(request, found, mark=mark)
    return redirect(f"{reverse('enroll-start')}?{urlencode({'program': found.program.key, 'offer': offer})}")


def _program(asked: Asked, key: str) -> ProgramCosts:
    for each in asked.found.shown:
        if each.program.key == key and each.program.organization in asked.here:
            return each
    raise Http404


def was_offered_here(request: HttpRequest, *, program: ProgramKey, offer: int) -> bool:
    """Whether this very browser was shown this program under that number; what others were shown is no word of its."""
    return any(name.startswith(f"{program}/") and number == offer for name, number in _kept(request).items())


def _offer(request: HttpRequest, found: ProgramCosts, *, mark: str) -> int:
    """The number under which it is kept: once for a browser, however often the button is pressed."""
    known, name = _kept(request), f"{found.program.key}/{mark}"
    if name not in known:
        with open_organization(found.program.organization):
            known[name] = keep_offer(found.program, at=wired.business_now(), costs=found.costs)
        request.session[_KEPT] = dict(list(known.items())[-_KEPT_MOST:])
    return known[name]


def _kept(request: HttpRequest) -> dict[str, int]:
    """The offers of this browser by program and mark."""
    kept: Any = request.session.get(_KEPT)
    return kept if isinstance(kept, dict) else {}
