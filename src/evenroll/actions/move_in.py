"""Action: the next occupant of a usage point begins at the standard rate and on the default supply."""

from __future__ import annotations

from datetime import timedelta

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decide_moving import moved_in
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.messages import MoveTold
from evenroll.enrollment.moving_commands import MoveIn
from evenroll.enrollment.roles import OrganizationKind
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.quantities.identifiers import AccountId, CaseNumber, PodId
from evenroll.records import register
from evenroll.records.asked import Answer, Asked, Taken
from evenroll.records.gathered import case_facts, open_cases_at
from evenroll.records.moving_facts import set_occupant, standard_rate
from evenroll.records.organizations import organization_keys
from evenroll.records.streams import case_stream, point_stream
from evenroll.records.taking import take
from evenroll.records.unit_of_work import UnitOfWork


def move_in(work: UnitOfWork, *, asked: Asked) -> Answer:
    """asked.number is the usage point. Whoever lived there and did not say that they left, left the day before."""
    command, pod = asked.command, PodId(asked.number)

    def act() -> Answer:
        if not isinstance(command, MoveIn):
            return Refusal(code=RefusalCode.NOT_ALLOWED, parameters={"command": CommandName.MOVE_IN.value})
        work.lock(point_stream(pod))
        point = work.usage_point(pod)
        found = register.point(work.organization, pod=pod)
        account = register.account(work.organization, account_id=command.account)
        if point is None or found is None:
            return Refusal(code=RefusalCode.POINT_NOT_OFFERED, parameters={"pod": pod})
        if account is None:
            return Refusal(code=RefusalCode.ACCOUNT_UNKNOWN, parameters={"pod": pod})
        if found.account == command.account:
            return Refusal(code=RefusalCode.STILL_OCCUPIED, parameters={"pod": pod})
        return _moves(work, command, point)

    return take(work, asked, name=CommandName.MOVE_IN, act=act)


def _moves(work: UnitOfWork, command: MoveIn, point: UsagePoint) -> Answer:
    numbers = open_cases_at(point.pod)
    work.lock(*(case_stream(number) for number in numbers))
    on = command.moved_on
    rate = command.rate or standard_rate(work.organization, point=point, on=on)
    registrars = organization_keys(kind=OrganizationKind.CLEARINGHOUSE)
    utility, today = work.organization, work.business_on
    decided = moved_in(point, on=on, rate=rate, utility=utility, today=today, registrars=registrars)
    if isinstance(decided, Refusal):
        return decided
    told = MoveTold(pod=point.pod, moved_on=on - timedelta(days=1))
    left = tuple(name for number in numbers for name in _left(work, told, number, account=command.account))
    work.record_point(point.pod, Decided(events=decided.events, messages=decided.messages), expected=point)
    set_occupant(point.pod, account=command.account)
    return Taken(number=point.pod, state="occupied", events=("occupant_moved_in", *left))


def _left(work: UnitOfWork, told: MoveTold, number: CaseNumber, *, account: AccountId) -> tuple[str, ...]:
    """The end of a case of who lived there before; the new occupant's own application goes on."""
    case = work.case(number)
    if case is None or case.proof.account in (None, account):
        return ()
    decided = decide_case(case, CommandName.HEAR_MOVE, told, case_facts(work, case))
    if isinstance(decided, Refusal) or not decided.events:
        return ()
    work.record_case(number, decided, expected=case)
    return (f"case/{number}",)
