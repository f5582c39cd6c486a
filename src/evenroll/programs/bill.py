"""What a bill says: its lines and their total, for one rate over one period. Computed by `costs`, kept by the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from evenroll.quantities.identifiers import RateKey


class BillKind(StrEnum):
    """Why a bill is issued."""

    CLOSING = "closing"
    FIRST = "first"
    REGULAR = "regular"


class LineCode(StrEnum):
    """What a bill line charges for."""

    ENERGY = "energy"
    FIXED_MONTHLY = "fixed_monthly"
    FIXED_DAILY = "fixed_daily"
    MINIMUM = "minimum"


@dataclass(frozen=True, kw_only=True, slots=True)
class BillLine:
    """One line, rounded once.

    quantity_wh: Wh, for an energy line; days: days charged, for a fixed line. price: USD per kWh, month or day.
    amount: USD, rounded to the cent by the tariff's rule.
    """

    code: LineCode
    register: str = ""
    season: str = ""
    quantity_wh: int = 0
    days: int = 0
    price: Decimal
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Bill:
    """A bill over [start_on, end_on). total: USD, the sum of the lines. actual: False if a read was estimated."""

    kind: BillKind
    rate: RateKey
    start_on: date
    end_on: date
    lines: tuple[BillLine, ...]
    total: Decimal
    actual: bool = True
