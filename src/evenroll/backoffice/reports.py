"""The report of the organization: how far cases came, how long they stood, why they stopped; and its figures as CSV."""

from __future__ import annotations

import base64
import csv
from collections.abc import Sequence

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from evenroll.backoffice.theirs import theirs
from evenroll.backoffice.ways import desk_page
from evenroll.enrollment.form import Language
from evenroll.intake.result_file import safe_cell
from evenroll.pages.funnel_svg import stage_name
from evenroll.pages.report_words import reason_words, report_drawing, report_title, share_words
from evenroll.pages.table_codes import ReportWord as W
from evenroll.pages.texts import render as text
from evenroll.pages.web_request import PageRequest, viewer_of
from evenroll.pages.web_widgets import Cell, Table
from evenroll.records.funnel import Funnel, funnel


@require_safe
@theirs
def reports(request: PageRequest) -> HttpResponse:
    """The report as a drawing and as tables."""
    found, language = funnel(viewer_of(request)), request.language
    drawn = base64.b64encode(report_drawing(found, language=language).encode()).decode()
    context = {
        "title": report_title(found, language=language),
        "drawing": f"data:image/svg+xml;base64,{drawn}",
        "tables": [_table(caption, rows, language=language) for caption, rows in _parts(found, language)],
    }
    return desk_page(request, "backoffice/reports.html", context)


@require_safe
@theirs
def figures(request: PageRequest) -> HttpResponse:
    """The tables of the report in one file, of which no cell is a formula."""
    found = funnel(viewer_of(request))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="report.csv"'
    rows = csv.writer(response)
    for caption, part in _parts(found, request.language):
        rows.writerows([safe_cell(each) for each in (caption, *row)] for row in part)
    return response


_Rows = Sequence[Sequence[str]]


def _parts(found: Funnel, language: Language) -> Sequence[tuple[str, _Rows]]:
    """Each table by its caption; its first row has the heads."""
    return (
        (text("funnel.stages", language=language), _stages(found, language)),
        (text(W.TIME_IN_STATE, language=language), _times(found, language)),
        (text(W.WHY, language=language), _reasons(found, language)),
    )


def _heads(*words: W, language: Language) -> Sequence[str]:
    return tuple(text(each, language=language) for each in words)


def _stages(found: Funnel, language: Language) -> _Rows:
    whole = found.stages[0].reached if found.stages else 0
    return [
        _heads(W.STAGE, W.CASES, W.OF_ALL, W.STOPPED_HERE, language=language),
        *(
            (
                stage_name(each.key, language=language),
                str(each.reached),
                share_words(each.reached, whole),
                str(each.stopped),
            )
            for each in found.stages
        ),
    ]


def _times(found: Funnel, language: Language) -> _Rows:
    return [
        _heads(W.STATE, W.TIMES_LEFT, W.MEDIAN, W.NINE_OF_TEN, W.STANDING_NOW, language=language),
        *(
            (
                text(each.state, language=language),
                str(each.times),
                f"{each.median_days:.1f}" if each.times else "",
                f"{each.ninth_days:.1f}" if each.times else "",
                str(each.now),
            )
            for each in found.times
        ),
    ]


def _reasons(found: Funnel, language: Language) -> _Rows:
    return [
        _heads(W.REASON, W.CASES, language=language),
        *((reason_words(each, language=language), str(each.cases)) for each in found.reasons),
    ]


def _table(caption: str, rows: _Rows, *, language: Language) -> Table:
    heads, *rest = rows
    return Table(
        caption=caption,
        columns=[Cell(text=each, is_number=place > 0) for place, each in enumerate(heads)],
        rows=[[Cell(text=each, is_number=place > 0) for place, each in enumerate(row)] for row in rest],
        empty=text("desk.report_empty", language=language),
    )
