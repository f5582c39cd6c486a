"""Which way of which program most likely costs least, said before all others: on a phone the rest is long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evenroll.comparison.comparing import ProgramCosts
from evenroll.comparison.words import named
from evenroll.costs.compare import Comparison, ScenarioCode
from evenroll.enrollment.form import Language
from evenroll.pages.formats import whole_dollars
from evenroll.pages.texts import render


@dataclass(frozen=True, kw_only=True, slots=True)
class BestView:
    """The lowest of one part of the bill. key: of its program, "" where nothing is lower than today."""

    key: str
    text: str


def best_of(programs: Sequence[ProgramCosts], *, language: Language) -> BestView | None:
    """By the most likely cost of a year, low and high aside; None where no program of the part has figures."""
    ways = [
        (way.cost.mid, each.costs.scenarios[0].cost.mid, place, each, way)
        for place, each in enumerate(programs)
        if isinstance(each.costs, Comparison)
        for way in each.costs.scenarios
        if way.code is not ScenarioCode.TODAY
    ]
    if not ways:
        return None
    lowest, today, _place, program, way = min(ways, key=lambda each: each[:3])
    if lowest >= today:
        return BestView(key="", text=render("find.best_none", language=language))
    given = {
        "program": named(program.program.name, language=language),
        "mid": whole_dollars(lowest),
        "less": whole_dollars(today - lowest),
        "way": render(way.code, language=language),
    }
    return BestView(key=program.program.key, text=render("find.best_text", language=language, parameters=given))
