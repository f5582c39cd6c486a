"""Bugs that are planted where staff could do more than they mean, or see more than is theirs."""

from __future__ import annotations

from tests.mutants.mutants import Change, Mutant

_CREDITS = "tests/web/test_desk_credits.py"

CARE_MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="credits: who names none means all",
        changes=(
            Change(
                file="src/evenroll/enrollment/decide_money.py",
                old='return Refusal(code=RefusalCode.CREDITS_NOT_NAMED, parameters={"case": case.number})',
                new="return credits_ready(case, to=to)",
            ),
        ),
        caught_by=("tests/enrollment/test_money_named.py::test_no_credit_is_approved_or_sent_that_nobody_named",),
    ),
    Mutant(
        name="credits: what is ticked is done at once",
        changes=(
            Change(
                file="src/evenroll/backoffice/act.py",
                old="if name in COMES_TO and CHECKED not in request.POST:",
                new="if name not in COMES_TO and CHECKED not in request.POST and CHECKED in request.GET:",
            ),
        ),
        caught_by=(f"{_CREDITS}::test_what_was_ticked_is_shown_with_its_total_and_then_alone_approved",),
    ),
)
