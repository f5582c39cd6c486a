"""Action: the wires utility is told of a PEV at a usage point, or that it charges there no more (rule 20)."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.point_pevs import PevNoted, PevTakenOff
from evenroll.enrollment.rows import Row
from evenroll.enrollment.supply import PevAtPoint
from evenroll.enrollment.supply_messages import PevTold, PevWithdrawn
from evenroll.records.asked import Answer, Asked, Taken
from evenroll.records.streams import point_stream
from evenroll.records.taking import take
from evenroll.records.unit_of_work import UnitOfWork


def hear_pev(work: UnitOfWork, *, asked: Asked) -> Answer:
    """asked.number is the usage point. The same once more changes nothing; what is told anew of a case replaces it.

    What is taken back goes, if who told of it takes it back: of one that is not there nothing is left to do.
    """
    command = asked.command

    def act() -> Answer:
        match command:
            case PevTold():
                return _noted(work, command)
            case PevWithdrawn():
                return _taken_off(work, command)
            case _:
                return Refusal(code=RefusalCode.NOT_ALLOWED, parameters={"command": CommandName.HEAR_PEV.value})

    return take(work, asked, name=CommandName.HEAR_PEV, act=act)


def _noted(work: UnitOfWork, told: PevTold) -> Answer:
    work.lock(point_stream(told.pod))
    point = work.usage_point(told.pod)
    if point is None:
        return Refusal(code=RefusalCode.POINT_NOT_OFFERED, parameters={"pod": told.pod})
    pev = PevAtPoint(
        case=told.case,
        provider=work.actor.organization,
        drivetrain=told.drivetrain,
        charger=told.charger,
        basis=told.basis,
        told_on=told.told_on,
        vehicles=told.vehicles,
    )
    if pev in point.pevs:
        return Taken(number=told.pod, state="known")
    noted = PevNoted(row=Row.ACTION, pev=pev)
    work.record_point(told.pod, Decided(events=(noted,)), expected=point)
    return Taken(number=told.pod, state="noted", events=("pev_noted",))


def _taken_off(work: UnitOfWork, told: PevWithdrawn) -> Answer:
    work.lock(point_stream(told.pod))
    point = work.usage_point(told.pod)
    if point is None:
        return Refusal(code=RefusalCode.POINT_NOT_OFFERED, parameters={"pod": told.pod})
    known = next((each for each in point.pevs if each.case == told.case), None)
    if known is None or known.provider != work.actor.organization or known.vehicles == told.left:
        return Taken(number=told.pod, state="unknown")
    gone = PevTakenOff(row=Row.ACTION, case=told.case, why=told.why, left=told.left)
    work.record_point(told.pod, Decided(events=(gone,)), expected=point)
    return Taken(number=told.pod, state="taken_off", events=("pev_taken_off",))
