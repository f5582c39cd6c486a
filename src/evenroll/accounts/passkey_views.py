"""Pages of passkeys: signing in by one, adding one to the own sign-in, removing one."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from evenroll.accounts import passkeys, sign_in
from evenroll.accounts.browser_kind import browser_kind
from evenroll.accounts.sign_in_told import tell_passkey_added
from evenroll.accounts.ways import next_of
from evenroll.pages.web_request import PageRequest, person_of
from evenroll.pages.web_said import said
from evenroll.pages.web_static import address_of
from evenroll.records.passkeys import remove_passkey


@require_http_methods(["GET", "HEAD", "POST"])
def use(request: PageRequest) -> HttpResponse:
    """Sign in by a passkey."""
    is_tried = request.method == "POST"
    if is_tried and passkeys.use(request, request.POST.get("answer", ""), at=timezone.now()):
        return HttpResponseRedirect(reverse(next_of(sign_in.choices(request))))
    given = {"options": passkeys.options_to_use(request), "script": address_of("passkeys.js"), "has_failed": is_tried}
    return render(request, "accounts/passkey_use.html", given)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: PageRequest) -> HttpResponse:
    """Add a passkey to the own sign-in."""
    if not sign_in.subject_of(request):
        return HttpResponseRedirect(reverse("sign-in-own"))
    is_tried = request.method == "POST"
    if is_tried and passkeys.add_passkey(request, request.POST.get("answer", ""), at=timezone.now()):
        tell_passkey_added(sign_in.told_to(request, person_of(request)), browser=browser_kind(request))
        return HttpResponseRedirect(reverse("sign-in-own"))
    options = passkeys.options_to_add(request, name=said(request, person_of(request).role))
    given = {"options": options, "script": address_of("passkeys.js"), "has_failed": is_tried}
    return render(request, "accounts/passkey_add.html", given)


@require_POST
def remove(request: PageRequest) -> HttpResponse:
    """Remove one of the own passkeys."""
    if not remove_passkey(request.POST.get("passkey", ""), subject=sign_in.subject_of(request)):
        raise Http404
    return HttpResponseRedirect(reverse("sign-in-own"))
