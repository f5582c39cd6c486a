"""What is known of a protection when it is to be settled: figures by billing period, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from evenroll.enrollment.money_events import ProtectedSpan, UsageMissing
from evenroll.quantities.money import ZERO


@dataclass(frozen=True, kw_only=True, slots=True)
class ProtectionFigures:
    """The billing periods of the protected time, in order; at least one."""

    spans: tuple[ProtectedSpan, ...]

    @property
    def paid(self) -> Decimal:
        """What was paid on the program's rate, USD."""
        return sum((each.paid for each in self.spans), ZERO)

    @property
    def shadow(self) -> Decimal:
        """What the replaced rate would have cost for the same energy, USD."""
        return sum((each.shadow for each in self.spans), ZERO)

    @property
    def is_estimated(self) -> bool:
        """Whether some read was estimated."""
        return any(each.is_estimated for each in self.spans)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProtectionUnknown:
    """Why it cannot be settled. until: the day of the read that is still to come, where that is the reason.

    start_on, end_on: the billing period, [start, end), that lacks something, where it is one.
    """

    reason: UsageMissing
    until: date | None = None
    start_on: date | None = None
    end_on: date | None = None
