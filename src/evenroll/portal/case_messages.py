"""What the customer was told of a case, and whether by e-mail: the page of its messages."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from evenroll.accounts import wired
from evenroll.enrollment.notices import MessageChannel
from evenroll.pages.told_notices import Reader, told_notices
from evenroll.pages.web_request import PageRequest, person_of
from evenroll.portal.case_reading import OwnCase, own_case, own_timeline
from evenroll.records import channels, notice_queue
from evenroll.records.organizations import open_organization


@require_http_methods(["GET", "HEAD", "POST"])
def messages(request: PageRequest, number: str) -> HttpResponse:
    """Every notice with what became of it; the customer refuses e-mail here, or wants it again."""
    own = own_case(request, number)
    if request.method == "POST":
        _choose(request, own)
        return HttpResponseRedirect(reverse("case-messages", args=(number,)))
    return render(request, "portal/case_messages.html", _page(request, own))


def _choose(request: PageRequest, own: OwnCase) -> None:
    person = person_of(request)
    with open_organization(person.organization):
        channels.choose(
            own.case,
            channel=MessageChannel.EMAIL,
            refused=request.POST.get("email") == "refuse",
            by=person.acts.key,
            at=wired.business_now(),
        )


def _page(request: PageRequest, own: OwnCase) -> dict[str, object]:
    entries = own_timeline(request, own)
    with open_organization(person_of(request).organization):
        listed = notice_queue.notices_of(own.case.number)
        is_refused = channels.is_refused(own.case, channel=MessageChannel.EMAIL)
    reader = Reader(language=request.language, customer=request.language, zone=own.zone)
    return {
        "number": own.case.number,
        "told": told_notices(listed, entries, reader=reader),
        "is_refused": is_refused,
    }
