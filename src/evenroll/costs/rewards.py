"""What a program pays in its first year beside the bill: a range per incentive, from what it asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, assert_never

from evenroll.programs.program import ProgramVersion
from evenroll.programs.program_terms import EventTerms, Grid, Incentive, IncentiveIf, IncentivePer
from evenroll.quantities.energy import kwh
from evenroll.quantities.money import ZERO, cents

_MONTHS: Final = 12
_DAYS_OF_YEAR: Final = 365
# What a customer who does nothing more after enrolling earns all the same.
_CERTAIN: Final = frozenset({IncentiveIf.ALWAYS, IncentiveIf.CONTROL_LIVE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Reward:
    """USD in the first year: low if nothing that it asks for is done, high if all of it is."""

    code: str
    low: Decimal
    high: Decimal


def rewards_of(program: ProgramVersion, *, pev_wh: int) -> tuple[Reward, ...]:
    """The rewards of a program for one car that draws pev_wh in a year, each rounded to cents.

    Credits per kWh of all energy stand on the bill and are left out here.
    """
    return tuple(_reward(each, events=program.events, pev_wh=pev_wh) for each in program.ledger_incentives)


def events_in_year(terms: EventTerms) -> int:
    """The most events that may be called in a year: the least that its limits leave."""
    counts = [each.events_max * (len(set(terms.months)) if each.per is Grid.MONTH else 1) for each in terms.limits]
    return min(counts, default=0)


def _reward(incentive: Incentive, *, events: EventTerms | None, pev_wh: int) -> Reward:
    high = cents(incentive.usd * _times(incentive, events=events, pev_wh=pev_wh))
    certain = incentive.condition in _CERTAIN and incentive.per is not IncentivePer.EVENT and incentive.dated is None
    return Reward(code=incentive.code, low=high if certain else ZERO, high=high)


def _times(incentive: Incentive, *, events: EventTerms | None, pev_wh: int) -> Decimal:
    """How often it can be earned in the first year."""
    if incentive.after_days >= _DAYS_OF_YEAR or incentive.after_months >= _MONTHS:
        return Decimal(0)
    months = len(set(incentive.months)) or _MONTHS
    match incentive.per:
        case IncentivePer.ENROLLMENT | IncentivePer.YEAR | IncentivePer.SEASON:
            return Decimal(1)
        case IncentivePer.MONTH:
            return Decimal(months)
        case IncentivePer.EVENT:
            return Decimal(events_in_year(events) if events else 0)
        case IncentivePer.KWH:
            return kwh(pev_wh * months // _MONTHS)
        case _:
            assert_never(incentive.per)
