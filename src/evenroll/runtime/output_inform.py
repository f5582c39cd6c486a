"""Showing what programs would cost to people, and the same as an object for machines."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from evenroll.comparison.words import named
from evenroll.costs.compare import Comparison
from evenroll.enrollment.facts import PartnerAway, ProviderAnswer
from evenroll.enrollment.form import Language
from evenroll.pages.formats import day
from evenroll.pages.offer_codes import OfferWord as W
from evenroll.pages.offer_words import assumptions, disclosures, paid, terms, why_no_figures
from evenroll.pages.texts import render
from evenroll.runtime.informing import CostQuestion, Informed
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_costs import show_figures, show_list, told_figures
from evenroll.steps.step_01_inform import Shown


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
    output.heading(f"{named(program.name, language=language)} · {program.key} · {program.organization}")
    part = render("assumption.part_of_bill", language=language, parameters={"coverage": program.coverage.value})
    output.say(named(program.summary, language=language), part)
    if isinstance(costs, Comparison):
        show_figures(costs, on=on, output=output, language=language, explain=explain)
    else:
        output.say(why_no_figures(costs, language=language))
    said = paid(costs, program=program, language=language)
    if said:
        show_list(W.REWARDS, sentences=said, output=output, language=language)
    show_list(W.TERMS, sentences=terms(program, language=language), output=output, language=language)
    show_list(W.TOLD, sentences=disclosures(program, language=language), output=output, language=language)
    if isinstance(costs, Comparison):
        show_list(W.ASSUMED, sentences=assumptions(costs, language=language), output=output, language=language)
    output.say(_kept(shown, on, language), style="bold")


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


def _told_provider(answer: ProviderAnswer) -> dict[str, Any]:
    return {
        "kind": answer.kind.value,
        "utility": answer.utility,
        "supplier": answer.supplier,
        "usage_point": answer.pod,
    }


def _told_program(shown: Shown, on: date, language: Language) -> dict[str, Any]:
    program, costs = shown.program, shown.costs
    return {
        "offer": shown.offer,
        "program": program.key,
        "version": program.version,
        "organization": program.organization,
        "coverage": program.coverage.value,
        **told_figures(costs, program=program, language=language),
        "terms": list(terms(program, language=language)),
        "disclosures": [each.value for each in program.disclosures],
        "disclosure_sentences": list(disclosures(program, language=language)),
        "kept_sentence": _kept(shown, on, language),
    }
