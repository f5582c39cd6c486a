"""What the page of costs shows, as plain texts: for a file to keep, for a mail to oneself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from evenroll.enrollment.form import Language
from evenroll.pages.texts import render
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_widgets import Table
from evenroll.portal.find_day import DayView
from evenroll.portal.find_page import CostsPage, PartView, costs_shown
from evenroll.portal.find_program import ProgramView, WayView

_NAME: Final = "evenroll-comparison.txt"


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldSection:
    """A heading and its lines."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldCosts:
    """All that the page says, in its order and in the reader's language. Nobody's name is in it."""

    title: str
    sections: tuple[ToldSection, ...]

    @property
    def text(self) -> str:
        """As one text: paragraphs apart, headings underlined."""
        parts = [f"{self.title}\n{'=' * len(self.title)}"]
        for each in self.sections:
            heading = f"{each.heading}\n{'-' * len(each.heading)}\n" if each.heading else ""
            parts.append(heading + "\n".join(each.lines))
        return "\n\n".join(parts) + "\n"


def told_costs(request: PageRequest) -> ToldCosts | None:
    """What this browser is shown now; None where a question has no answer yet, or no longer fits the others."""
    page = costs_shown(request)
    return told_of(page, language=request.language) if isinstance(page, CostsPage) else None


def told_of(page: CostsPage, *, language: Language) -> ToldCosts:
    """The page as texts."""

    def said(key: str) -> str:
        return render(key, language=language)

    sections = (
        ToldSection(heading="", lines=(page.use,)),
        ToldSection(heading=said("find.your_answers"), lines=tuple(f"{r.name}: {r.value}" for r in page.answers.rows)),
        *(ToldSection(heading=each.title, lines=(each.text,)) for each in page.notices),
        *(section for part in page.parts for section in _of_part(part)),
        *([_of_day(page.day, said=said)] if page.day else []),
        *(_of_program(each) for each in page.others),
        ToldSection(
            heading=said("find.hidden"),
            lines=tuple(line for each in page.hidden for line in (each.why, *(f"- {one}" for one in each.programs))),
        ),
        ToldSection(heading=said("find.assumed"), lines=tuple(f"- {each}" for each in page.assumed)),
    )
    return ToldCosts(title=page.title, sections=tuple(each for each in sections if each.lines))


@require_safe
def saved(request: PageRequest) -> HttpResponse:
    """The same as a file to keep; who has not answered everything is led to what is left."""
    told = told_costs(request)
    if told is None:
        return redirect("find-costs")
    answer = HttpResponse(told.text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{_NAME}"'
    return answer


def _of_part(part: PartView) -> Iterator[ToldSection]:
    best = (part.best.text,) if part.best else ()
    yield ToldSection(heading=part.heading, lines=(part.share, *best))
    yield from (_of_program(each) for each in part.programs)


def _of_program(each: ProgramView) -> ToldSection:
    figures = tuple(_of_way(way) for way in each.ways) or (each.no_figures,)
    terms = (f"{group.heading}: {' '.join(group.sentences)}" for group in each.terms)
    lines = (f"{each.owner}, {each.kind}", each.summary, *figures, *(f"- {one}" for one in each.rewards), *terms)
    return ToldSection(heading=each.name, lines=lines)


def _of_way(way: WayView) -> str:
    return f"- {way.name}: {', '.join(each for each in (way.range, way.likely, way.beside) if each)}"


def _of_day(day: DayView, *, said: Callable[[str], str]) -> ToldSection:
    return ToldSection(heading=said("find.day_title"), lines=(day.text, *_rows(day.table)))


def _rows(table: Table) -> Iterator[str]:
    heads = [each.text for each in table.columns]
    for row in table.rows:
        yield "- " + "; ".join(f"{head} {cell.text}" for head, cell in zip(heads, row, strict=True))
