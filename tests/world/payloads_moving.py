"""What people say who move, change the program, the car or the equipment: good and bad payloads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from evenroll.enrollment import moving_commands as mc
from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.form import VinState
from evenroll.enrollment.life_events import EquipmentKind
from evenroll.enrollment.moving_events import OwnershipDocument, VehicleAnswer
from evenroll.programs.program import ConsentKind
from evenroll.programs.rules import Drivetrain
from evenroll.quantities.identifiers import CaseNumber, Pevid, PodId
from tests.world.programs import world_programs

if TYPE_CHECKING:
    from tests.world.memory import World


def _today(world: World):
    return world.calendar.business_date(world.now)


def _answers(world: World, case: Case) -> int:
    household = world.households.get(CaseNumber(case.number))
    return household.good_answers if household else 1


def _change(world: World, case: Case, chance: Random) -> object:
    mine = [each.key for each in world_programs() if each.organization == case.organization]
    return mc.ChangeProgram(
        program=chance.choice(mine),
        signed_on=_today(world),
        consents=frozenset(ConsentKind),
        answers=_answers(world, case),
    )


def _move_out(world: World, case: Case, chance: Random) -> object:
    return mc.MoveOut(moved_on=_today(world) + timedelta(days=chance.choice([-2, 0, 5, 20])))


def _move_with_car(world: World, case: Case, chance: Random) -> object:
    pods = [pod for pod in world.premises if pod != case.pod] or [PodId("POD-1")]
    return mc.MoveWithCar(
        moved_on=_today(world) + timedelta(days=chance.choice([0, 7])),
        signed_on=_today(world),
        postal_code="60000",
        pod=chance.choice(pods),
        consents=frozenset(ConsentKind),
        answers=_answers(world, case),
    )


def _pevid(case: Case, chance: Random) -> Pevid:
    return chance.choice([each.pevid for each in case.vehicles] or [Pevid("PEV-NONE")])


def _swap_vehicle(world: World, case: Case, chance: Random) -> object:
    vin = chance.choice([VinState.GIVEN, VinState.GIVEN, VinState.WRONG])
    return mc.SwapVehicle(pevid=_pevid(case, chance), drivetrain=Drivetrain.BEV, vin_state=vin)


def _device(case: Case, chance: Random) -> str:
    return chance.choice([each.device for each in case.devices] or ["D-1"])


def _swap_equipment(world: World, case: Case, chance: Random) -> object:
    part = chance.choice(list(mc.EquipmentPart))
    new = f"D-{chance.randrange(1000)}"
    kind = chance.choice(list(EquipmentKind))
    return mc.SwapEquipment(part=part, kind=kind, outlet="store", old=_device(case, chance), device=new, use="evse")


def _remove_equipment(world: World, case: Case, chance: Random) -> object:
    return mc.RemoveEquipment(part=chance.choice(list(mc.EquipmentPart)), device=_device(case, chance))


def _merge(world: World, case: Case, chance: Random) -> object:
    others = [each.state.number for each in world.cases.values() if each.state.number != case.number]
    return mc.MergeCase(into=chance.choice(others or [CaseNumber("EV-NONE")]))


MOVING_SAID: Mapping[C, Callable[[Any, Any, Random], object]] = {
    C.CHANGE_PROGRAM: _change,
    C.MOVE_OUT: _move_out,
    C.MOVE_WITH_CAR: _move_with_car,
    C.ADD_VEHICLE: lambda w, s, r: mc.AddVehicle(drivetrain=Drivetrain.PHEV, vin_state=VinState.GIVEN),
    C.SWAP_VEHICLE: _swap_vehicle,
    C.REMOVE_VEHICLE: lambda w, s, r: mc.RemoveVehicle(pevid=_pevid(s, r)),
    C.SETTLE_VEHICLE: lambda w, s, r: mc.SettleVehicle(pevid=_pevid(s, r), kept=r.random() < 0.5),
    C.ANSWER_VEHICLE: lambda w, s, r: mc.AnswerVehicle(answer=r.choice(list(VehicleAnswer))),
    C.PROVE_VEHICLE: lambda w, s, r: mc.ProveVehicle(document=r.choice(list(OwnershipDocument))),
    C.CORRECT_VIN: lambda w, s, r: mc.CorrectVin(vin_state=r.choice([VinState.GIVEN, VinState.WRONG])),
    C.SWAP_EQUIPMENT: _swap_equipment,
    C.REMOVE_EQUIPMENT: _remove_equipment,
    C.MERGE_CASE: _merge,
}
"""By command."""
