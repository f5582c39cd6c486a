"""Amounts of money: US dollars as decimals, rounded to cents by a named rule."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from typing import Final, assert_never

ZERO: Final = Decimal("0.00")
_CENT: Final = Decimal("0.01")
# Wide enough that no amount is ever cut before it is rounded.
_WIDE: Final = Context(prec=80)


class Rounding(StrEnum):
    """How a tariff rounds half a cent: away from zero, or to the even cent."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"


class AmountWrong(ValueError):
    """An amount is not a finite number."""


def cents(amount: Decimal, *, rule: Rounding = Rounding.HALF_UP) -> Decimal:
    """The amount in USD with exactly two decimals; never minus zero. Raises AmountWrong if it is not finite."""
    if not amount.is_finite():
        raise AmountWrong(f"{amount} is no amount of money. Look where it was computed.")
    rounded = amount.quantize(_CENT, rounding=_mode(rule), context=_WIDE)
    return rounded if rounded else ZERO


def _mode(rule: Rounding) -> str:
    match rule:
        case Rounding.HALF_UP:
            return ROUND_HALF_UP
        case Rounding.HALF_EVEN:
            return ROUND_HALF_EVEN
        case _:
            assert_never(rule)
