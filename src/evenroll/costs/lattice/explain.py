"""The lines of one bill out of many, as a customer reads them."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from evenroll.costs.bill import Extra, LineCode
from evenroll.costs.lattice.bills import BlockBills
from evenroll.costs.lattice.lines import BESIDE_RATE, CompiledRates
from evenroll.costs.lattice.plain import PlainBills
from evenroll.costs.lattice.schedule import PRICE_PLACES
from evenroll.costs.reference import mean_price

_CENT = Decimal("0.01")
_E11 = -11


class LinesMissing(ValueError):
    """Bills were made without their lines."""


class ExplainedLine(NamedTuple):
    """One line. quantity: Wh, for demand W, else 0. days: charged, for a fixed line.

    price: USD per kWh, kW, month or day. amount: USD, rounded once.
    """

    code: LineCode
    price: Decimal
    amount: Decimal
    register: str = ""
    season: str = ""
    tier: int = 0
    quantity: int = 0
    days: int = 0


def lines_of(bills: BlockBills, *, customer: int, rate: int, cycle: int) -> tuple[ExplainedLine, ...]:
    """The lines of a bill; their amounts add up to its total. A further tier is left out where nothing reaches it.

    Raises LinesMissing if the bills were made without lines.
    """
    if bills.lines is None:
        raise LinesMissing("These bills were made without their lines. Make them with lines to explain one.")
    lines, number = bills.lines, rate * len(bills.rates.lattice.cycles) + cycle
    plain = PlainBills(
        quantity=tuple(lines.quantity[customer].tolist()),
        cents=tuple(lines.cents[customer].tolist()),
        totals=tuple(bills.totals[customer].reshape(-1).tolist()),
        topped=tuple(lines.topped[customer].reshape(-1).tolist()),
        exact=tuple(lines.exact[customer].tolist()),
    )
    return lines_of_plain(plain, rates=bills.rates, number=number)


def lines_of_plain(bills: PlainBills, *, rates: CompiledRates, number: int) -> tuple[ExplainedLine, ...]:
    """The same of one load. number: which of its bills."""
    own: list[ExplainedLine] = []
    beside: list[ExplainedLine] = []
    for index in range(rates.line_first[number], rates.line_first[number + 1]):
        line, quantity = rates.lines[index], bills.quantity[index]
        optional = line.tier > 0 or line.code in BESIDE_RATE
        if quantity or not optional:
            (beside if line.code in BESIDE_RATE else own).append(
                ExplainedLine(
                    code=line.code,
                    register=line.register,
                    season=line.season,
                    tier=line.tier,
                    quantity=quantity,
                    price=_price(bills, rates=rates, line=index),
                    amount=_usd(bills.cents[index]),
                )
            )
    own += [
        ExplainedLine(code=line.code, days=line.days, price=line.price, amount=_usd(line.cents))
        for line in rates.fixed[rates.fixed_first[number] : rates.fixed_first[number + 1]]
    ]
    topped, least = bills.topped[number], rates.minimums[number]
    if topped:
        own.append(ExplainedLine(code=LineCode.MINIMUM, days=least.days, price=least.price, amount=_usd(topped)))
    return (*own, *beside)


def _price(bills: PlainBills, *, rates: CompiledRates, line: int) -> Decimal:
    """The price of a line; for the prices of the hours their mean by energy."""
    if rates.lines[line].code is LineCode.HOURLY_PRICES:
        number = next(number for number, part in enumerate(rates.hourly) if part.line == line)
        usd = Decimal(bills.exact[number]).scaleb(_E11)
        return mean_price(Extra(code=LineCode.HOURLY_PRICES, quantity_wh=bills.quantity[line], usd=usd))
    return _price_of(rates.lines[line].price_e8)


@lru_cache(maxsize=4096)
def _price_of(price_e8: int) -> Decimal:
    """The same prices stand on the lines of every month."""
    return Decimal(price_e8).scaleb(-PRICE_PLACES)


def _usd(cents: int) -> Decimal:
    return cents * _CENT
