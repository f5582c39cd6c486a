"""Payloads of the commands of the life after enrollment, right ones mostly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from evenroll.enrollment import leaving_commands as lc
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.leaving_codes import CorrectableFact, LeaveReason, SuspensionCause
from evenroll.quantities.identifiers import ProgramKey

if TYPE_CHECKING:
    from tests.world.memory import World

_AFTER = ("2026-02-01", "389.00", "EQ-7", "phev", "bev", "soon")


def _today(world: World) -> date:
    return world.calendar.business_date(world.now)


def _unenroll(world: World, _case: Any, chance: Random) -> object:
    on = chance.choice([None, None, _today(world) + timedelta(days=chance.choice([-1, 3, 30]))])
    return lc.Unenroll(reason=chance.choice(list(LeaveReason)), on=on)


def _close(world: World, case: Any, chance: Random) -> object:
    program = case.chosen.program if case.chosen else ProgramKey("LE-EV-NIGHT")
    return lc.CloseProgram(program=program, closes_on=_today(world) + timedelta(days=chance.choice([0, 0, 9])))


AFTER_ENROLLING: Mapping[C, Callable[[World, Any, Random], object]] = {
    C.UNENROLL: _unenroll,
    C.CLOSE_PROGRAM: _close,
    C.SUSPEND: lambda w, s, r: lc.Suspend(cause=r.choice(list(SuspensionCause))),
    C.RESUME: lambda w, s, r: lc.Resume(),
    C.LOSE_DEVICE: lambda w, s, r: lc.LoseDevice(cause="silent"),
    C.PROPOSE_CORRECTION: lambda w, s, r: lc.ProposeCorrection(
        fact=r.choice(list(CorrectableFact)), after=r.choice(_AFTER), by="desk-1"
    ),
    C.SETTLE_CORRECTION: lambda w, s, r: lc.SettleCorrection(
        agreed=r.random() < 0.7, by=r.choice(["desk-1", "desk-2"])
    ),
}
