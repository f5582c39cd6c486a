"""Action: the program manager says how many a program admits; more places are offered, nobody who has one loses it."""

from __future__ import annotations

from evenroll.enrollment import decide_waiting
from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide_waiting import SetCap
from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.event import event_kind
from evenroll.quantities.identifiers import ProgramKey
from evenroll.records.asked import Answer, Asked, Taken
from evenroll.records.program_lines import heeded_version, live_cases
from evenroll.records.program_shelf import program_versions
from evenroll.records.streams import case_stream
from evenroll.records.taking import take
from evenroll.records.unit_of_work import UnitOfWork


def set_cap(work: UnitOfWork, *, asked: Asked) -> Answer:
    """asked.number is the program; without numbers its latest published version says how many."""
    command = asked.command if isinstance(asked.command, SetCap) else SetCap()
    return take(work, asked, name=CommandName.SET_CAP, act=lambda: _set(work, ProgramKey(asked.number), command))


def _set(work: UnitOfWork, program: ProgramKey, command: SetCap) -> Answer:
    own = [each for each in program_versions(program) if each.organization == work.organization]
    if not own:
        return Refusal(code=RefusalCode.PROGRAM_UNKNOWN)
    # The cases come before the places in the order of locks.
    already = _lock_uncounted(work, program) if own[-1].cap is not None and not heeded_version(program) else ()
    places = work.program_places(program)
    decided = decide_waiting.set_cap(places, command, latest=own[-1])
    if isinstance(decided, Refusal):
        return decided
    work.tell_places(decided.place_events)
    for case in already:
        counted = decide_waiting.count_already(case, own[-1])
        if counted.events:
            work.record_case(case.number, counted, expected=case)
    work.settle_places()
    state = work.program_places(program).state
    return Taken(
        number=program,
        state=state.value if state else "",
        events=tuple(event_kind(each) for each in decided.place_events),
    )


def _lock_uncounted(work: UnitOfWork, program: ProgramKey) -> tuple[Case, ...]:
    """The cases that live in a program of which no cap was ever heeded, locked in the order of their numbers."""
    numbers = live_cases(program)
    if numbers:
        work.lock(*(case_stream(number) for number in numbers))
    found = (work.case(number) for number in numbers)
    return tuple(case for case in found if case is not None)
