"""Bugs in matching past bills, planted one by one; small tests must find each."""

from __future__ import annotations

from tests.mutants.mutants import Change, Mutant

_MATCHING = "src/evenroll/costs/matching"
_TESTS = "tests/costs/matching"


def _mutant(name: str, *, file: str, old: str, new: str, test: str) -> Mutant:
    return Mutant(
        name=f"matching: {name}",
        changes=(Change(file=file, old=old, new=new),),
        caught_by=(f"{_TESTS}/{test}",),
        seconds=240,
    )


MATCHING_MUTANTS: tuple[Mutant, ...] = (
    _mutant(
        "a line that the bill leaves out is no difference",
        file=f"{_MATCHING}/differing.py",
        old="for each in left if each.amount]",
        new="for each in left if each.amount < 0]",
        test="test_verdict.py",
    ),
    _mutant(
        "a total that is not the sum of its lines goes unseen",
        file=f"{_MATCHING}/differing.py",
        old="if bill.total is not None and bill.total != told:",
        new="if bill.total is not None and bill.total < told:",
        test="test_verdict.py",
    ),
    _mutant(
        "a reason that heals one line is said to explain the whole bill",
        file=f"{_MATCHING}/verdict.py",
        old="whole = [each for each in tried if not each.left] or",
        new="whole = [each for each in tried if len(each.left) < 2] or",
        test="test_verdict.py",
    ),
    _mutant(
        "the meter's clock is ahead where it is behind",
        file=f"{_MATCHING}/making.py",
        old="return np.roll(row, shift)",
        new="return np.roll(row, -shift)",
        test="test_clock_by_hand.py",
    ),
    _mutant(
        "energy in a register that the rate does not price is lost",
        file=f"{_MATCHING}/making.py",
        old="if len(wanted) > 1 and any(wh for name, wh in parts.items() if name not in wanted):",
        new="if len(wanted) > 9 and any(wh for name, wh in parts.items() if name not in wanted):",
        test="test_verdict.py",
    ),
    _mutant(
        "limits of tiers that are stated by the day are prorated by another habit too",
        file="src/evenroll/costs/lattice/parts.py",
        old="if practice.limits is not None and basis is not StepBasis.DAY:",
        new="if practice.limits is not None:",
        test="test_tiers_and_demand.py",
    ),
)
