"""The days that come next in an enrollment: what nobody has to do anything for, and everybody should know."""

from __future__ import annotations

from datetime import date

from evenroll.enrollment.case import Case
from evenroll.enrollment.form import Language
from evenroll.pages.formats import day
from evenroll.runtime.output_console import Output


def next_days(case: Case) -> dict[str, date]:
    """The days by what they are, the soonest first."""
    found = {
        "minimum stay is over": case.agreement.minimum_stay_ends_on if case.agreement and case.live_places else None,
        "ends if it is not cured": case.suspension.ends_on if case.suspension and not case.is_ended else None,
        "service goes back": case.leaving.switch_on if case.leaving and not case.is_ended else None,
        "leaves not before": case.leave.not_before_on if case.leave and not case.is_ended else None,
        "the program ends": case.closes_on if not case.is_ended else None,
        "may enroll again": case.lockout_ends_on,
    }
    known = {name: on for name, on in found.items() if on is not None}
    return dict(sorted(known.items(), key=lambda each: each[1]))


def show_days(case: Case, *, output: Output, language: Language) -> None:
    """The days as a table, where there are any."""
    days = next_days(case)
    if days:
        output.heading("Days to know")
        output.table(("day", "what"), [(day(on, language=language), name) for name, on in days.items()])


def told_days(case: Case) -> dict[str, date]:
    """The days for machines."""
    return {name.replace(" ", "_"): on for name, on in next_days(case).items()}
