"""Showing a comparison of programs to people, and the same as an object for machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from evenroll.comparison.comparing import Compared, CompareQuestion, ProgramCosts
from evenroll.comparison.words import assumed_of_all, named, organization_of, rate_name, share_of, title_of, use_of
from evenroll.costs.compare import Assumption, Comparison, Scenario, ScenarioCode
from evenroll.costs.payback import Payback, PaybackCode
from evenroll.enrollment.form import Language
from evenroll.pages.compare_codes import CompareWord as C
from evenroll.pages.formats import money
from evenroll.pages.offer_codes import OfferWord as W
from evenroll.pages.offer_words import assumption, paid, why_no_figures
from evenroll.pages.texts import Parameter, render
from evenroll.quantities.identifiers import RateKey
from evenroll.quantities.money import ZERO
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_costs import show_lines, show_list, show_past, told_figures


def show_compared(
    found: Compared, *, question: CompareQuestion, output: Output, language: Language, explain: bool
) -> None:
    """A table for each part of the bill, what stands behind the figures, and what has none, with the reason."""
    output.say(title_of(question, language=language), style="bold")
    output.say(use_of(question, language=language))
    for part, programs in found.parts.items():
        output.heading(render(C.PART, language=language, parameters={"coverage": part.value}))
        output.say(share_of(part, found, language=language))
        _show_part(programs, question=question, output=output, language=language)
    if len(found.parts) > 1:
        output.say("", render(W.UNLIKE_PARTS, language=language))
    if not found.parts and not found.others:
        whose: dict[str, Parameter] = {"organization": organization_of(question, language=language)}
        output.say("", render(C.NO_PROGRAM, language=language, parameters=whose))
    for each, costs in found.figures if explain else ():
        _explain(each, costs, question=question, output=output, language=language)
    _show_rewards(found, output, language)
    _show_assumed(found, output, language)
    _show_refused(found, output, language)
    if question.use.warnings:
        output.say("")
        show_list(C.OF_FILE, sentences=_noticed(question, language), output=output, language=language)


def told_compared(found: Compared, *, question: CompareQuestion, language: Language) -> dict[str, Any]:
    """The comparison for machines; keys are stable, codes stand beside sentences."""
    return {
        "organization": question.organization.key,
        "on": question.on,
        "year": question.on.year,
        "use": _told_use(question),
        "vehicle": question.vehicle or None,
        "pev_wh": None if question.charging_in_use else question.need.annual_wh,
        "equipment_usd": question.equipment_usd,
        "parts": [
            {
                "coverage": part.value,
                "sentence": render(C.PART, language=language, parameters={"coverage": part.value}),
                "share_of_bill_percent": found.shares.get(part),
                "programs": [_told_program(each, language) for each in programs],
            }
            for part, programs in found.parts.items()
        ],
        "without_figures": [_told_program(each, language) for each in found.others],
        "hidden": [
            {
                "program": each.program.key,
                "version": each.program.version,
                "reason": each.reason.value,
                "sentence": render(each.reason, language=language),
            }
            for each in found.hidden
        ],
        "warnings": list(_noticed(question, language)),
        "warning_codes": [each.code.value for each in question.use.warnings],
    }


def _noticed(question: CompareQuestion, language: Language) -> tuple[str, ...]:
    return tuple(each.sentence(language) for each in question.use.warnings)


def _show_part(
    programs: tuple[ProgramCosts, ...],
    *,
    question: CompareQuestion,
    output: Output,
    language: Language,
) -> None:
    columns: list[C | W] = [C.PROGRAM, W.WAY, W.LOW, W.MID, W.HIGH]
    columns += [] if question.charging_in_use else [C.VEHICLE]
    columns += [C.SAVING, C.BESIDE]
    columns += [] if question.equipment_usd is None else [C.EQUIPMENT]
    rows = [row for row in _rows(programs, question, language)]
    output.table(tuple(render(each, language=language) for each in columns), rows)
    for each in programs:
        if isinstance(each.costs, Comparison) and each.costs.past:
            output.say("", named(each.program.name, language=language))
            show_past(each.costs, output=output, language=language)


def _rows(
    programs: tuple[ProgramCosts, ...], question: CompareQuestion, language: Language
) -> Iterator[tuple[str, ...]]:
    """A row for each way of a year: those of today once for each price that a program stands beside."""
    told: set[RateKey] = set()
    for each in programs:
        scenarios = each.costs.scenarios if isinstance(each.costs, Comparison) else ()
        today = next(iter(scenarios), None)
        for scenario in scenarios:
            is_today = scenario.code is ScenarioCode.TODAY
            if today is None or (is_today and scenario.rate in told):
                continue
            told |= {scenario.rate} if is_today else set()
            name = (
                rate_name(scenario, on=question.on, language=language)
                if is_today
                else f"{named(each.program.name, language=language)} ({each.program.key})"
            )
            yield (name, *_cells(scenario, today=today, of=each, question=question, language=language))


def _cells(
    scenario: Scenario, *, today: Scenario, of: ProgramCosts, question: CompareQuestion, language: Language
) -> tuple[str, ...]:
    is_today = scenario.code is ScenarioCode.TODAY
    is_last = isinstance(of.costs, Comparison) and scenario is of.costs.scenarios[-1]
    cost = scenario.cost
    cells = [render(scenario.code, language=language)]
    cells += [money(each, language=language) for each in (cost.low, cost.mid, cost.high)]
    if not question.charging_in_use:
        cells.append(money(scenario.pev.mid, language=language))
    cells.append("" if is_today else money(today.cost.mid - cost.mid, language=language))
    cells.append("" if is_today else _beside(of, language))
    if question.equipment_usd is not None:
        cells.append(_payback(of.payback, language) if is_last and of.payback else "")
    return tuple(cells)


def _beside(of: ProgramCosts, language: Language) -> str:
    rewards = of.costs.rewards if isinstance(of.costs, Comparison) else ()
    low, high = (sum((getattr(each, side) for each in rewards), ZERO) for side in ("low", "high"))
    if not high:
        return ""
    said = [money(each, language=language) for each in dict.fromkeys((low, high))]
    return " - ".join(said)


def _payback(payback: Payback, language: Language) -> str:
    if payback.code is PaybackCode.YEARS:
        return render(payback.code, language=language, parameters={"years": str(payback.years)})
    return render(payback.code, language=language)


def _explain(
    each: ProgramCosts, costs: Comparison, *, question: CompareQuestion, output: Output, language: Language
) -> None:
    output.heading(f"{named(each.program.name, language=language)} ({each.program.key})")
    for scenario in costs.scenarios:
        show_lines(scenario, on=question.on, output=output, language=language)


def _show_rewards(found: Compared, output: Output, language: Language) -> None:
    every = [each for part in found.parts.values() for each in part]
    said = [
        f"{named(each.program.name, language=language)}: {sentence}"
        for each in (*every, *found.others)
        for sentence in paid(each.costs, program=each.program, language=language)
    ]
    if said:
        output.say("")
        show_list(W.REWARDS, sentences=tuple(said), output=output, language=language)


def _show_assumed(found: Compared, output: Output, language: Language) -> None:
    """What all figures have in common once, the rest by program."""
    figures = found.figures
    common = assumed_of_all(found)
    if common:
        output.say("")
        show_list(C.ASSUMED_OF_ALL, sentences=_sentences(common, language), output=output, language=language)
    for each, costs in figures:
        own = [one for one in costs.assumptions if one not in common]
        if own:
            given: dict[str, Parameter] = {"program": named(each.program.name, language=language)}
            output.say(f"{render(C.ASSUMED_OF_ONE, language=language, parameters=given)}:")
            output.say(*(f"- {sentence}" for sentence in _sentences(own, language)))


def _sentences(found: Iterable[Assumption], language: Language) -> tuple[str, ...]:
    return tuple(assumption(each, language=language) for each in found)


def _show_refused(found: Compared, output: Output, language: Language) -> None:
    if found.others:
        output.heading(render(C.WITHOUT_FIGURES, language=language))
    for each in found.others:
        why = why_no_figures(each.costs, language=language)
        output.say(f"- {named(each.program.name, language=language)} ({each.program.key}): {why}")
    if found.hidden:
        output.heading(render(W.HIDDEN, language=language))
    for hidden in found.hidden:
        output.say(f"- {hidden.program.key}: {render(hidden.reason, language=language)}")


def _told_use(question: CompareQuestion) -> dict[str, Any]:
    use, read = question.use, question.use.read
    told: dict[str, Any] = {
        "source": "file" if read else "monthly",
        "annual_wh": use.annual_wh,
        "years": len(use.years),
        "charging_included": question.charging_in_use,
        "assumptions": [each.code.value for each in use.assumptions],
    }
    if read is None:
        return told
    return {
        **told,
        "meter": read.meter,
        "direction": read.direction.value,
        "told_wh": read.told_wh,
        "missing": read.missing,
        "gaps": [{"start_at": gap.start_at, "intervals": gap.intervals} for gap in read.gaps],
        "repeated": read.repeated,
        "differing": read.differing,
    }


def _told_program(each: ProgramCosts, language: Language) -> dict[str, Any]:
    program, payback = each.program, each.payback
    return {
        "program": program.key,
        "version": program.version,
        "name": named(program.name, language=language),
        "coverage": program.coverage.value,
        **told_figures(each.costs, program=program, language=language),
        "saving_usd": _savings(each.costs.scenarios) if isinstance(each.costs, Comparison) else {},
        "payback": None
        if payback is None
        else {
            "code": payback.code.value,
            "years": payback.years,
            "left_usd": payback.left_usd,
            "saving_usd": payback.saving_usd,
        },
    }


def _savings(scenarios: tuple[Scenario, ...]) -> dict[str, Decimal]:
    """What each way is less than today in the middle, USD."""
    return {each.code.value: scenarios[0].cost.mid - each.cost.mid for each in scenarios[1:]}
