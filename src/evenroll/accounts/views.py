"""Pages of signing in and out; in a demo, of being somebody."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from evenroll.accounts.demo_people import demo_groups, demo_person
from evenroll.accounts.sign_in import sign_in, sign_out
from evenroll.enrollment.roles import Role
from evenroll.pages.web_request import PageRequest


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: PageRequest) -> HttpResponse:
    """Be somebody: everybody of the demo, each a button."""
    if request.method != "POST":
        return render(request, "accounts/people.html", {"groups": demo_groups()})
    person = demo_person(request.POST.get("person", ""))
    if person is None:
        raise Http404
    sign_in(request, person)
    return HttpResponseRedirect(reverse("portal-start" if person.role is Role.CUSTOMER else "desk-start"))


@require_POST
def leave(request: PageRequest) -> HttpResponse:
    """Sign out."""
    sign_out(request)
    return HttpResponseRedirect(reverse("portal-start"))
