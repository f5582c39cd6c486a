"""Pages of an organization's own sign-in: going there, and coming back."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from evenroll.accounts import sign_in, wired
from evenroll.accounts.own_sign_in import NotSignedIn, come_back, go_there
from evenroll.accounts.ways import next_of
from evenroll.pages.web_request import PageRequest
from evenroll.partners.openid_sign_in import Provider, ProviderAway, TokenRefused


@require_safe
def go(request: PageRequest, provider: str) -> HttpResponse:
    """Go to the organization's own sign-in."""
    found = _provider(provider)
    try:
        return HttpResponseRedirect(go_there(request, found, at=timezone.now()))
    except ProviderAway:
        return render(request, "accounts/own_sign_in_failed.html", {"is_away": True, "name": found.name}, status=503)


@require_safe
def back(request: PageRequest, provider: str) -> HttpResponse:
    """Come back from there."""
    found, said, is_away = _provider(provider), request.GET, False
    try:
        come_back(request, found, state=said.get("state", ""), code=said.get("code", ""), at=timezone.now())
        return HttpResponseRedirect(reverse(next_of(sign_in.choices(request))))
    except (NotSignedIn, TokenRefused):
        pass
    except ProviderAway:
        is_away = True
    given = {"is_away": is_away, "name": found.name}
    return render(request, "accounts/own_sign_in_failed.html", given, status=503 if is_away else 403)


def _provider(key: str) -> Provider:
    """Raises Http404 for one that is not set up here."""
    found = wired.providers().get(key)
    if found is None:
        raise Http404
    return found
