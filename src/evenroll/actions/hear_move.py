"""Action: who serves a usage point beside us tells that its customer has left; what we have there ends with it."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.messages import MoveTold
from evenroll.enrollment.point_moves import vacated
from evenroll.enrollment.roles import OrganizationKind
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from evenroll.records.asked import Answer, Asked, Taken
from evenroll.records.gathered import case_facts, open_cases_at
from evenroll.records.moving_facts import note_vacancy
from evenroll.records.organizations import kinds_of
from evenroll.records.registry_move import supply_after_move
from evenroll.records.streams import case_stream, point_stream
from evenroll.records.taking import take
from evenroll.records.unit_of_work import UnitOfWork


def hear_move(work: UnitOfWork, *, asked: Asked) -> Answer:
    """asked.number is the usage point. Told among those who serve it, wires and supply, and to the registrar."""
    command = asked.command

    def act() -> Answer:
        if not isinstance(command, MoveTold):
            return Refusal(code=RefusalCode.NOT_ALLOWED, parameters={"command": CommandName.HEAR_MOVE.value})
        if command.moved_on > work.business_on:
            # Who has left is told of once the last day is over; nothing here ends on a day to come.
            return Refusal(code=RefusalCode.DATE_WRONG, parameters={"date": command.moved_on.isoformat()})
        return _as_registrar(work, command) or _heard(work, command)

    return take(work, asked, name=CommandName.HEAR_MOVE, act=act)


def _as_registrar(work: UnitOfWork, command: MoveTold) -> Answer | None:
    """What the registry made of it; None where we keep none, or it goes on to our own cases: a utility may keep one."""
    kinds = kinds_of(work.organization)
    if OrganizationKind.CLEARINGHOUSE not in kinds:
        return None
    serves = OrganizationKind.UTILITY in kinds and work.actor.organization != work.organization
    if serves:
        # Our own cases there come before the registry's requests in the order of locks.
        _lock_cases(work, command)
    answer = supply_after_move(work, command)
    return None if serves and isinstance(answer, Taken) else answer


def _lock_cases(work: UnitOfWork, command: MoveTold) -> tuple[CaseNumber, ...]:
    """Lock the usage point and our cases there that have not ended; which ones."""
    work.lock(point_stream(command.pod))
    numbers = open_cases_at(command.pod)
    work.lock(*(case_stream(number) for number in numbers))
    return numbers


def _heard(work: UnitOfWork, command: MoveTold) -> Answer:
    """What was done; refused where the sender has no part in this usage point."""
    sender = work.actor.organization
    numbers = _lock_cases(work, command)
    point = work.usage_point(command.pod)
    agreement = point.agreement_on(command.moved_on) if point else None
    if agreement is not None and sender not in (agreement.supplier, work.organization):
        return Refusal(code=RefusalCode.POINT_NOT_OFFERED, parameters={"pod": command.pod})
    events = tuple(name for number in numbers for name in _left(work, command, number, sender))
    gone = vacated(point, command.moved_on)
    if gone:
        work.record_point(command.pod, Decided(events=gone), expected=point)
        note_vacancy(work, command.pod)
    return Taken(number=command.pod, state="moved", events=(*events, *(("point_vacated",) if gone else ())))


def _left(work: UnitOfWork, command: MoveTold, number: CaseNumber, sender: OrganizationKey) -> tuple[str, ...]:
    case = work.case(number)
    if case is None or case.provider is None or sender not in (case.provider.utility, case.provider.supplier):
        return ()
    decided = decide_case(case, CommandName.HEAR_MOVE, command, case_facts(work, case))
    if isinstance(decided, Refusal) or not decided.events:
        return ()
    work.record_case(number, decided, expected=case)
    return (f"case/{number}",)
