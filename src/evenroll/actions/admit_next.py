"""Action: a free place of a program is offered to the next in its waiting list."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.event import event_kind
from evenroll.quantities.identifiers import ProgramKey
from evenroll.records.asked import Answer, Asked, Taken
from evenroll.records.gathered import case_facts
from evenroll.records.program_lines import next_in_line
from evenroll.records.taking import LineMoved, not_due, take
from evenroll.records.unit_of_work import UnitOfWork


def admit_next(work: UnitOfWork, *, asked: Asked) -> Answer:
    """asked.number is the program. One place at a time; while more are free the clock asks again at once."""
    return take(work, asked, name=CommandName.ADMIT_NEXT, act=lambda: _offer(work, asked))


def _offer(work: UnitOfWork, asked: Asked) -> Answer:
    program = ProgramKey(asked.number)
    # The case comes before the places in the order of locks, so the next in line is looked up, locked, and confirmed.
    number = next_in_line(program)
    if number is None and asked.lapsed is None:
        return Refusal(code=RefusalCode.PROGRAM_UNKNOWN)
    case = work.case(number) if number else None
    places = work.program_places(program)
    answer = not_due(asked, places.tracks)
    if answer is not None:
        return answer
    if next_in_line(program) != number:
        raise LineMoved(f"Another one than case {number} is next in line for {program}; take the command again.")
    if case is None or number is None:
        return Refusal(code=RefusalCode.PROGRAM_UNKNOWN)
    decided = decide_case(case, CommandName.ADMIT_NEXT, asked.command, case_facts(work, case, places=places))
    if isinstance(decided, Refusal):
        return decided
    after = work.record_case(number, decided, expected=case)
    return Taken(number=number, state=after.status.value, events=tuple(event_kind(each) for each in decided.events))
