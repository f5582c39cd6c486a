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
        name="finder: warm at the start only, and cold again with the first change of prices",
        changes=(Change(file=f"{_PORTAL}/find_warm.py", old="    if ground != before:", new="    if before is None:"),),
        caught_by=("tests/web/test_find_warm.py::test_the_first_reader_after_a_change_of_prices_reads_none",),
    ),
    Mutant(
        name="finder: all who come at once work out the same prices",
        changes=(
            Change(
                file=f"{_PORTAL}/find_kept.py", old="                if ahead is None:", new="                if True:"
            ),
        ),
        caught_by=("tests/web/test_find_warm.py::test_of_those_who_ask_at_once_one_works_it_out",),
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
    Mutant(
        name="finder: figures that nobody was shown are kept as if they had been",
        changes=(
            Change(
                file=f"{_PORTAL}/find_choosing.py", old='if request.POST.get("shown", "") != mark:', new="if not mark:"
            ),
        ),
        caught_by=("tests/web/test_hand_over.py::test_figures_that_changed_are_shown_before_anything_is_kept",),
    ),
    Mutant(
        name="enrolling: what the books of one organization know reaches another",
        changes=(
            Change(
                file=f"{_PORTAL}/enroll_told.py",
                old="person.role is not Role.CUSTOMER or person.organization != organization:",
                new="person.role is not Role.CUSTOMER:",
            ),
            Change(
                file=f"{_PORTAL}/enroll_told.py",
                old="    with open_organization(organization):",
                new="    with open_organization(request.person.organization):",
            ),
        ),
        caught_by=("tests/web/test_hand_over.py::test_of_another_organization_the_books_tell_nothing",),
    ),
    Mutant(
        name="enrolling: another organization's program keeps what one's books know",
        changes=(
            Change(
                file=f"{_PORTAL}/enroll_drafts.py",
                old='if program.organization != before.cells.get("organization"):',
                new='if not before.cells.get("organization"):',
            ),
        ),
        caught_by=("tests/web/test_hand_over.py::test_of_another_organization_the_books_tell_nothing",),
    ),
    Mutant(
        name="portal: codes are tried without end",
        changes=(Change(file=f"{_PORTAL}/enroll_resume.py", old="@limited(Door.RESUME)\n", new=""),),
        caught_by=("tests/web/test_doors.py::test_beyond_the_limit_a_right_code_is_told_like_a_wrong_one",),
    ),
    Mutant(
        name="portal: how long a door took tells what is behind it",
        changes=(Change(file=f"{_PORTAL}/doors.py", old="            own.wait(began)\n", new="            pass\n"),),
        caught_by=("tests/web/test_doors.py::test_an_answer_comes_at_the_end_of_a_step_of_time",),
    ),
    Mutant(
        name="portal: on a shared computer the session outlives its window",
        changes=(
            Change(
                file="src/evenroll/records/web_sessions.py",
                old="return self.is_shared or super().get_expire_at_browser_close()",
                new="return super().get_expire_at_browser_close()",
            ),
        ),
        caught_by=("tests/web/test_staying.py::test_on_a_shared_computer_all_ends_with_the_window_and_soon",),
    ),
    Mutant(
        name="report: a draft is counted at each sending of a page",
        changes=(
            Change(
                file="src/evenroll/records/drafts.py",
                old="new = [each for each in drafted.steps if each not in before.drafted.counted]",
                new="new = list(drafted.steps)",
            ),
        ),
        caught_by=("tests/web/test_drafts_counted.py::test_each_step_is_counted_once_for_a_draft",),
    ),
)
