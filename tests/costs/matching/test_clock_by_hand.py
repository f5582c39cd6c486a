"""Which way a clock is wrong, worked by hand: one hour of use at the edge of two prices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from evenroll.costs.matching.codes import LineKind, Reason
from evenroll.quantities.periods import DatePeriod
from tests.costs.matching.issued import TOU, charged, hours, past_bill, verdict

# Wednesday, 8 July 2026: night ends at 7:00, peak begins at 14:00.
DAY = DatePeriod(start_on=date(2026, 7, 8), end_on=date(2026, 7, 9))


@pytest.mark.parametrize(
    ("hour", "stamped", "reason"),
    [
        (14, "shoulder", Reason.CLOCK_BEHIND),
        (13, "peak", Reason.CLOCK_AHEAD),
        (7, "night", Reason.CLOCK_BEHIND),
        (6, "shoulder", Reason.CLOCK_AHEAD),
    ],
)
def test_ten_kwh_that_were_stamped_an_hour_off(hour: int, stamped: str, reason: Reason) -> None:
    """10 kWh: 3.15 (3.145) at the peak, 1.29 (1.287) at the shoulder, 0.55 (0.549) at night; 14.75 / 31 = 0.4758."""
    usd = {"peak": "3.15", "shoulder": "1.29", "night": "0.55"}[stamped]
    lines = (
        charged(LineKind.ENERGY, usd, register=stamped, quantity=Decimal(10)),
        charged(LineKind.FIXED_MONTHLY, "0.48"),
    )
    load = hours(DAY, rate=TOU, wh=[10_000 if n == hour else 0 for n in range(24)])
    found = verdict(past_bill(TOU, period=DAY, load=load, lines=lines))
    assert {each.why[0].reason for each in found.differences} == {reason}
