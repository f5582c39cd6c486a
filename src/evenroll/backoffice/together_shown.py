"""The rows of an asking for many as its page shows them: which they are, and what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evenroll.backoffice.chosen import Chosen
from evenroll.backoffice.desk_words import address_of_record
from evenroll.backoffice.together_rows import RowResult, RowTold
from evenroll.pages.texts import render
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Cell, SummaryRow, Table, Tag, Tone

_TONES = {
    RowResult.DONE: Tone.GOOD,
    RowResult.POSSIBLE: Tone.GOOD,
    RowResult.NOT_YET: Tone.WAITING,
    RowResult.AWAY: Tone.WAITING,
    RowResult.MOVED: Tone.WAITING,
    RowResult.OTHER: Tone.PLAIN,
    RowResult.REFUSED: Tone.TROUBLE,
    RowResult.FAILED: Tone.TROUBLE,
}

_WORDS = {
    RowResult.DONE: "work_row.done",
    RowResult.POSSIBLE: "work_row.possible",
    RowResult.NOT_YET: "work_row.not_yet",
    RowResult.AWAY: "work_row.away",
    RowResult.MOVED: "work_row.moved",
    RowResult.OTHER: "work_row.other",
    RowResult.REFUSED: "work_row.refused",
    RowResult.FAILED: "work_row.failed",
}
_WHY = {
    RowResult.NOT_YET: "work_why.not_yet",
    RowResult.AWAY: "work_why.away",
    RowResult.MOVED: "work_why.moved",
    RowResult.OTHER: "work_why.other",
    RowResult.FAILED: "work_why.failed",
}


def rows_list(rows: Sequence[Chosen]) -> list[SummaryRow]:
    """The numbers of the records, each with its page."""
    return [
        SummaryRow(name=each.record.key, value="", href=address_of_record(each.record.kind, each.record.key))
        for each in rows
    ]


def results_table(request: PageRequest, results: Sequence[RowTold]) -> Table:
    """What became of each row, what did not go well first."""
    order = {each: at for at, each in enumerate(reversed(RowResult))}
    return Table(
        caption=said(request, "work.results"),
        columns=[Cell(text=said(request, each)) for each in ("desk.number", "work.result", "work.why")],
        rows=[_cells(request, each) for each in sorted(results, key=lambda each: order[each.result])],
    )


def _cells(request: PageRequest, told: RowTold) -> list[Cell]:
    record = told.chosen.record
    return [
        Cell(text=record.key, href=address_of_record(record.kind, record.key)),
        Cell(text="", tag=Tag(text=said(request, _WORDS[told.result]), tone=_TONES[told.result])),
        Cell(text=_why(request, told)),
    ]


def _why(request: PageRequest, told: RowTold) -> str:
    if told.refusal is not None and told.result is RowResult.REFUSED:
        return render(told.refusal.code, language=request.language, parameters=dict(told.refusal.parameters))
    return said(request, _WHY[told.result]) if told.result in _WHY else ""


def counted(request: PageRequest, results: Sequence[RowTold]) -> str:
    """How many there are of each result."""
    found = Counter(each.result for each in results)
    parts = (f"{said(request, _WORDS[each])}: {found[each]}" for each in RowResult if found[each])
    return " · ".join(parts)
