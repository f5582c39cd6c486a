"""The range of every number, day and text of a catalog file, by the name of its entry: what may be drafted and offered.

What is far outside of what any program says is a slip of the hand, and would break every page that computes with it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Final, cast

INTEGER_MAX: Final = 1_000_000
"""Of a whole number whose entry stands not below; the least is 0."""
INTEGERS_MAX: Final[Mapping[str, int]] = MappingProxyType(
    {
        "version": 9_999,
        "max_per_premise": 100,
        "minimum_stay_days": 3_660,
        "minimum_stay_months": 120,
        "lockout_days": 3_660,
        "lockout_months": 120,
        "offer_valid_days": 366,
        "rescission_business_days": 60,
        "business_days_before": 60,
        "calendar_days_before": 366,
        "at_most_days_ahead": 3_660,
        "cure_days": 366,
        "suspension_days": 366,
        "places": 10_000_000,
        "offer_days": 366,
        # Also how many days a record is kept: a century.
        "days": 36_600,
        "months": 120,
        "days_max": 3_660,
        "after_days": 3_660,
        "after_months": 120,
        "limit": 3_660,
        "changes_max": 1_000,
        "events_max": 8_784,
        "notice_hours_min": 8_784,
    }
)
LISTED_MAX: Final = 12
"""Of a whole number in a list: lists of numbers are of the months of a year."""
DECIMAL_MAX: Final = 1_000_000
DECIMALS_MAX: Final[Mapping[str, int]] = MappingProxyType({"usd": 100_000, "usd_per_kwh": 1_000})
"""USD, or USD per kWh, above and below 0."""
PLACES_MAX: Final = 8
"""Digits behind the point, as prices are kept."""
FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)
TEXT_MAX: Final = 2_000
TEXTS_MAX: Final[Mapping[str, int]] = MappingProxyType(
    {
        "name": 120,
        "organization": 40,
        "calendar": 60,
        **dict.fromkeys(("key", "family", "code", "id", "selection", "option", "options", "register", "rate"), 60),
        **dict.fromkeys(("excluded_families", "replaces_rates", "exempt_rates", "values", "supply"), 60),
    }
)
_SHOWN_MAX: Final = 60


def shown(value: object) -> str:
    """A value as a sentence names it: short, and nothing in it that moves or hides letters."""
    told = repr(str(value))
    return told if len(told) <= _SHOWN_MAX else f"{told[:_SHOWN_MAX]}..."


def integer_misfit(value: int, *, name: str) -> str:
    """What is wrong with a whole number; "" where nothing is."""
    most = INTEGERS_MAX.get(name, INTEGER_MAX)
    return "" if 0 <= value <= most else f"{name} is {shown(value)}; it must be a whole number from 0 to {most}."


def listed_misfit(value: int, *, name: str) -> str:
    """What is wrong with a whole number of a list."""
    return "" if 0 < value <= LISTED_MAX else f"{name} holds {shown(value)}; months are 1 to {LISTED_MAX}."


def decimal_misfit(value: Decimal, *, name: str) -> str:
    """What is wrong with an amount or a measure."""
    most = DECIMALS_MAX.get(name, DECIMAL_MAX)
    exponent = value.as_tuple().exponent
    fits = isinstance(exponent, int) and exponent >= -PLACES_MAX and abs(value) <= most
    if fits:
        return ""
    return f"{name} is {shown(value)}; it must be from -{most} to {most}, with at most {PLACES_MAX} decimal places."


def day_misfit(value: date, *, name: str) -> str:
    """What is wrong with a day."""
    if FIRST_DAY <= value <= LAST_DAY:
        return ""
    return f"{name} is {value}; it must be a day from {FIRST_DAY} to {LAST_DAY}."


def text_misfit(value: str, *, name: str) -> str:
    """What is wrong with a text: too long, or with characters that nobody sees or that turn others around."""
    most = TEXTS_MAX.get(name, TEXT_MAX)
    if len(value) > most:
        return f"{name} has {len(value)} characters; {most} are the most."
    hidden = next((each for each in value if each != "\n" and unicodedata.category(each) in _HIDDEN), None)
    if hidden is None:
        return ""
    return f"{name} holds the character U+{ord(hidden):04X}, which cannot be seen; take it out."


_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def misfit(value: object, *, name: str = "") -> str:
    """The first thing that is wrong with what a published version says, whenever it was read; "" where nothing is."""
    if value is None or isinstance(value, bool | Enum):
        return ""
    for kind, judge in _JUDGES:
        if isinstance(value, kind):
            return judge(value, name=name)
    if isinstance(value, tuple | frozenset):
        return _first(_of_list(each, name=name) for each in cast("tuple[object, ...]", value))
    if is_dataclass(value):
        return _first(misfit(getattr(value, each.name), name=_named(each.name, name)) for each in fields(value))
    return ""


_JUDGES: Final[tuple[tuple[type, Callable[..., str]], ...]] = (
    (int, integer_misfit),
    (Decimal, decimal_misfit),
    (date, day_misfit),
    (str, text_misfit),
)


def _of_list(value: object, *, name: str) -> str:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return listed_misfit(cast("int", value), name=name) if is_number else misfit(value, name=name)


def _named(field: str, around: str) -> str:
    """A name or summary is its two languages."""
    return around if field in ("en", "es") else field


def _first(found: Iterable[str]) -> str:
    return next((each for each in found if each), "")
