"""Bugs that are planted in the figures of reports, and the tests that must find each."""

from __future__ import annotations

from tests.mutants.mutants import Change, Mutant

_RECORDS = "src/evenroll/records"
_KEPT = "tests/records/test_report_figures.py"
_PAGES = "tests/web/test_reports.py"

REPORT_MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="reports: what a case was before stays in the sums",
        changes=(
            Change(
                file=f"{_RECORDS}/report_taking.py",
                old="for lines, sign in ((gone, -1), (come, 1)):",
                new="for lines, sign in ((come, 1),):",
            ),
        ),
        caught_by=(f"{_KEPT}::test_kept_figures_are_those_of_the_journal_after_any_history",),
    ),
    Mutant(
        name="reports: a portion passes over the last entries that it found",
        changes=(
            Change(
                file=f"{_RECORDS}/report_taking.py",
                old="is_whole = len(found) < limit",
                new="is_whole = True",
            ),
        ),
        caught_by=(f"{_KEPT}::test_kept_figures_are_those_of_the_journal_after_any_history",),
    ),
    Mutant(
        name="reports: a number leads to the rows of the whole, whatever was chosen",
        changes=(
            Change(
                file=f"{_RECORDS}/report_rows.py",
                old="where = Composed([_OF_ONE, *([_AFTER] if after else []), chosen_where(behind.chosen), _FIRST])",
                new="where = Composed([_OF_ONE, *([_AFTER] if after else []), _FIRST])",
            ),
        ),
        caught_by=(f"{_PAGES}::test_numbers_under_a_choice_lead_to_rows_under_it",),
    ),
)
