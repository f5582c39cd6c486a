"""What is said around the figures of a comparison: what is compared, with whom, what share of the bill that is."""

from __future__ import annotations

from datetime import date
from typing import Final

from evenroll.comparison.comparing import Compared, CompareQuestion
from evenroll.costs.compare import Assumption, Scenario
from evenroll.enrollment.form import Language
from evenroll.pages.compare_codes import CompareWord as C
from evenroll.pages.formats import energy
from evenroll.pages.texts import render
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import Coverage
from evenroll.programs.text import Text

_KWH: Final = 1000


def title_of(question: CompareQuestion, *, language: Language) -> str:
    """What is compared, with whom, for which year."""
    given = {"year": str(question.on.year), "organization": organization_of(question, language=language)}
    return render(C.TITLE, language=language, parameters=given)


def organization_of(question: CompareQuestion, *, language: Language) -> str:
    """The name of the organization whose programs are compared."""
    return named(question.organization.name, language=language)


def use_of(question: CompareQuestion, *, language: Language) -> str:
    """What household and vehicle use in the year."""
    kwh = _whole_kwh(question.use.annual_wh, language)
    if question.charging_in_use:
        return render(C.HOUSEHOLD_WITH, language=language, parameters={"kwh": kwh})
    pev = _whole_kwh(question.need.annual_wh, language)
    return render(C.HOUSEHOLD, language=language, parameters={"kwh": kwh, "pev": pev})


def _whole_kwh(wh: int, language: Language) -> str:
    return energy((wh + _KWH // 2) // _KWH * _KWH, language=language)


def share_of(part: Coverage, found: Compared, *, language: Language) -> str:
    """What share of today's bill the figures cover, or that it is not known."""
    percent = found.shares.get(part)
    if percent is None:
        return render(C.SHARE_UNKNOWN, language=language)
    return render(C.SHARE, language=language, parameters={"percent": f"{percent.normalize():f}"})


def assumed_of_all(found: Compared) -> tuple[Assumption, ...]:
    """What all figures have in common; empty where there is no figure."""
    figures = [costs for _, costs in found.figures]
    first = figures[0].assumptions if figures else ()
    return tuple(one for one in first if all(one in costs.assumptions for costs in figures))


def rate_name(scenario: Scenario, *, on: date, language: Language) -> str:
    """The rate of a way of the year, by name and key."""
    rate = load_catalog().rate(scenario.rate, on=on)
    return f"{named(rate.name, language=language)} ({rate.key})"


def named(text: Text, *, language: Language) -> str:
    """A text of the catalog in one language."""
    return text.es if language is Language.ES else text.en
