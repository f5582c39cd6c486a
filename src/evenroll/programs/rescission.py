"""The right to take back a sale: a table by jurisdiction, seller, kind of sale, and how the terms were delivered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final

from evenroll.programs.yaml_table import Table, read_table
from evenroll.quantities.calendars import CalendarUnknown, calendar

_FILE: Final = "rescission.yaml"
_KEYS: Final = frozenset(
    {"jurisdiction", "seller", "sale", "deliveries", "days", "day_kind", "receipt_days", "checked", "source"}
)


class Seller(StrEnum):
    """Who sold. A regulated rate of a utility gives no right to rescind unless the table says so."""

    UTILITY = "utility"
    SUPPLIER = "supplier"


class Sale(StrEnum):
    """What was sold: another product of the same supplier, supply from a new supplier, or one more term of the same."""

    NEW = "new"
    SWITCH = "switch"
    RENEWAL = "renewal"


class TermsDelivery(StrEnum):
    """How the terms reached the customer."""

    IN_PERSON = "in_person"
    MAIL = "mail"
    ELECTRONIC = "electronic"


class DayKind(StrEnum):
    """Which days are counted."""

    BUSINESS = "business"
    CALENDAR = "calendar"


@dataclass(frozen=True, kw_only=True, slots=True)
class RescissionRule:
    """One window. days: counted from the day after receipt. receipt_days: calendar days from sending to receipt.

    checked: whether the figure was read in the source.
    """

    jurisdiction: str
    seller: Seller
    sale: Sale
    delivery: TermsDelivery
    days: int
    day_kind: DayKind
    receipt_days: int
    source: str
    checked: bool


_Place = tuple[str, Seller, Sale, TermsDelivery]


@cache
def rescission_rules() -> tuple[RescissionRule, ...]:
    """The table that ships with the package. Raises CatalogRefused."""
    file = resources.files("evenroll.programs").joinpath("trade", _FILE)
    return parse_rescission(file.read_text(encoding="utf-8"), file=_FILE)


def rescission_rule(jurisdiction: str, *, seller: Seller, sale: Sale, delivery: TermsDelivery) -> RescissionRule | None:
    """The window of a sale; None where the law gives none, and nothing is waited for."""
    place = (jurisdiction, seller, sale, delivery)
    return next((rule for rule in rescission_rules() if _place(rule) == place), None)


def may_rescind(jurisdiction: str, *, seller: Seller) -> bool:
    """Whether some sale of such a seller may be taken back there."""
    return any(rule.jurisdiction == jurisdiction and rule.seller is seller for rule in rescission_rules())


def parse_rescission(text: str, *, file: str) -> tuple[RescissionRule, ...]:
    """The table of a YAML text. Raises CatalogRefused with file, line and reason."""
    table = read_table(text, file=file, known=frozenset({"rules"}))
    rules: list[RescissionRule] = []
    for entry in table.tables("rules", known=_KEYS):
        for rule in _rules_from(entry):
            if any(_place(rule) == _place(other) for other in rules):
                raise entry.refuse(f"{', '.join(_place(rule))} stands twice; keep one window.", key="jurisdiction")
            rules.append(rule)
    return tuple(rules)


def _place(rule: RescissionRule) -> _Place:
    return (rule.jurisdiction, rule.seller, rule.sale, rule.delivery)


def _rules_from(entry: Table) -> tuple[RescissionRule, ...]:
    jurisdiction, days = entry.text("jurisdiction"), entry.integer("days")
    try:
        calendar(jurisdiction)
    except CalendarUnknown as unknown:
        raise entry.refuse(str(unknown), key="jurisdiction") from unknown
    if days == 0:
        raise entry.refuse("a window of 0 days is none; leave the line out.", key="days")
    return tuple(
        RescissionRule(
            jurisdiction=jurisdiction,
            seller=entry.choice("seller", Seller),
            sale=entry.choice("sale", Sale),
            delivery=delivery,
            days=days,
            day_kind=entry.choice("day_kind", DayKind),
            receipt_days=entry.integer("receipt_days"),
            source=entry.text("source"),
            checked=entry.flag("checked"),
        )
        for delivery in entry.choices("deliveries", TermsDelivery)
    )
