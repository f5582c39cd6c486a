"""Equipment is paid back by what is saved, at once by what a program pays, or never."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evenroll.costs.compare import Comparison, Range, Scenario, ScenarioCode
from evenroll.costs.payback import PaybackCode, payback_of
from evenroll.costs.rewards import Reward
from evenroll.programs.program import Coverage
from evenroll.quantities.identifiers import RateKey


def _comparison(today: str, managed: str, paid: str) -> Comparison:
    def scenario(code: ScenarioCode, usd: str) -> Scenario:
        told = Range(low=Decimal(usd), mid=Decimal(usd), high=Decimal(usd))
        return Scenario(code=code, rate=RateKey("R"), cost=told, pev=told, lines=())

    return Comparison(
        coverage=Coverage.BOTH,
        year=2026,
        scenarios=(scenario(ScenarioCode.TODAY, today), scenario(ScenarioCode.PROGRAM_MANAGED, managed)),
        assumptions=(),
        rewards=(Reward(code="bonus", low=Decimal(paid), high=Decimal(1000)),),
    )


@pytest.mark.parametrize(
    ("today", "managed", "paid", "code", "years"),
    [
        ("1000.00", "800.00", "0", PaybackCode.YEARS, "2.5"),
        ("1000.00", "800.00", "100", PaybackCode.YEARS, "2.0"),
        ("1000.00", "800.00", "500", PaybackCode.AT_ONCE, None),
        ("1000.00", "1000.00", "0", PaybackCode.NEVER, None),
        ("1000.00", "1200.00", "499.99", PaybackCode.NEVER, None),
        ("1000.00", "1200.00", "600", PaybackCode.AT_ONCE, None),
    ],
)
def test_equipment_is_paid_back_by_what_is_saved_or_never(
    today: str, managed: str, paid: str, code: PaybackCode, years: str | None
) -> None:
    found = payback_of(_comparison(today, managed, paid), equipment_usd=Decimal(500))
    assert (found.code, found.years) == (code, None if years is None else Decimal(years))
