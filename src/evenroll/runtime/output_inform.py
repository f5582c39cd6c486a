"""Showing what programs would cost to people, and the same as an object for machines."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from evenroll.costs.compare import Comparison, PastYear, Range, Scenario, regret
from evenroll.enrollment.facts import PartnerAway, ProviderAnswer
from evenroll.enrollment.form import Language
from evenroll.pages.formats import day, energy, money, unit_price
from evenroll.pages.offer_codes import OfferWord as W
from evenroll.pages.offer_words import assumptions, disclosures, paid, terms, why_no_figures
from evenroll.pages.part_words import register_words, season_words
from evenroll.pages.texts import render
from evenroll.programs.bill import BillLine
from evenroll.programs.catalog import load_catalog
from evenroll.programs.text import Text
from evenroll.runtime.informing import CostQuestion, Informed
from evenroll.runtime.output_console import Output
from evenroll.steps.step_01_inform import PriceNotInCatalog, Shown

_COLUMNS = (W.WAY, W.RATE, W.LOW, W.MID, W.HIGH, W.PEV_LOW, W.PEV_MID, W.PEV_HIGH)
_PAST_COLUMNS = (W.PAST_YEAR, W.PAST_TODAY, W.PAST_UNCHANGED, W.PAST_MANAGED, W.PAST_REGRET)
_LINE_COLUMNS = (W.LINE, W.SEASON, W.REGISTER, W.QUANTITY, W.PRICE, W.AMOUNT)


def show_informed(
    found: Informed, *, question: CostQuestion, output: Output, language: Language, explain: bool
) -> None:
    """Who serves the usage point, each program with its figures and terms, and what is not shown, with the reason."""
    output.say(render(W.YEAR, language=language, parameters={"year": str(found.year)}), style="bold")
    output.say(_of_provider(found, question, language))
    for each in found.shown:
        _show_program(each, on=found.on, output=output, language=language, explain=explain)
    if not found.shown:
        output.say("", render(W.NOTHING_OPEN, language=language))
    if len({each.program.coverage for each in found.shown}) > 1:
        output.say("", render(W.UNLIKE_PARTS, language=language))
    if found.hidden:
        output.heading(render(W.HIDDEN, language=language))
    for each in found.hidden:
        output.say(f"- {each.program}: {render(f'hidden.{each.reason}', language=language)}")


def told_informed(found: Informed, *, question: CostQuestion, language: Language) -> dict[str, Any]:
    """What was shown, for machines; keys are stable, codes stand beside sentences."""
    answer = found.answer
    return {
        "organization": question.organization,
        "year": found.year,
        "household_wh": question.household_wh,
        "pev_wh": question.need.annual_wh,
        "clearinghouse_away": isinstance(answer, PartnerAway),
        "provider": _told_provider(answer) if isinstance(answer, ProviderAnswer) else None,
        "provider_sentence": _of_provider(found, question, language),
        "shown": [_told_program(each, found.on, language) for each in found.shown],
        "hidden": [
            {"program": each.program, "organization": each.organization, "reason": each.reason} for each in found.hidden
        ],
    }


def _show_program(shown: Shown, *, on: date, output: Output, language: Language, explain: bool) -> None:
    program, costs = shown.program, shown.costs
    output.heading(f"{_in(program.name, language)} · {program.key} · {program.organization}")
    part = render("assumption.part_of_bill", language=language, parameters={"coverage": program.coverage.value})
    output.say(_in(program.summary, language), part)
    if isinstance(costs, Comparison):
        columns = tuple(render(each, language=language) for each in _COLUMNS)
        output.table(columns, [_scenario_row(each, on, language) for each in costs.scenarios])
        _show_past(costs, output=output, language=language)
        for each in costs.scenarios if explain else ():
            _show_lines(each, on=on, output=output, language=language)
    else:
        output.say(why_no_figures(costs, language=language))
    said = paid(costs, program=program, language=language)
    if said:
        _show_list(W.REWARDS, said, output, language)
    _show_list(W.TERMS, terms(program, language=language), output, language)
    _show_list(W.TOLD, disclosures(program, language=language), output, language)
    if isinstance(costs, Comparison):
        _show_list(W.ASSUMED, assumptions(costs, language=language), output, language)
    output.say(_kept(shown, on, language), style="bold")


def _show_past(costs: Comparison, *, output: Output, language: Language) -> None:
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


def _show_list(word: W, sentences: tuple[str, ...], output: Output, language: Language) -> None:
    output.say(f"{render(word, language=language)}:", *(f"- {each}" for each in sentences))


def _show_lines(scenario: Scenario, *, on: date, output: Output, language: Language) -> None:
    named = {"way": render(scenario.code, language=language), "rate": _rate_name(scenario, on, language)}
    output.say(render(W.LINES, language=language, parameters=named))
    columns = tuple(render(each, language=language) for each in _LINE_COLUMNS)
    output.table(columns, [_line_row(each, language) for each in scenario.lines])


def _scenario_row(scenario: Scenario, on: date, language: Language) -> tuple[str, ...]:
    way = render(scenario.code, language=language)
    return (
        way,
        _rate_name(scenario, on, language),
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


def _rate_name(scenario: Scenario, on: date, language: Language) -> str:
    rate = load_catalog().rate(scenario.rate, on=on)
    return f"{_in(rate.name, language)} ({rate.key})"


def _kept(shown: Shown, on: date, language: Language) -> str:
    until = on + timedelta(days=shown.program.offer_valid_days)
    given = {"offer": str(shown.offer), "until": day(until, language=language)}
    return render(W.KEPT, language=language, parameters=given)


def _of_provider(found: Informed, question: CostQuestion, language: Language) -> str:
    match found.answer:
        case ProviderAnswer():
            return render(found.answer.kind, language=language)
        case PartnerAway():
            return render(W.AWAY, language=language, parameters={"organization": question.organization})
        case None:
            return render(W.OWN_ONLY, language=language, parameters={"organization": question.organization})


def _in(text: Text, language: Language) -> str:
    return text.es if language is Language.ES else text.en


def _told_provider(answer: ProviderAnswer) -> dict[str, Any]:
    return {
        "kind": answer.kind.value,
        "utility": answer.utility,
        "supplier": answer.supplier,
        "usage_point": answer.pod,
    }


def _told_program(shown: Shown, on: date, language: Language) -> dict[str, Any]:
    program, costs = shown.program, shown.costs
    figures = isinstance(costs, Comparison)
    return {
        "offer": shown.offer,
        "program": program.key,
        "version": program.version,
        "organization": program.organization,
        "coverage": program.coverage.value,
        "scenarios": [_told_scenario(each) for each in costs.scenarios] if isinstance(costs, Comparison) else [],
        "past": [
            {
                "year": each.year,
                "today_usd": each.today,
                "unchanged_usd": each.unchanged,
                "managed_usd": each.managed,
                "regret_usd": regret(each),
            }
            for each in (costs.past if isinstance(costs, Comparison) else ())
        ],
        "reward_sentences": list(paid(costs, program=program, language=language)),
        "missing": [each.value for each in costs.missing] if isinstance(costs, PriceNotInCatalog) else [],
        "no_figures": None if figures else type(costs).__name__,
        "no_figures_sentence": why_no_figures(costs, language=language),
        "terms": list(terms(program, language=language)),
        "disclosures": [each.value for each in program.disclosures],
        "disclosure_sentences": list(disclosures(program, language=language)),
        "assumptions": [each.code.value for each in costs.assumptions] if isinstance(costs, Comparison) else [],
        "assumption_sentences": list(assumptions(costs, language=language)) if isinstance(costs, Comparison) else [],
        "kept_sentence": _kept(shown, on, language),
    }


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
