"""The queue as it is filtered, as a file that a spreadsheet opens; taking one is noted, and who took which is shown."""

from __future__ import annotations

import csv
from typing import Final
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from evenroll.backoffice.queue import FILTERS, QueueForm, asked_of, first_scope
from evenroll.backoffice.ways import desk_page
from evenroll.intake.result_file import safe_cell
from evenroll.pages.formats import instant
from evenroll.pages.formats import number as written
from evenroll.pages.part_words import track_words
from evenroll.pages.web_request import PageRequest, person_of, viewer_of
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Cell, Table
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.records.desk_exports import Export, exports, note_export
from evenroll.records.desk_queue import QueueRow, queue_page
from evenroll.records.organizations import open_organization

ROWS_MAX: Final = 10_000
_TAKEN: Final = {"queue": "taken.of_queue", "proof": "taken.of_proof"}
_HEADS: Final = ("desk.number", "desk.track", "desk.state", "desk.owner", "desk.since", "desk.due", "work.holder")


@require_POST
def queue_file(request: PageRequest) -> HttpResponse:
    """All rows of the filtered queue, at most ROWS_MAX, of which no cell is a formula."""
    person = person_of(request)
    form = QueueForm({"scope": first_scope(person), **request.POST.dict()})
    form.is_valid()
    with open_organization(person.organization) as opened:
        found = queue_page(viewer_of(request), asked=asked_of(form, person), rows=ROWS_MAX).rows
        chosen = (f"{name}={form.cleaned_data[name]}" for name in FILTERS if form.cleaned_data.get(name))
        note_export(person.acts, what=" ".join(["queue", *chosen]), rows=len(found))
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="queue.csv"'
    rows = csv.writer(answer)
    rows.writerow([said(request, each) for each in _HEADS])
    rows.writerows(_cells(request, each, calendar=opened.calendar) for each in found)
    return answer


@require_safe
def taken(request: PageRequest) -> HttpResponse:
    """Who took which file of rows, and when."""
    with open_organization(person_of(request).organization) as opened:
        found = exports(viewer_of(request))
    zone = ZoneInfo(opened.calendar.zone)
    heads = ("taken.at", "taken.who", "taken.what", "taken.rows")
    table = Table(
        caption=said(request, "taken.title"),
        columns=[Cell(text=said(request, each)) for each in heads],
        rows=[_taken_cells(request, each, zone=zone) for each in found],
        empty=said(request, "taken.none"),
    )
    return desk_page(request, "backoffice/taken.html", {"table": table})


def _cells(request: PageRequest, row: QueueRow, *, calendar: ServiceCalendar) -> list[str]:
    """Days are written as ISO 8601, which any spreadsheet takes for days."""
    cells = (
        row.number,
        track_words(row.track_key, language=request.language),
        said(request, row.state),
        said(request, row.owner),
        calendar.business_date(row.since).isoformat(),
        calendar.business_date(row.key.due_at).isoformat(),
        row.holder or "",
    )
    return [safe_cell(each) for each in cells]


def _taken_cells(request: PageRequest, found: Export, *, zone: ZoneInfo) -> list[Cell]:
    return [
        Cell(text=instant(found.taken_at, language=request.language, zone=zone)),
        Cell(text=said(request, "work.by", role=found.role.value, who=found.actor)),
        Cell(text=_what(request, found.what)),
        Cell(text=written(found.rows, language=request.language)),
    ]


def _what(request: PageRequest, code: str) -> str:
    """The kind of file in words; the filter stays as it was sent."""
    kind, _, rest = code.partition(" ")
    return f"{said(request, _TAKEN[kind])} {rest}".strip()
