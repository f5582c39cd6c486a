"""The lines of one bill out of many, as a customer reads them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from evenroll.costs.bill import LineCode
from evenroll.costs.lattice.bills import BlockBills
from evenroll.costs.lattice.schedule import PRICE_PLACES

_CENTS = -2


class LinesMissing(ValueError):
    """Bills were made without their lines."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExplainedLine:
    """One line. quantity: Wh, for demand W, else 0. days: charged, for a fixed line.

    price: USD per kWh, kW, month or day. amount: USD, rounded once.
    """

    code: LineCode
    register: str = ""
    season: str = ""
    tier: int = 0
    quantity: int = 0
    days: int = 0
    price: Decimal
    amount: Decimal


def lines_of(bills: BlockBills, *, customer: int, rate: int, cycle: int) -> tuple[ExplainedLine, ...]:
    """The lines of a bill; their amounts add up to its total. A further tier is left out where nothing reaches it.

    Raises LinesMissing if the bills were made without lines.
    """
    if bills.lines is None:
        raise LinesMissing("These bills were made without their lines. Make them with lines to explain one.")
    rates, number = bills.rates, rate * len(bills.rates.lattice.cycles) + cycle
    found: list[ExplainedLine] = []
    for index, line in enumerate(rates.lines):
        quantity = int(bills.lines.quantity[customer, index])
        if line.bill == number and (quantity or not line.tier):
            found.append(
                ExplainedLine(
                    code=line.code,
                    register=line.register,
                    season=line.season,
                    tier=line.tier,
                    quantity=quantity,
                    price=Decimal(line.price_e8).scaleb(-PRICE_PLACES),
                    amount=_usd(int(bills.lines.cents[customer, index])),
                )
            )
    found += [
        ExplainedLine(code=line.code, days=line.days, price=line.price, amount=_usd(line.cents))
        for line in rates.fixed
        if line.bill == number
    ]
    topped, least = int(bills.lines.topped[customer, rate, cycle]), rates.minimums[number]
    if topped:
        found.append(ExplainedLine(code=LineCode.MINIMUM, days=least.days, price=least.price, amount=_usd(topped)))
    return tuple(found)


def _usd(cents: int) -> Decimal:
    return Decimal(cents).scaleb(_CENTS)
