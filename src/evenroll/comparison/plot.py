"""The drawing of a comparison: which bars it has, by part of the bill and program."""

from __future__ import annotations

from decimal import Decimal

from evenroll.comparison.comparing import Compared, CompareQuestion, ProgramCosts
from evenroll.comparison.words import named, title_of, use_of
from evenroll.costs.compare import Comparison, Scenario, ScenarioCode
from evenroll.enrollment.form import Language
from evenroll.pages.compare_codes import CompareWord as C
from evenroll.pages.compare_svg import BarGroup, BillBar, PlotPart, compare_svg
from evenroll.pages.formats import money
from evenroll.pages.texts import render
from evenroll.programs.catalog import load_catalog
from evenroll.quantities.identifiers import RateKey


def plot_of(found: Compared, *, question: CompareQuestion, language: Language) -> str:
    """The year's bills as an SVG document."""
    parts = parts_of(found, question=question, language=language)
    title = title_of(question, language=language)
    return compare_svg(parts, title=title, subtitle=use_of(question, language=language), language=language)


def parts_of(found: Compared, *, question: CompareQuestion, language: Language) -> tuple[PlotPart, ...]:
    """The bars of each part of the bill."""
    return tuple(
        PlotPart(
            heading=render(C.PART, language=language, parameters={"coverage": part.value}),
            groups=_groups(programs, question=question, language=language),
        )
        for part, programs in found.parts.items()
    )


def _groups(
    programs: tuple[ProgramCosts, ...], *, question: CompareQuestion, language: Language
) -> tuple[BarGroup, ...]:
    """Each price of today once, as the bar above the programs that are held to it."""
    told: set[RateKey] = set()
    groups: list[BarGroup] = []
    for each in programs:
        if not isinstance(each.costs, Comparison):
            continue
        today, *others = each.costs.scenarios
        if today.rate not in told:
            told.add(today.rate)
            groups.append(BarGroup(bars=(_bar(today, of=each, question=question, language=language),)))
        bars = tuple(
            _bar(scenario, of=each, question=question, language=language, today_usd=today.cost.mid)
            for scenario in others
        )
        groups.append(BarGroup(bars=bars))
    return tuple(groups)


def _bar(
    scenario: Scenario,
    *,
    of: ProgramCosts,
    question: CompareQuestion,
    language: Language,
    today_usd: Decimal | None = None,
) -> BillBar:
    is_today = scenario.code is ScenarioCode.TODAY
    cost = scenario.cost
    less = None if today_usd is None else today_usd - cost.mid
    beside = "" if less is None else f"{'+' if less < 0 else '-'}{money(abs(less), language=language)}"
    return BillBar(
        name=named(load_catalog().rate(scenario.rate, on=question.on).name, language=language)
        if is_today
        else named(of.program.name, language=language),
        note=render(scenario.code, language=language),
        usd=(cost.low, cost.mid, cost.high),
        pev_usd=None if question.charging_in_use else scenario.pev.mid,
        beside=beside,
        is_today=is_today,
    )
