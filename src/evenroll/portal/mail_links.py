"""What the links of mails open: pages with one button that do nothing until it is pressed, for programs look too."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from evenroll.accounts import wired
from evenroll.enrollment.case import Case
from evenroll.enrollment.notices import MessageChannel
from evenroll.enrollment.roles import Role
from evenroll.pages.web_one_click import one_click
from evenroll.pages.web_request import PageRequest
from evenroll.portal.not_me import is_stopped, stopped
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from evenroll.records import channels, queries
from evenroll.records.mail_links import MailLink, whose_link
from evenroll.records.organizations import open_organization, organization_names


@one_click
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: PageRequest, *, number: str, secret: str) -> HttpResponse:
    """No more e-mail for the customer of this case. A mail program sends the form by itself (RFC 8058)."""
    case = _case(MailLink.STOP, number, secret)
    with open_organization(case.organization):
        if request.method == "POST":
            by = f"link/{case.number}"
            channels.choose(case, channel=MessageChannel.EMAIL, refused=True, by=by, at=wired.business_now())
        is_refused = channels.is_refused(case, channel=MessageChannel.EMAIL)
    names = organization_names()
    shown = {"case": number, "organization": names.get(case.organization, ""), "is_done": is_refused}
    return render(request, "portal/mail_stop.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: PageRequest, *, number: str, secret: str) -> HttpResponse:
    """Whose account it is did not apply: the case goes on no more without the enrollment desk."""
    case = _case(MailLink.NOT_ME, number, secret)
    if request.method == "POST":
        done = stopped(wired.installation(), case, now=wired.business_now())
        if not done:
            return render(request, "portal/mail_not_me.html", {"case": number, "is_late": True}, status=409)
        return HttpResponseRedirect(reverse("mail-not-me", args=(number, secret)))
    return render(request, "portal/mail_not_me.html", {"case": number, "is_done": is_stopped(case)})


def _case(kind: MailLink, number: str, secret: str) -> Case:
    """The case of a link. Raises Http404 for one that was not made here, and for a case that is gone."""
    case = CaseNumber(number)
    found = whose_link(kind, case=case, secret=secret, organizations=wired.installation().organizations)
    if found is None:
        raise Http404
    try:
        return queries.case(queries.Viewer(organization=OrganizationKey(found), role=Role.SYSTEM), number=case)
    except queries.NotForViewer:
        raise Http404 from None
