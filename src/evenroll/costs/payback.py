"""When charging equipment is paid back by what a program saves each year, and what it pays once."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from evenroll.costs.compare import Comparison
from evenroll.quantities.money import ZERO

_TENTH: Final = Decimal("0.1")


class PaybackCode(StrEnum):
    """What becomes of the cost of equipment."""

    AT_ONCE = "at_once"
    YEARS = "years"
    NEVER = "never"


@dataclass(frozen=True, kw_only=True, slots=True)
class Payback:
    """left_usd: what of the equipment the certain rewards of the first year leave. saving_usd: of a year, managed.

    years: left_usd over saving_usd, to a tenth, where the code is YEARS.
    """

    code: PaybackCode
    left_usd: Decimal
    saving_usd: Decimal
    years: Decimal | None = None


def payback_of(costs: Comparison, *, equipment_usd: Decimal) -> Payback:
    """When equipment is paid back by what the last way costs less than today, in the middle.

    equipment_usd: zero or more.
    """
    saving = costs.scenarios[0].cost.mid - costs.scenarios[-1].cost.mid
    left = max(equipment_usd - sum((each.low for each in costs.rewards), ZERO), ZERO)
    if left == 0:
        return Payback(code=PaybackCode.AT_ONCE, left_usd=left, saving_usd=saving)
    if saving <= 0:
        return Payback(code=PaybackCode.NEVER, left_usd=left, saving_usd=saving)
    years = (left / saving).quantize(_TENTH, rounding=ROUND_HALF_UP)
    return Payback(code=PaybackCode.YEARS, left_usd=left, saving_usd=saving, years=years)
