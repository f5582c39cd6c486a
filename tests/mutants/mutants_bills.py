"""Bugs in the bills of many customers, planted one by one; small tests must find each."""

from __future__ import annotations

from tests.mutants.mutants import Change, Mutant

_LATTICE = "src/evenroll/costs/lattice"
_TESTS = "tests/costs/lattice"


def _mutant(name: str, *, file: str, old: str, new: str, test: str) -> Mutant:
    return Mutant(
        name=f"bills: {name}",
        changes=(Change(file=f"{_LATTICE}/{file}", old=old, new=new),),
        caught_by=(f"{_TESTS}/{test}",),
        seconds=240,
    )


BILL_MUTANTS: tuple[Mutant, ...] = (
    _mutant(
        "the hour that comes twice in autumn runs on as if the clock had not jumped",
        file="segments.py",
        old="if pieces and pieces[-1][3] + pieces[-1][1] == slot:",
        new="if pieces:",
        test="test_by_hand.py",
    ),
    _mutant(
        "a new price holds from the day after its first",
        file="parts.py",
        old="each.effective_on <= span.start_on",
        new="each.effective_on < span.start_on",
        test="test_by_hand.py",
    ),
    _mutant(
        "the highest demand is that of the last day",
        file="fold.py",
        old="builder.store(_larger(builder, builder.load(highest), value), highest)",
        new="builder.store(value, highest)",
        test="test_oracle.py",
    ),
    _mutant(
        "a share of a tier is as floating point has it",
        file="kernels.py",
        old="return guess + int(off >= rest) - int(off < 0)",
        new="return guess",
        test="test_exact_steps.py",
    ),
    _mutant(
        "a quotient guessed too low stays so",
        file="kernels.py",
        old="return guess + int(size - guess * CENT_E11 >= CENT_E11)",
        new="return guess",
        test="test_exact_steps.py",
    ),
    _mutant(
        "half a cent always goes up",
        file="kernels.py",
        old="is_half & even & (1 - rest)",
        new="is_half & 0 & (1 - rest)",
        test="test_exact_steps.py",
    ),
    _mutant(
        "a minimum bill looks at events too",
        file="tables.py",
        old="int(line.code in BESIDE_RATE)",
        new="int(line.code not in BESIDE_RATE and line.price_e8 < 0)",
        test="test_hours_and_events.py",
    ),
)
