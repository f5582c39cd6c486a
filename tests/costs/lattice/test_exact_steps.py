"""The steps of the kernels that guess in floating point are exact over the whole range that is admitted."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import example, given, settings
from hypothesis import strategies as st

from evenroll.costs.lattice.kernels import CENT_E11, divided, portion, to_cents
from evenroll.costs.lattice.parts import cents_of
from evenroll.quantities.money import Rounding

LARGEST = 2**31 - 1
WH = st.integers(1, LARGEST) | st.integers(LARGEST - 1000, LARGEST) | st.integers(1, 1000)


@given(rest=WH, run=WH, take=WH)
@example(rest=LARGEST, run=LARGEST, take=LARGEST)
@example(rest=LARGEST, run=LARGEST - 1, take=LARGEST - 1)
@example(rest=LARGEST, run=1_362_286_841, take=2_024_626_617)  # one below a whole: floating point says the whole
@settings(max_examples=500)
def test_a_portion_is_rounded_down_exactly(rest: int, run: int, take: int) -> None:
    run, take = min(run, rest), min(take, rest)
    assert portion(take, run, rest) == take * run // rest


@given(
    cents=st.integers(-(2**32), 2**32),
    off=st.sampled_from([-1, 0, 1]) | st.integers(-(CENT_E11 // 2), CENT_E11 // 2),
    even=st.booleans(),
)
@example(cents=(2**62 - 1) // CENT_E11, off=0, even=True)
@settings(max_examples=500)
def test_a_line_is_rounded_once_and_exactly(cents: int, off: int, even: bool) -> None:
    amount = cents * CENT_E11 + CENT_E11 // 2 + off
    rule = Rounding.HALF_EVEN if even else Rounding.HALF_UP
    assert to_cents(amount, 0, int(even)) == cents_of(Fraction(amount, 100 * CENT_E11), rule=rule)


def test_what_is_a_little_more_than_half_a_cent_goes_up_by_any_rule() -> None:
    half = 2 * CENT_E11 + CENT_E11 // 2
    assert (to_cents(half, 0, 1), to_cents(half, 1, 1), to_cents(half, 0, 0)) == (2, 3, 3)
    assert (to_cents(-half, 0, 1), to_cents(-half, 1, 1), to_cents(-half, 0, 0)) == (-2, -3, -3)


@given(size=st.integers(0, 2**62 - 1), by=st.integers(1, 2**31 - 1) | st.integers(1, 1000) | st.just(1_000_000))
@example(size=2**62 - 1, by=1)
@example(size=2**62 - 1, by=2**31 - 1)
@example(size=2**53 + 1, by=1)
@settings(max_examples=500)
def test_a_division_is_rounded_down_exactly(size: int, by: int) -> None:
    assert divided(size, by) == size // by


@given(whole=st.integers(0, (2**62 - 1) // (2**31 - 1)), by=st.integers(2**30, 2**31 - 1), off=st.integers(-1, 1))
@settings(max_examples=500)
def test_a_division_is_exact_beside_whole_multiples(whole: int, by: int, off: int) -> None:
    size = max(whole * by + off, 0)
    assert divided(size, by) == size // by
