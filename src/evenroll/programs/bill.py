"""What a bill says: its lines and their total, for one rate over one period. Computed by `costs`, kept by the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from evenroll.quantities.identifiers import RateKey


class BillKind(StrEnum):
    """Why a bill is issued."""

    CLOSING = "closing"
    FIRST = "first"
    REGULAR = "regular"
    CORRECTION = "correction"
    """In place of one that was wrong; what that one charged stands in it as a line."""


class LineCode(StrEnum):
    """What a bill line charges for."""

    ENERGY = "energy"
    FIXED_MONTHLY = "fixed_monthly"
    FIXED_DAILY = "fixed_daily"
    MINIMUM = "minimum"
    HOURLY_PRICES = "hourly_prices"
    """What the prices of the hours come to; its energy stands in the energy lines already."""
    EVENT = "event"
    """What is added for energy drawn in hours of events; it stands in the energy lines already."""
    DEMAND = "demand"
    """The highest demand of the period, whatever the hour."""
    DEMAND_OF_HOURS = "demand_of_hours"
    """The highest demand in some hours of the rate."""
    CREDIT = "credit"
    ALREADY_CHARGED = "already_charged"
    """In a correction: what the bill that it puts right had charged, negative."""
    """What a program gives back per kWh; its energy stands in the energy lines already."""
    SETTLED_BY_OTHERS = "settled_by_others"
    """Energy whose price is not known here: it is counted, and somebody else charges it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BillLine:
    """One line, rounded once.

    quantity_wh: Wh, for an energy line; days: days charged, for a fixed line. price: USD per kWh, month or day; for
    prices of the hours their mean by energy, to be read and not to be multiplied. amount: USD, rounded to the cent by
    the tariff's rule; negative for a credit. register: for a credit, the code of the incentive that gives it.
    """

    code: LineCode
    register: str = ""
    season: str = ""
    quantity_wh: int = 0
    days: int = 0
    price: Decimal
    amount: Decimal


COUNTED: Final = frozenset({LineCode.ENERGY, LineCode.SETTLED_BY_OTHERS})
"""The lines that count energy: each Wh stands in one of them. Other lines price the same energy once more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bill:
    """A bill over [start_on, end_on). total: USD, the sum of the lines. actual: False if a read was estimated.

    priced: False where the catalog lacks the prices: it then states energy and days, and others settle the amount.
    riders: the riders whose lines stand beside those of the rate.
    """

    kind: BillKind
    rate: RateKey
    start_on: date
    end_on: date
    lines: tuple[BillLine, ...]
    total: Decimal
    actual: bool = True
    priced: bool = True
    riders: tuple[RateKey, ...] = ()


def billed_wh(bill: Bill) -> int:
    """The energy that the lines of a bill count, Wh; a line that prices the same energy once more does not count."""
    return sum(line.quantity_wh for line in bill.lines if line.code in COUNTED)
