"""Action: a version of a program is published; the cap that it states is heeded at once, counting who lives in it."""

from __future__ import annotations

from evenroll.actions.set_cap import set_cap
from evenroll.enrollment.decide_waiting import SetCap
from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.roles import Role
from evenroll.programs.program import ProgramVersion
from evenroll.records.asked import Answer, Asked, Taken
from evenroll.records.program_lines import heeded_version
from evenroll.records.published import publish
from evenroll.records.unit_of_work import UnitOfWork

COMMAND = "publish_program"


def publish_program(work: UnitOfWork, *, program: ProgramVersion) -> Answer:
    """In the books of who publishes it. The same version once more changes nothing. Raises published.VersionChanged.

    Its places are told in the same transaction, so that nobody sees a program with a cap that does not hold yet.
    """
    if work.actor.role is not Role.PROGRAM_MANAGER or work.organization != program.organization:
        return Refusal(code=RefusalCode.NOT_ALLOWED, parameters={"command": COMMAND, "role": work.actor.role.value})
    publish(program)
    # What the manager has set since by hand stays when the same version is published once more.
    if program.cap is None or heeded_version(program.key) >= program.version:
        return Taken(number=program.key, state="published")
    return set_cap(work, asked=Asked(number=program.key, command=SetCap()))
