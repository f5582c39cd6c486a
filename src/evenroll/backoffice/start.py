"""The start page of the desk: for whom one works, and what is on the desk."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evenroll.pages.web_request import PageRequest, person_of
from evenroll.records.organizations import organization_names


@require_safe
def start(request: PageRequest) -> HttpResponse:
    """For whom one works here."""
    return render(
        request, "backoffice/start.html", {"organization": organization_names()[person_of(request).organization]}
    )
