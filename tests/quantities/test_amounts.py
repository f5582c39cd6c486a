"""Money and energy: rounded once, exact before."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenroll.quantities.energy import ReadImplausible, Wh, kwh, register_advance
from evenroll.quantities.money import AmountWrong, Rounding, cents

ROLLOVER_WH = 100_000_000


@pytest.mark.parametrize(
    ("amount", "half_up", "half_even"),
    [("0.125", "0.13", "0.12"), ("0.135", "0.14", "0.14"), ("-0.125", "-0.13", "-0.12"), ("7", "7.00", "7.00")],
)
def test_cents_by_rule(amount: str, half_up: str, half_even: str) -> None:
    assert str(cents(Decimal(amount))) == half_up
    assert str(cents(Decimal(amount), rule=Rounding.HALF_EVEN)) == half_even


def test_cents_of_odd_amounts() -> None:
    assert str(cents(Decimal("-0.001"))) == "0.00"
    assert str(cents(Decimal("1" * 40))) == "1" * 40 + ".00"
    with pytest.raises(AmountWrong, match="no amount of money"):
        cents(Decimal("NaN"))


@given(st.integers(-(10**40), 10**40))
def test_kwh_is_exact(wh: int) -> None:
    energy = kwh(wh)
    assert int(str(energy).replace(".", "")) == wh
    assert energy.as_tuple().exponent == -3


@given(start_wh=st.integers(0, ROLLOVER_WH - 1), advance_wh=st.integers(0, ROLLOVER_WH // 2 - 1))
def test_register_advance_goes_over_the_top(start_wh: int, advance_wh: int) -> None:
    end_wh = (start_wh + advance_wh) % ROLLOVER_WH
    assert register_advance(start_wh, end_wh, rollover_wh=ROLLOVER_WH) == Wh(advance_wh)


@pytest.mark.parametrize(
    ("start_wh", "end_wh", "says"),
    [(5000, 4000, "ran backwards"), (0, ROLLOVER_WH, "end read"), (-1, 5, "start read"), (0, ROLLOVER_WH // 2, "half")],
)
def test_implausible_reads_are_refused(start_wh: int, end_wh: int, says: str) -> None:
    with pytest.raises(ReadImplausible, match=says):
        register_advance(start_wh, end_wh, rollover_wh=ROLLOVER_WH)
