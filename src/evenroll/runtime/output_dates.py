"""The days that come next in an enrollment: what nobody has to do anything for, and everybody should know."""

from __future__ import annotations

from datetime import date

from evenroll.enrollment.case import Case
from evenroll.enrollment.form import Language
from evenroll.pages.case_words import CaseWord, DayWord
from evenroll.pages.formats import day
from evenroll.pages.texts import render
from evenroll.runtime.output_console import Output


def next_days(case: Case) -> dict[DayWord, date]:
    """The days by what they are, the soonest first."""
    found = {
        DayWord.STAY: case.agreement.minimum_stay_ends_on if case.agreement and case.live_places else None,
        DayWord.SUSPENSION: case.suspension.ends_on if case.suspension and not case.is_ended else None,
        DayWord.BACK: case.leaving.switch_on if case.leaving and not case.is_ended else None,
        DayWord.LEAVES: case.leave.not_before_on if case.leave and not case.is_ended else None,
        DayWord.PROGRAM_ENDS: case.closes_on if not case.is_ended else None,
        DayWord.AGAIN: case.lockout_ends_on,
    }
    known = {name: on for name, on in found.items() if on is not None}
    return dict(sorted(known.items(), key=lambda each: each[1]))


def show_days(case: Case, *, output: Output, language: Language) -> None:
    """The days as a table, where there are any."""
    days = next_days(case)
    if days:
        output.heading(render(CaseWord.DAYS, language=language))
        output.table(
            tuple(render(each, language=language) for each in (CaseWord.DAY, CaseWord.WHAT)),
            [(day(on, language=language), render(name, language=language)) for name, on in days.items()],
        )


def told_days(case: Case) -> dict[str, date]:
    """The days for machines."""
    return {name.value: on for name, on in next_days(case).items()}
