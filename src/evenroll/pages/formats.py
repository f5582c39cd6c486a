"""How days, instants, money, energy and numbers are written for a reader of each language."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from zoneinfo import ZoneInfo

from evenroll.enrollment.form import Language

_MONTHS_EN: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTHS_ES: Final = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip
_WH_PER_KWH: Final = Decimal(1000)
_NOON: Final = 12

# Spanish is written as it is in the United States: point for decimals, comma for thousands.


def day(value: date, *, language: Language) -> str:
    """A day in full: "March 8, 2027", "8 de marzo de 2027"."""
    if _is_spanish(language):
        return f"{value.day} de {_MONTHS_ES[value.month - 1]} de {value.year}"
    return f"{_MONTHS_EN[value.month - 1]} {value.day}, {value.year}"


def month_name(value: date, *, language: Language) -> str:
    """The month of a day: "March", "marzo"."""
    return (_MONTHS_ES if _is_spanish(language) else _MONTHS_EN)[value.month - 1]


def instant(value: datetime, *, language: Language, zone: ZoneInfo) -> str:
    """An instant in the zone of the territory: "March 8, 2027, 5:00 p.m. EST". Raises ValueError without a zone."""
    if value.tzinfo is None:
        raise ValueError("An instant without a zone cannot be written for a reader; give it one.")
    local = value.astimezone(zone)
    half = "a.m." if local.hour < _NOON else "p.m."
    at = f"{(local.hour - 1) % _NOON + 1}:{local.minute:02d} {half} {local.tzname()}"
    return f"{day(local.date(), language=language)}, {at}"


def money(amount: Decimal, *, language: Language) -> str:
    """An amount in USD with its cents: "$1,234.50", "-$3.00"."""
    cents = amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    sign = "-" if cents < 0 else ""
    return f"{sign}${abs(cents):,.2f}"


def whole_dollars(amount: Decimal) -> str:
    """An amount in USD that is known as a range only, without cents: "$1,235", "-$3"."""
    dollars = amount.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return f"{'-' if dollars < 0 else ''}${abs(dollars):,}"


def unit_price(price: Decimal, *, language: Language) -> str:
    """A price in USD per kWh, with at least two decimals and none cut: "$0.0625 per kWh"."""
    whole, _, decimals = format(abs(price.normalize()), "f").partition(".")
    sign = "-" if price < 0 else ""
    text = f"{sign}${whole}.{decimals.ljust(2, '0')}"
    return f"{text} por kWh" if _is_spanish(language) else f"{text} per kWh"


def energy(wh: int, *, language: Language) -> str:
    """Energy in Wh as kWh, none cut: "1,234.5 kWh"."""
    kwh = (Decimal(wh) / _WH_PER_KWH).normalize()
    return f"{kwh:,f} kWh"


def number(value: int, *, language: Language) -> str:
    """A whole number with its thousands set apart."""
    return f"{value:,d}"


def _is_spanish(language: Language) -> bool:
    return language.value == Language.ES.value
