"""The one interface by which bills are made; the exact reference and any faster engine stand behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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


class Biller(Protocol):
    """Makes a bill; every implementation gives the same cents."""

    def __call__(self, usage: SeasonUsage, *, rate: Rate, period: DatePeriod, kind: BillKind, actual: bool) -> Bill:
        """The bill of the usage over the period, at that rate. Raises UsageRefused, PeriodOpen."""
        ...
