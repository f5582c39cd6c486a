"""The report of the organization: its parts as drawings and tables, and as files for spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from evenroll.accounts.wired import business_now
from evenroll.backoffice import reports_cases, reports_days
from evenroll.backoffice.reports_form import ReportForm, chosen_from, query_of
from evenroll.backoffice.reports_parts import Part, PartMaker, Told, table_of
from evenroll.backoffice.theirs import theirs
from evenroll.backoffice.ways import desk_page
from evenroll.intake.result_file import safe_cell
from evenroll.pages.formats import instant, number
from evenroll.pages.web_request import PageRequest, viewer_of
from evenroll.pages.web_said import said
from evenroll.records.organizations import open_organization, organization_names
from evenroll.records.report_backlog import backlog
from evenroll.records.report_figures import report
from evenroll.records.report_taking import Standing

PARTS: Final[Mapping[str, PartMaker]] = {
    "drafts": reports_cases.drafts,
    "stages": reports_cases.stages,
    "times": reports_cases.times,
    "reasons": reports_cases.reasons,
    "channels": reports_cases.channels,
    "languages": reports_cases.languages,
    "backlog": reports_days.backlog,
    "uptake": reports_days.uptake,
}


@require_safe
@theirs
def reports(request: PageRequest) -> HttpResponse:
    """Every part of the report, of what was chosen."""
    told = _told(request)
    context = {
        "title": said(request, "funnel.title", organization=organization_names()[viewer_of(request).organization]),
        "standing": _standing(request, told.report.standing),
        "form": ReportForm(told.chosen, months=told.report.months, reader=request.language),
        "query": urlencode(query_of(told.chosen)),
        "parts": [_shown(told, make(told)) for make in PARTS.values()],
    }
    return desk_page(request, "backoffice/reports.html", context)


@require_safe
@theirs
def figures(request: PageRequest) -> HttpResponse:
    """One part of the report, or all, in a file of which no cell is a formula."""
    key = request.GET.get("part", "")
    if key and key not in PARTS:
        raise Http404
    told = _told(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="report{"-" if key else ""}{key}.csv"'
    rows = csv.writer(response)
    for part in [make(told) for name, make in PARTS.items() if key in {"", name}]:
        rows.writerow([safe_cell(each) for each in (part.title, *part.heads)])
        rows.writerows(
            [safe_cell(each) for each in (part.title, *(cell.as_filed for cell in row))] for row in part.rows
        )
    return response


def _told(request: PageRequest) -> Told:
    viewer, chosen = viewer_of(request), chosen_from(request.GET)
    with open_organization(viewer.organization):
        return Told(
            report=report(viewer, chosen=chosen),
            backlog=backlog(viewer, now=business_now()),
            chosen=chosen,
            language=request.language,
        )


def _shown(told: Told, part: Part) -> dict[str, object]:
    """A part as the page has it."""
    query = urlencode({"part": part.key, **query_of(told.chosen)})
    return {
        "part": part,
        "figure": SafeString(part.figure),
        "table": table_of(part, empty=told.say("desk.report_empty")),
        "csv": f"{reverse('desk-figures')}?{query}",
    }


def _standing(request: PageRequest, standing: Standing) -> str:
    """Up to when the figures are, and what is not in them yet."""
    if standing.upto_at is None:
        return said(request, "reports.none_yet")
    with open_organization(viewer_of(request).organization) as opened:
        zone = ZoneInfo(opened.calendar.zone)
    upto = instant(standing.upto_at, language=request.language, zone=zone)
    if not standing.behind:
        return said(request, "reports.upto", upto=upto)
    key = "reports.behind_more" if standing.behind >= standing.counted_max else "reports.behind"
    return said(request, key, upto=upto, entries=number(standing.behind, language=request.language))
