"""What the texts of row 10's ledger may name: amounts in USD, and codes in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from evenroll.enrollment.form import Language
from evenroll.pages.formats import month_name
from evenroll.pages.texts import Parameter, render

ENROLLMENT_SPAN: Final = "enrollment"
"""The span of a credit that is for the enrollment itself."""

_MONTH_LENGTH: Final = len("2026-10")
_AMOUNTS: Final = ("usd", "paid", "shadow", "credit")
_AMOUNTED: Final = frozenset(
    {
        "incentive_earned",
        "incentive_sent",
        "incentive_reversed",
        "incentive_returned",
        "incentive_restored",
        "protection_settled",
    }
)
_CODED: Final[Mapping[str, tuple[str, str, str]]] = {
    "event_settled": ("result", "event_result", "event_result"),
    "incentive_missed": ("why", "missed", "miss"),
    "protection_held": ("reason", "usage_missing", "usage_missing"),
}
"""By kind of event: the field with a code, the name in the text, and the subject of the code."""


LEDGER_KINDS: Final = _AMOUNTED | frozenset(_CODED)
"""The kinds of events that this file has words for."""


def credit_words(code: str) -> str:
    """A credit has the name that its program gives it."""
    return code.replace("_", " ")


def span_words(span: str, *, language: Language) -> str:
    """The span of a credit: a month in words; a season, a year or an event by its own name."""
    year, _, month = span.partition("-")
    if not (len(span) == _MONTH_LENGTH and year.isdigit() and month.isdigit()):
        return span
    return f"{month_name(date(int(year), int(month), 1), language=language)} {year}"


def ledger_words(kind: str, data: Mapping[str, Any], *, language: Language) -> dict[str, Parameter]:
    """The parameters of an event of the ledger. data: as the journal writes it; {} for every other event."""
    found: dict[str, Parameter] = {}
    if kind in _AMOUNTED:
        found |= {name: Decimal(str(data[name])) for name in _AMOUNTS if name in data}
    if kind in _CODED:
        field, name, subject = _CODED[kind]
        found[name] = render(f"{subject}.{data[field]}", language=language)
    return found
