"""Bill protection: what was paid on a program's rate against what the replaced rate costs for the same energy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from evenroll.costs.bill import BillKind
from evenroll.costs.reference import bill_usage
from evenroll.costs.usage import usage_of_reads
from evenroll.programs.rate import Rate, registers_of
from evenroll.quantities.energy import Wh
from evenroll.quantities.periods import DatePeriod

RateOn = Callable[[date], Rate]
"""The version of a rate that is in force on a day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BilledUsage:
    """A billing period that is protected.

    advances: Wh by register of the meter. paid: USD, where the bill is known; absent where it must be computed.
    actual: whether all reads were taken and none estimated.
    """

    period: DatePeriod
    advances: Mapping[str, Wh]
    actual: bool
    paid: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """What one billing period cost on each rate, USD. is_known: whether `paid` is that of a bill, else computed."""

    period: DatePeriod
    paid: Decimal
    shadow: Decimal
    actual: bool
    is_known: bool


def compare_usage(usage: Iterable[BilledUsage], *, program: RateOn, replaced: RateOn) -> tuple[Compared, ...]:
    """Each billing period on both rates, at the prices in force on its first day, by the exact reference biller.

    Both sides bill the same watt-hours. Raises UsageRefused where a rate has no price for them, or the meter does not
    tell apart what a rate needs: then there is no figure, and none is invented.
    """
    return tuple(_compared(each, program=program, replaced=replaced) for each in usage)


def _compared(usage: BilledUsage, *, program: RateOn, replaced: RateOn) -> Compared:
    day = usage.period.start_on
    paid = _cost(usage, rate=program(day)) if usage.paid is None else usage.paid
    shadow = _cost(usage, rate=replaced(day))
    return Compared(
        period=usage.period,
        paid=paid,
        shadow=shadow,
        actual=usage.actual,
        is_known=usage.paid is not None,
    )


def _cost(usage: BilledUsage, *, rate: Rate) -> Decimal:
    split = usage_of_reads(_onto(rate, usage.advances), rate=rate, period=usage.period)
    return bill_usage(split, rate=rate, period=usage.period, kind=BillKind.REGULAR, actual=usage.actual).total


def _onto(rate: Rate, advances: Mapping[str, Wh]) -> Mapping[str, Wh]:
    """All that was counted where the rate has one price for everything, whatever the meter calls its registers."""
    wanted = registers_of(rate)
    return {wanted[0]: Wh(sum(advances.values()))} if len(wanted) == 1 else advances
