"""The one interface by which bills are made; the exact reference and any faster engine stand behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeAlias

from evenroll.programs.bill import Bill, BillKind, BillLine, LineCode
from evenroll.programs.rate import Rate
from evenroll.quantities.energy import Wh
from evenroll.quantities.periods import DatePeriod

__all__ = [
    "Bill",
    "BillKind",
    "BillLine",
    "Biller",
    "Extra",
    "LineCode",
    "SeasonRegister",
    "SeasonUsage",
    "UsageRefused",
]


class UsageRefused(ValueError):
    """Usage that does not fit the rate or the period, so that billing it would lose or double energy."""


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class SeasonRegister:
    """A register within a season: what has one energy price."""

    season: str
    register: str


SeasonUsage: TypeAlias = Mapping[SeasonRegister, Wh]
"""Energy by season and register, Wh, never negative."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Extra:
    """A line beside those of the rate: prices of hours, events, credits per kWh.

    name: the incentive that gives a credit, else "". quantity_wh: the energy it prices, which the usage holds as well.
    usd: exact, not yet rounded; negative for a credit.
    """

    code: LineCode
    name: str = ""
    quantity_wh: int
    usd: Decimal


class Biller(Protocol):
    """Makes a bill; every implementation gives the same cents."""

    def __call__(
        self,
        usage: SeasonUsage,
        *,
        rate: Rate,
        period: DatePeriod,
        kind: BillKind,
        actual: bool,
        extras: tuple[Extra, ...] = (),
    ) -> Bill:
        """The bill of the usage over the period, at that rate. Raises UsageRefused, PeriodOpen."""
        ...
