"""What is said of supply: the objections of a registrar, each with what mends it, and news of a pending switch."""

from __future__ import annotations

from collections.abc import Iterable

from evenroll.enrollment.event import Event
from evenroll.enrollment.form import Language
from evenroll.enrollment.supply_events import SupplyNewsHeard, SupplyObjected
from evenroll.pages.texts import Parameter, render
from evenroll.programs.reject_codes import RejectCode, reject_rules


def supply_words(event: Event, *, language: Language) -> dict[str, Parameter]:
    """What the texts of an event about supply may name. Raises TextMissing."""
    match event:
        case SupplyObjected():
            return {"objections": objections(event.codes, language=language)}
        case SupplyNewsHeard():
            return {"supply_news": render(event.news, language=language)}
        case _:
            return {}


def objections(codes: Iterable[RejectCode], *, language: Language) -> str:
    """What a registrar objected, each code with what mends it. Raises TextMissing."""
    rules = reject_rules()
    said = ((render(code, language=language), render(rules[code].cure, language=language)) for code in codes)
    return " ".join(text for pair in said for text in pair)
