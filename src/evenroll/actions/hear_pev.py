"""Action: the wires utility is told of a PEV at a usage point, and keeps it there (rule 20)."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.point_pevs import PevNoted
from evenroll.enrollment.rows import Row
from evenroll.enrollment.supply import PevAtPoint
from evenroll.enrollment.supply_messages import PevTold
from evenroll.records.asked import Answer, Asked, Taken
from evenroll.records.streams import point_stream
from evenroll.records.taking import take
from evenroll.records.unit_of_work import UnitOfWork


def hear_pev(work: UnitOfWork, *, asked: Asked) -> Answer:
    """asked.number is the usage point. The same once more changes nothing; what is told anew of a case replaces it."""
    command = asked.command

    def act() -> Answer:
        if not isinstance(command, PevTold):
            return Refusal(code=RefusalCode.NOT_ALLOWED, parameters={"command": CommandName.HEAR_PEV.value})
        return _noted(work, command)

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
    )
    if pev in point.pevs:
        return Taken(number=told.pod, state="known")
    noted = PevNoted(row=Row.ACTION, pev=pev)
    work.record_point(told.pod, Decided(events=(noted,)), expected=point)
    return Taken(number=told.pod, state="noted", events=("pev_noted",))
