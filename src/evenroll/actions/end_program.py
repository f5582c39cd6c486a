"""Action: the program manager ends a program on a day; everybody in it is told, and led out on that day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from evenroll.actions.publish_program import publish_program
from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.roles import Role
from evenroll.quantities.identifiers import ProgramKey
from evenroll.records.asked import Answer, Taken
from evenroll.records.program_shelf import program_versions
from evenroll.records.unit_of_work import UnitOfWork

COMMAND = "end_program"

AHEAD_DAYS_MAX = 3653
"""Everybody is told at once, so an end more than ten years ahead is a slip of the pen."""


def end_program(work: UnitOfWork, *, program: ProgramKey, ends_on: date) -> Answer:
    """Publish a version with that last day; the one driver then gives each case its command, however often it stops.

    In the books of who publishes the program. The same day once more changes nothing; another day takes its place while
    the day before has not come.
    """
    if work.actor.role is not Role.PROGRAM_MANAGER or work.actor.organization != work.organization:
        return Refusal(code=RefusalCode.NOT_ALLOWED, parameters={"command": COMMAND, "role": work.actor.role.value})
    versions = [each for each in program_versions(program) if each.organization == work.organization]
    if not versions:
        return Refusal(code=RefusalCode.PROGRAM_UNKNOWN, parameters={"program": program})
    latest = versions[-1]
    if latest.ends_on == ends_on:
        return Taken(number=program, state="unchanged")
    passed = latest.ends_on is not None and latest.ends_on <= work.business_on
    latest_on = work.business_on + timedelta(days=AHEAD_DAYS_MAX)
    if not work.business_on <= ends_on <= latest_on or passed:
        between = {"earliest_on": work.business_on.isoformat(), "latest_on": latest_on.isoformat()}
        return Refusal(code=RefusalCode.DATE_WRONG, parameters={"date": ends_on.isoformat(), **between})
    closes_on = min(ends_on, latest.closes_on or ends_on)
    following = replace(latest, version=latest.version + 1, closes_on=closes_on, ends_on=ends_on)
    published = publish_program(work, program=following)
    if isinstance(published, Refusal):
        return published
    return Taken(number=program, state="ending", events=("program_ending",))
