"""One program on the page of costs: its ranges in three ways, what it changes, asks for and binds to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from evenroll.comparison.comparing import ProgramCosts
from evenroll.comparison.words import named
from evenroll.costs.compare import Assumption, Comparison, Scenario, ScenarioCode
from evenroll.enrollment.form import Language
from evenroll.pages.formats import whole_dollars
from evenroll.pages.offer_words import assumption, paid, terms_by_subject, why_no_figures
from evenroll.pages.texts import Parameter, render
from evenroll.portal.find_asking import Asked
from evenroll.portal.find_forms import organization


@dataclass(frozen=True, kw_only=True, slots=True)
class WayView:
    """One way of the year: a range, never a number alone. beside: what it is less or more than today."""

    name: str
    range: str
    likely: str
    beside: str
    is_today: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TermsView:
    """Sentences under a heading."""

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramView:
    """A program. no_figures: why it has none, empty where it has. shown: its mark where one can enroll, else empty."""

    key: str
    name: str
    owner: str
    kind: str
    summary: str
    ways: tuple[WayView, ...]
    no_figures: str
    rewards: tuple[str, ...]
    terms: tuple[TermsView, ...]
    shown: str


def program_view(
    each: ProgramCosts, *, asked: Asked, common: tuple[Assumption, ...], language: Language
) -> ProgramView:
    """A program as the page shows it. common: what all figures take for granted, which is said once elsewhere."""
    program = each.program
    return ProgramView(
        key=program.key,
        name=named(program.name, language=language),
        owner=named(organization(program.organization).name, language=language),
        kind=render(program.kind, language=language),
        summary=named(program.summary, language=language),
        ways=_ways(each.costs, language=language) if isinstance(each.costs, Comparison) else (),
        no_figures=why_no_figures(each.costs, language=language),
        rewards=paid(each.costs, program=program, language=language),
        terms=_terms(each, common=common, language=language),
        shown=asked.marks[program.key] if program.organization in asked.here else "",
    )


def _ways(costs: Comparison, *, language: Language) -> tuple[WayView, ...]:
    today = costs.scenarios[0]
    return tuple(_way(each, today=today, language=language) for each in costs.scenarios)


def _way(scenario: Scenario, *, today: Scenario, language: Language) -> WayView:
    cost = scenario.cost
    is_today = scenario.code is ScenarioCode.TODAY
    ends: dict[str, Parameter] = {"low": whole_dollars(cost.low), "high": whole_dollars(cost.high)}
    return WayView(
        name=render(scenario.code, language=language),
        range=render("find.range", language=language, parameters=ends),
        likely=render("find.likely", language=language, parameters={"mid": whole_dollars(cost.mid)}),
        beside="" if is_today else beside_today(scenario, today=today, language=language),
        is_today=is_today,
    )


def beside_today(scenario: Scenario, *, today: Scenario, language: Language) -> str:
    """What a way is less or more than today, as a range: low against low, middle against middle, high against high."""
    sides = ("low", "mid", "high")
    less = sorted(getattr(today.cost, side) - getattr(scenario.cost, side) for side in sides)
    least, most = less[0], less[-1]
    if least >= 0:
        return _said("find.less", least, most, language)
    if most <= 0:
        return _said("find.more", -most, -least, language)
    return _said("find.less_or_more", most, -least, language)


def _said(key: str, first: Decimal, last: Decimal, language: Language) -> str:
    given: dict[str, Parameter] = {
        "first": whole_dollars(first),
        "last": whole_dollars(last),
    }
    return render(key, language=language, parameters=given)


def _terms(each: ProgramCosts, *, common: tuple[Assumption, ...], language: Language) -> tuple[TermsView, ...]:
    own = each.costs.assumptions if isinstance(each.costs, Comparison) else ()
    assumed = tuple(assumption(one, language=language) for one in own if one not in common)
    groups = (*terms_by_subject(each.program, language=language), ("find.terms_assumed", assumed))
    return tuple(
        TermsView(heading=render(key, language=language), sentences=sentences) for key, sentences in groups if sentences
    )
