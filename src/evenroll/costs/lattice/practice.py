"""How charges of a month are shared out over other days: as tariffs say it, or as some billing system does it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final, assert_never

_DAYS_OF_MONTH: Final = 30
_DAYS_OF_YEAR: Final = 365
_MONTHS: Final = 12


class MonthBasis(StrEnum):
    """What part of a month's charge some days bear."""

    OWN_MONTH = "own_month"
    """Each day its share of its own calendar month."""
    OF_30_DAYS = "of_30_days"
    OF_365_DAYS = "of_365_days"
    """Each day twelve 365ths."""
    WHOLE = "whole"
    """A bill bears one month, however long it is; where its days have several prices, they share it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Practice:
    """How a bill is prorated. charges: fixed and for demand, per month. minimum: the least bill; None: there is none.

    limits: of tiers that are stated for a month; None: as the rate states it.
    """

    charges: MonthBasis = MonthBasis.OWN_MONTH
    minimum: MonthBasis | None = MonthBasis.OWN_MONTH
    limits: MonthBasis | None = None


AS_TARIFFS_SAY: Final = Practice()


def months_borne(months: Fraction, *, days: int, of_bill: Fraction, basis: MonthBasis) -> Fraction:
    """The months that some days of a bill bear. months, of_bill: by their own calendar months, of them and of all."""
    match basis:
        case MonthBasis.OWN_MONTH:
            return months
        case MonthBasis.OF_30_DAYS:
            return Fraction(days, _DAYS_OF_MONTH)
        case MonthBasis.OF_365_DAYS:
            return Fraction(days * _MONTHS, _DAYS_OF_YEAR)
        case MonthBasis.WHOLE:
            return months / of_bill
        case _:
            assert_never(basis)
