"""What is left to do for programs that end: cases to tell before the day, and cases to lead out on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from evenroll.enrollment.leaving_commands import CloseProgram
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from evenroll.records.organizations import open_organization
from evenroll.records.past_enrollments import cases_of_program
from evenroll.records.program_shelf import ending_programs


@dataclass(frozen=True, kw_only=True, slots=True)
class Closing:
    """A case of a program that ends, and the command that is given to it."""

    number: CaseNumber
    command: CloseProgram


def due(
    organization: OrganizationKey, *, now: datetime, limit: int, but: Iterable[CaseNumber] = ()
) -> tuple[Closing, ...]:
    """The cases that an ending program still concerns, at most so many.

    but: those in whose way something is, so that they hide no other.

    Nothing is claimed: two workers that give the command to one case at once leave one story, for it takes effect once.
    """
    found, left_out = list[Closing](), tuple(but)
    with open_organization(organization) as opened:
        today = opened.calendar.business_date(now)
        for program, ends_on in ending_programs(organization):
            told_on = ends_on if today < ends_on else None
            numbers = cases_of_program(program, told_on=told_on, limit=limit - len(found), but=left_out)
            found += [
                Closing(number=number, command=CloseProgram(program=program, closes_on=ends_on)) for number in numbers
            ]
            if len(found) >= limit:
                break
    return tuple(found)
