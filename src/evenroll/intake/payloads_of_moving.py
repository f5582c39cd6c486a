"""What a person says with a command that changes what is enrolled, and an example of each for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from evenroll.enrollment import moving_commands as mc
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decide_moving import PREMISE_FIELDS
from evenroll.enrollment.form import FormField

MOVING_PAYLOADS: Final[Mapping[C, type[Any]]] = MappingProxyType(
    {
        C.CHANGE_PROGRAM: mc.ChangeProgram,
        C.MOVE_OUT: mc.MoveOut,
        C.MOVE_IN: mc.MoveIn,
        C.MOVE_WITH_CAR: mc.MoveWithCar,
        C.ADD_VEHICLE: mc.AddVehicle,
        C.SWAP_VEHICLE: mc.SwapVehicle,
        C.REMOVE_VEHICLE: mc.RemoveVehicle,
        C.SETTLE_VEHICLE: mc.SettleVehicle,
        C.ANSWER_VEHICLE: mc.AnswerVehicle,
        C.PROVE_VEHICLE: mc.ProveVehicle,
        C.CORRECT_VIN: mc.CorrectVin,
        C.SWAP_EQUIPMENT: mc.SwapEquipment,
        C.REMOVE_EQUIPMENT: mc.RemoveEquipment,
        C.MERGE_CASE: mc.MergeCase,
    }
)

FILLED_IN: Final = frozenset({"answers", "vin_state", "papers"})
"""Fields that nobody types: what was given beside the command is kept apart, and the step says where."""

_CAR = frozenset({FormField.VIN.value, FormField.PCID.value, FormField.EMAID.value})
_VIN = frozenset({FormField.VIN.value})
_ELSEWHERE = frozenset(each.value for each in PREMISE_FIELDS) | {FormField.NAME.value}

PERSONAL_BESIDE: Final[Mapping[C, frozenset[str]]] = MappingProxyType(
    {C.ADD_VEHICLE: _CAR, C.SWAP_VEHICLE: _CAR, C.MOVE_WITH_CAR: _ELSEWHERE, C.CORRECT_VIN: _VIN}
)
"""The personal answers that come beside a command."""

MOVING_EXAMPLES: Final[Mapping[C, str]] = MappingProxyType(
    {
        C.CHANGE_PROGRAM: "program=LE-EV-HOURLY signed_on=today consents=terms",
        C.MOVE_OUT: "moved_on=2026-06-30",
        C.MOVE_IN: "moved_on=today account=12",
        C.MOVE_WITH_CAR: "moved_on=2026-06-30 signed_on=today postal_code=60999 account_number=A-1 "
        "service_address='1 Elm Street' last_bill_amount=84.10 consents=terms",
        C.ADD_VEHICLE: "drivetrain=bev vin=1M8GDM9AXKP042788",
        C.SWAP_VEHICLE: "drivetrain=phev vin=1M8GDM9AXKP042788",
        C.REMOVE_VEHICLE: "pevid=PEV-7K3M9-QXT2H-WPC0",
        C.SETTLE_VEHICLE: "pevid=PEV-7K3M9-QXT2H-WPC0 kept=yes",
        C.ANSWER_VEHICLE: "answer=sold",
        C.PROVE_VEHICLE: "document=registration",
        C.CORRECT_VIN: "vin=1M8GDM9AXKP042788",
        C.SWAP_EQUIPMENT: "part=device old=W-77231 device=W-80000",
        C.REMOVE_EQUIPMENT: "part=charger",
        C.MERGE_CASE: "into=EV-7K3M9-QXT2H-WPC0",
    }
)
