"""The figures of a part of the bill as a table: each way of the year with its range, today's price once."""

from __future__ import annotations

from collections.abc import Iterator

from evenroll.comparison.comparing import CompareQuestion, ProgramCosts
from evenroll.comparison.words import named
from evenroll.costs.compare import Comparison, Scenario, ScenarioCode
from evenroll.enrollment.form import Language
from evenroll.pages.formats import money
from evenroll.pages.offer_codes import OfferWord as W
from evenroll.pages.texts import render
from evenroll.pages.web_widgets import Cell, Table
from evenroll.portal.find_program import beside_today
from evenroll.programs.catalog import load_catalog
from evenroll.quantities.identifiers import RateKey

_COLUMNS = ("find.column_program", W.WAY, W.LOW, W.MID, W.HIGH, "find.column_vehicle", "find.column_beside")

_AMOUNTS = range(2, 6)


def bills_table(programs: tuple[ProgramCosts, ...], *, question: CompareQuestion, language: Language) -> Table:
    """Every way of the year in this part of the bill."""
    heads = [render(each, language=language) for each in _COLUMNS]
    return Table(
        caption=render("find.table_bills", language=language, parameters={"year": str(question.on.year)}),
        columns=[
            Cell(text=head[:1].upper() + head[1:], is_number=place in range(2, 6)) for place, head in enumerate(heads)
        ],
        rows=list(_rows(programs, question=question, language=language)),
    )


def _rows(programs: tuple[ProgramCosts, ...], *, question: CompareQuestion, language: Language) -> Iterator[list[Cell]]:
    told: set[RateKey] = set()
    for each in programs:
        if not isinstance(each.costs, Comparison):
            continue
        today = each.costs.scenarios[0]
        for scenario in each.costs.scenarios:
            is_today = scenario.code is ScenarioCode.TODAY
            if is_today and scenario.rate in told:
                continue
            told |= {scenario.rate} if is_today else set()
            name = load_catalog().rate(scenario.rate, on=question.on).name if is_today else each.program.name
            beside = "" if is_today else beside_today(scenario, today=today, language=language)
            yield _row(scenario, name=named(name, language=language), beside=beside, language=language)


def _row(scenario: Scenario, *, name: str, beside: str, language: Language) -> list[Cell]:
    cost = scenario.cost
    amounts = (cost.low, cost.mid, cost.high, scenario.pev.mid)
    return [
        Cell(text=name),
        Cell(text=render(scenario.code, language=language)),
        *(Cell(text=money(each, language=language), is_number=True) for each in amounts),
        Cell(text=beside),
    ]
