"""The customer's place in the drawing of the whole process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from evenroll.enrollment.tracks import State
from evenroll.enrollment.use_case import SourceUseCase, current_rows
from evenroll.pages.process import process
from evenroll.pages.process_inline import process_inline
from evenroll.pages.process_standing import standing
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_said import said
from evenroll.portal.case_course import path_of
from evenroll.portal.case_reading import OwnCase
from evenroll.programs.program import Track
from evenroll.records.entries import Entry


def place_page(request: PageRequest, own: OwnCase, entries: Sequence[Entry]) -> dict[str, Any]:
    """What the template of the place shows: the drawing, and the steps at which the case stands in words."""
    case = own.case
    stands_at = standing(case.number, tracks=case.tracks.values(), course=_course(entries))
    use_case = SourceUseCase(own.program.use_case.value) if own.program is not None else None
    drawn = process(path_of(request), use_case=use_case, standing=stands_at)
    rows = current_rows(case.tracks.values())
    steps = [said(request, f"row_title.{each.value}") for each in rows if each.value != "action"]
    return {
        "number": case.number,
        "back": reverse("case", args=(case.number,)),
        "steps": ", ".join(steps) or said(request, case.status),
        # The drawing escapes every text that it writes.
        "drawing": SafeString(process_inline(drawn, language=request.language)),
    }


def _course(entries: Sequence[Entry]) -> tuple[State, ...]:
    """The states that the case itself went through."""
    moves = (move for each in entries for move in json.loads(each.data).get("moves") or ())
    return tuple(State(move["to"]) for move in moves if move["track"] == Track.CASE.value)
