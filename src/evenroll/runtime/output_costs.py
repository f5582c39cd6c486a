"""The figures of a program for people, as tables, and for machines: shared by `inform` and `compare`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from evenroll.comparison.words import rate_name
from evenroll.costs.compare import Comparison, PastYear, Range, Scenario, regret
from evenroll.costs.program_costs import Costs, PriceNotInCatalog
from evenroll.enrollment.form import Language
from evenroll.pages.formats import energy, money, unit_price
from evenroll.pages.offer_codes import OfferWord as W
from evenroll.pages.offer_words import assumptions, paid, why_no_figures
from evenroll.pages.part_words import register_words, season_words
from evenroll.pages.texts import render
from evenroll.programs.bill import BillLine
from evenroll.programs.program import ProgramVersion
from evenroll.runtime.output_console import Output

_COLUMNS = (W.WAY, W.RATE, W.LOW, W.MID, W.HIGH, W.PEV_LOW, W.PEV_MID, W.PEV_HIGH)
_PAST_COLUMNS = (W.PAST_YEAR, W.PAST_TODAY, W.PAST_UNCHANGED, W.PAST_MANAGED, W.PAST_REGRET)
_LINE_COLUMNS = (W.LINE, W.SEASON, W.REGISTER, W.QUANTITY, W.PRICE, W.AMOUNT)


def show_figures(costs: Comparison, *, on: date, output: Output, language: Language, explain: bool) -> None:
    """The three ways of a year, past years where prices are not known in advance, and on request every line."""
    columns = tuple(render(each, language=language) for each in _COLUMNS)
    output.table(columns, [_scenario_row(each, on, language) for each in costs.scenarios])
    show_past(costs, output=output, language=language)
    for each in costs.scenarios if explain else ():
        show_lines(each, on=on, output=output, language=language)


def show_list(word: StrEnum, *, sentences: tuple[str, ...], output: Output, language: Language) -> None:
    """Sentences beneath a heading."""
    output.say(f"{render(word, language=language)}:", *(f"- {each}" for each in sentences))


def told_figures(costs: Costs, *, program: ProgramVersion, language: Language) -> dict[str, Any]:
    """The figures of a program for machines, or why there are none; keys are stable."""
    compared = costs if isinstance(costs, Comparison) else None
    return {
        "scenarios": [_told_scenario(each) for each in compared.scenarios] if compared else [],
        "past": [
            {
                "year": each.year,
                "today_usd": each.today,
                "unchanged_usd": each.unchanged,
                "managed_usd": each.managed,
                "regret_usd": regret(each),
            }
            for each in (compared.past if compared else ())
        ],
        "reward_sentences": list(paid(costs, program=program, language=language)),
        "missing": [each.value for each in costs.missing] if isinstance(costs, PriceNotInCatalog) else [],
        "no_figures": None if compared else type(costs).__name__,
        "no_figures_sentence": why_no_figures(costs, language=language),
        "assumptions": [each.code.value for each in compared.assumptions] if compared else [],
        "assumption_sentences": list(assumptions(compared, language=language)) if compared else [],
    }


def show_past(costs: Comparison, *, output: Output, language: Language) -> None:
    """What the year would have cost at the prices of past ones: whether the choice would have been regretted."""
    if not costs.past:
        return
    output.say(f"{render(W.PAST, language=language)}:")
    output.table(
        tuple(render(each, language=language) for each in _PAST_COLUMNS),
        [
            (str(each.year), *(money(usd, language=language) for usd in (*_sums(each), regret(each))))
            for each in costs.past
        ],
    )


def _sums(past: PastYear) -> tuple[Decimal, ...]:
    return (past.today, past.unchanged, past.managed)


def show_lines(scenario: Scenario, *, on: date, output: Output, language: Language) -> None:
    """The lines of the bills of a year, in the middle."""
    named = {"way": render(scenario.code, language=language), "rate": rate_name(scenario, on=on, language=language)}
    output.say(render(W.LINES, language=language, parameters=named))
    columns = tuple(render(each, language=language) for each in _LINE_COLUMNS)
    output.table(columns, [_line_row(each, language) for each in scenario.lines])


def _scenario_row(scenario: Scenario, on: date, language: Language) -> tuple[str, ...]:
    way = render(scenario.code, language=language)
    return (
        way,
        rate_name(scenario, on=on, language=language),
        *_amounts(scenario.cost, language),
        *_amounts(scenario.pev, language),
    )


def _amounts(found: Range, language: Language) -> tuple[str, ...]:
    return tuple(money(each, language=language) for each in (found.low, found.mid, found.high))


def _line_row(line: BillLine, language: Language) -> tuple[str, ...]:
    is_energy = bool(line.quantity_wh) or not line.days
    return (
        render(line.code, language=language),
        season_words(line.season, language=language),
        register_words(line.register, language=language),
        energy(line.quantity_wh, language=language)
        if is_energy
        else render(W.DAYS, language=language, parameters={"days": line.days}),
        _price(line, language),
        money(line.amount, language=language),
    )


def _price(line: BillLine, language: Language) -> str:
    per_kwh = unit_price(line.price, language=language)
    return per_kwh if line.quantity_wh or not line.days else per_kwh.partition(" ")[0]


def _told_scenario(scenario: Scenario) -> dict[str, Any]:
    return {
        "scenario": scenario.code.value,
        "rate": scenario.rate,
        "cost_usd": _told_range(scenario.cost),
        "pev_usd": _told_range(scenario.pev),
        "lines": [
            {
                "code": line.code.value,
                "season": line.season,
                "register": line.register,
                "quantity_wh": line.quantity_wh,
                "days": line.days,
                "price": Decimal(line.price),
                "amount": line.amount,
            }
            for line in scenario.lines
        ],
    }


def _told_range(found: Range) -> dict[str, Decimal]:
    return {"low": found.low, "mid": found.mid, "high": found.high}
