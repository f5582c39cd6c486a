"""Holes that are planted in the finder and in enrolling, and the tests that must find each."""

from __future__ import annotations

from tests.mutants.mutants import Change, Mutant

_PORTAL = "src/evenroll/portal"

WEB_FIND_MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="finder: a comparison is kept although a price changed",
        changes=(
            Change(file=f"{_PORTAL}/find_asking.py", old="        stamps,\n        use and", new="        use and"),
        ),
        caught_by=("tests/web/test_find_once.py::test_a_change_of_prices_is_seen_at_once",),
    ),
    Mutant(
        name="finder: one customer's own use answers another's",
        changes=(Change(file=f"{_PORTAL}/find_asking.py", old="        use and use.digest,\n", new=""),),
        caught_by=("tests/web/test_find_once.py::test_another_answer_is_compared_anew",),
    ),
    Mutant(
        name="finder: the hours of a household stay in the process",
        changes=(
            Change(
                file=f"{_PORTAL}/find_asking.py",
                old="question=replace(priced, use=_summed(question.use))",
                new="question=priced",
            ),
        ),
        caught_by=("tests/web/test_find_once.py::test_no_hours_of_anybody_are_kept",),
    ),
)
