"""The parts of a report: of each its heading, its table whose numbers lead to their rows, and its drawing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from evenroll.backoffice.reports_form import query_of
from evenroll.enrollment.form import Language
from evenroll.pages.formats import number
from evenroll.pages.texts import Parameter, render
from evenroll.pages.web_widgets import Cell, Table
from evenroll.records.report_backlog import Backlog, Due
from evenroll.records.report_figures import Chosen, Report


class Of(StrEnum):
    """What a number counts, as addresses name it."""

    REACHED = "reached"
    STOPPED = "stopped"
    NOW = "now"
    LEFT = "left"
    RULE = "rule"
    END = "end"
    PROGRAM = "program"
    DUE = "due"


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A report and to whom it is told."""

    report: Report
    backlog: Backlog
    chosen: Chosen
    language: Language

    def say(self, key: str, /, **parameters: Parameter) -> str:
        """A text of the catalog for the reader."""
        return render(key, language=self.language, parameters=parameters)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """One cell. raw: as a file has it, where that is not the text."""

    text: str
    raw: str = ""
    href: str = ""

    @property
    def as_filed(self) -> str:
        """What stands in a file."""
        return self.raw or self.text


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part of a report. key: in addresses; figure: an SVG, "" where nothing was counted; heads: of the columns."""

    key: str
    title: str
    note: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Shown]]
    figure: str = ""


DUE_WORDS: Final[Mapping[Due, str]] = {
    Due.LONG_OVER: "reports.due_long_over",
    Due.OVER: "reports.due_over",
    Due.TODAY: "reports.due_today",
    Due.WEEK: "reports.due_week",
    Due.LATER: "reports.due_later",
}
"""The text of each stretch of due dates."""

PartMaker = Callable[[Told], Part]


def counted(told: Told, count: int, *, of: Of, code: str, least: int = 0, chosen: Chosen | None = None) -> Shown:
    """A number that leads to its rows. Everybody who reads a report may open its cases, so that none is kept back."""
    asked = {"of": of.value, "code": code, **({"least": str(least)} if least else {})}
    query = urlencode({**asked, **query_of(told.chosen if chosen is None else chosen)})
    href = f"{reverse('desk-report-rows')}?{query}" if count else ""
    return Shown(text=number(count, language=told.language), raw=str(count), href=href)


def days_words(days: float) -> str:
    """Days as they are kept: to a tenth, from ten on whole."""
    return f"{days:.1f}" if days < 10 else f"{days:.0f}"


def table_of(part: Part, *, empty: str) -> Table:
    """The table of a part; all columns but the first are numbers."""
    return Table(
        caption=part.title,
        is_caption_hidden=True,
        columns=[Cell(text=each, is_number=place > 0) for place, each in enumerate(part.heads)],
        rows=[
            [Cell(text=each.text, href=each.href, is_number=place > 0) for place, each in enumerate(row)]
            for row in part.rows
        ],
        empty=empty,
    )
