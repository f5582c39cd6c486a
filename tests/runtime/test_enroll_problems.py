"""What `evenroll enroll` tells beside the result file: the first problems, and how many there are."""

from __future__ import annotations

from evenroll.intake.result_file import ResultRow
from evenroll.runtime.cli_enroll import PROBLEMS_KEPT, Problems


def row(number: int, *, result: str, code: str = "missing") -> ResultRow:
    problems = ({"column": "", "code": code, "sentence": f"Row {number}."},)
    return ResultRow(row=number, application="", result=result, problems=problems)


def test_problems_of_a_long_file_are_counted_and_the_first_are_kept() -> None:
    problems = Problems()
    for number in range(2 * PROBLEMS_KEPT):
        problems.note(row(number, result="bad_row"))
    assert problems.count == 2 * PROBLEMS_KEPT
    assert problems.first == [f"Row {number}." for number in range(PROBLEMS_KEPT)]


def test_of_a_row_that_was_accepted_only_a_hold_is_told() -> None:
    problems = Problems()
    problems.note(row(1, result="accepted"))
    problems.note(row(2, result="accepted", code="held"))
    problems.note(row(3, result="refused"))
    assert (problems.first, problems.count) == (["Row 2.", "Row 3."], 2)
