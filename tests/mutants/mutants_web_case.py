"""Holes that are planted in a customer's own case and its papers, and the tests that must find each."""

from __future__ import annotations

from tests.mutants.mutants import Change, Mutant

_READING = "tests/intake/test_paper_reading.py"
_CASE = "tests/web/test_case_papers.py"
_DESK = "tests/web/test_desk_papers.py"

WEB_CASE_MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="advice: a calendar tells the hours of workdays on holidays too",
        changes=(
            Change(
                file="src/evenroll/costs/cheap_hours.py",
                old="out = tuple(day for day in said if day not in begun)",
                new="out = ()",
            ),
        ),
        caught_by=("tests/pages/test_calendar_file.py::test_a_calendar_unfolds_the_cheapest_hours",),
    ),
    Mutant(
        name="advice: a stranger reads the advice of a case",
        changes=(
            Change(
                file="src/evenroll/portal/guide_page.py",
                old="    own = own_case(request, number)\n    if own.program",
                new='    if True:\n        return guided_program("LE-EV-NIGHT")\n    if own.program',
            ),
        ),
        caught_by=("tests/web/test_guide.py::test_a_case_of_somebody_else_is_not_there",),
    ),
    Mutant(
        name="papers: scripts among the packed objects of a PDF are not looked for",
        changes=(
            Change(
                file="src/evenroll/intake/paper_pdf.py",
                old="            if any(_acts(each) for each in found.objects):",
                new="            if any(_acts(each) for each in [found.trailer]):",
            ),
        ),
        caught_by=(f"{_READING}::test_a_file_that_is_no_paper_or_could_do_harm_is_refused_by_name",),
    ),
    Mutant(
        name="papers: a photo is kept as it came",
        changes=(
            Change(
                file="src/evenroll/intake/paper_image.py",
                old="    return written.getvalue()",
                new="    return content",
            ),
        ),
        caught_by=(f"{_READING}::test_of_a_photo_only_the_picture_is_kept_upright",),
    ),
    Mutant(
        name="papers: an erasure forgets them",
        changes=(
            Change(
                file="src/evenroll/records/erasing.py",
                old="    wanted |= records_of([case.number for case in cases])\n",
                new="",
            ),
        ),
        caught_by=(f"{_CASE}::test_an_erasure_of_the_person_destroys_the_papers",),
    ),
    Mutant(
        name="papers: one is handed out without the look being noted",
        changes=(
            Change(
                file="src/evenroll/backoffice/papers.py",
                old="        note_look(number, what=",
                new="        tuple((number, note_look)) or dict(what=",
            ),
        ),
        caught_by=(f"{_DESK}::test_a_paper_is_a_file_for_who_says_why_and_the_look_is_noted",),
    ),
    Mutant(
        name="papers: a customer says a document is here that was never sent",
        changes=(
            Change(
                file="src/evenroll/portal/case_questions.py",
                old='    if not there:\n        del form.fields["documents"]\n        return\n',
                new="    if not there:\n        return\n",
            ),
        ),
        caught_by=(f"{_CASE}::test_what_is_missing_is_sent_told_and_decided_on",),
    ),
)
