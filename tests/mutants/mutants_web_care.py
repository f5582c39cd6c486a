"""Bugs that are planted where staff could do more than they mean, or see more than is theirs."""

from __future__ import annotations

from tests.mutants.mutants import Change, Mutant

_CREW = "tests/web/test_desk_crew.py"
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
    Mutant(
        name="crew: every order of the utility opens",
        changes=(
            Change(
                file="src/evenroll/records/queries.py",
                old="viewer.on is not None and order.visit is not None and order.visit.visit_on == viewer.on",
                new="viewer.on is not None",
            ),
        ),
        caught_by=(f"{_CREW}::test_a_crew_finds_the_orders_of_its_day_and_no_others",),
    ),
    Mutant(
        name="crew: the whole queue is shown",
        changes=(
            Change(
                file="src/evenroll/records/desk_queue.py",
                old="(viewer.role is Role.METER_CREW, _CREWS),",
                new="(False, _CREWS),",
            ),
        ),
        caught_by=(f"{_CREW}::test_a_crew_finds_the_orders_of_its_day_and_no_others",),
    ),
    Mutant(
        name="crew: what was billed is told",
        changes=(
            Change(
                file="src/evenroll/records/queries.py",
                old="not (is_crew and each.row in _NOT_METER_WORK)",
                new="not (is_crew and each.row in ())",
            ),
        ),
        caught_by=(f"{_CREW}::test_a_crew_hears_of_the_meter_and_not_of_money",),
    ),
)
