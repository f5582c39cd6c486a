"""How a supply switch is dated in each territory, and whether the wires utility is told of a PEV. All of it is data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from evenroll.programs.yaml_table import Table, read_table
from evenroll.quantities.calendars import CalendarUnknown, calendar

_FILE: Final = "supply_terms.yaml"
_KEYS: Final = frozenset(
    {
        "key",
        "first_business_days",
        "first_calendar_days",
        "reads",
        "near_days",
        "special_days",
        "special_reads",
        "ahead_days_max",
        "back_days_max",
        "drop_days_before_read",
        "pev_notice",
        "final_bill",
        "checked",
        "source",
    }
)
_NONE: Final = "none"


class SupplyReads(StrEnum):
    """The read at which supply changes hands."""

    NEXT_READ = "next_read"
    NEAR_READ = "near_read"
    BUSINESS_DAY = "business_day"


class PevNotice(StrEnum):
    """On what the wires utility is told of a PEV at a premise."""

    CONSENT = "consent"
    LAW = "law"


class FinalBillBy(StrEnum):
    """Who sends the final bill to a customer whom a supplier supplied."""

    UTILITY = "utility"
    SUPPLIER = "supplier"
    EACH = "each"


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyTerms:
    """The dates of supply switches in one territory.

    key: of its service calendar. first_business_days, first_calendar_days: no sooner than so many days after the
    request; both hold. near_days: calendar days around the first day in which a scheduled read serves; special_days:
    within how many a special read follows where none does. special_reads: whether an off-cycle read is granted at the
    customer's wish. ahead_days_max, back_days_max: how far the day asked for may lie; None without limit.
    drop_days_before_read: calendar days before a read by which a supplier must tell that it drops a customer.
    final_bill: who sends it to a customer of a supplier who moves out, where nothing else was agreed.
    """

    key: str
    first_business_days: int
    first_calendar_days: int
    reads: SupplyReads
    near_days: int
    special_days: int
    special_reads: bool
    ahead_days_max: int | None
    back_days_max: int | None
    drop_days_before_read: int
    pev_notice: PevNotice
    final_bill: FinalBillBy
    source: str
    checked: bool


class SupplyTermsUnknown(LookupError):
    """No terms stand under a territory's key."""


def supply_terms(key: str) -> SupplyTerms:
    """The terms of a territory by the key of its calendar. Raises SupplyTermsUnknown."""
    try:
        return all_supply_terms()[key]
    except KeyError:
        known = ", ".join(sorted(all_supply_terms()))
        raise SupplyTermsUnknown(
            f"No terms of supply switches are known for {key!r}, so none can be dated there. Known are {known}; "
            "add the territory."
        ) from None


@cache
def all_supply_terms() -> Mapping[str, SupplyTerms]:
    """The table that ships with the package, by territory. Raises CatalogRefused."""
    file = resources.files("evenroll.programs").joinpath("trade", _FILE)
    return parse_supply_terms(file.read_text(encoding="utf-8"), file=_FILE)


def unverified_terms(key: str) -> str:
    """The source of a territory's terms, where their figures are from practice and were not all read there; else ""."""
    terms = all_supply_terms().get(key)
    return terms.source if terms is not None and not terms.checked else ""


def parse_supply_terms(text: str, *, file: str) -> Mapping[str, SupplyTerms]:
    """The table of a YAML text. Raises CatalogRefused with file, line and reason."""
    table = read_table(text, file=file, known=frozenset({"territories"}))
    found: dict[str, SupplyTerms] = {}
    for entry in table.tables("territories", known=_KEYS):
        terms = _terms_from(entry)
        if terms.key in found:
            raise entry.refuse(f"{terms.key} stands twice; keep one.", key="key")
        found[terms.key] = terms
    return MappingProxyType(found)


def _terms_from(entry: Table) -> SupplyTerms:
    key = entry.text("key")
    try:
        calendar(key)
    except CalendarUnknown as unknown:
        raise entry.refuse(str(unknown), key="key") from unknown
    return SupplyTerms(
        key=key,
        first_business_days=entry.integer("first_business_days"),
        first_calendar_days=entry.integer("first_calendar_days"),
        reads=entry.choice("reads", SupplyReads),
        near_days=entry.integer("near_days"),
        special_days=entry.integer("special_days"),
        special_reads=entry.flag("special_reads"),
        ahead_days_max=_limit(entry, "ahead_days_max"),
        back_days_max=_limit(entry, "back_days_max"),
        drop_days_before_read=entry.integer("drop_days_before_read"),
        pev_notice=entry.choice("pev_notice", PevNotice),
        final_bill=entry.choice("final_bill", FinalBillBy),
        source=entry.text("source"),
        checked=entry.flag("checked"),
    )


def _limit(entry: Table, key: str) -> int | None:
    return None if entry.text(key) == _NONE else entry.integer(key)
