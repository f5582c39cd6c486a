"""The rows of charging equipment and control devices: what an event of a case changes in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import LiteralString

from psycopg.sql import SQL, Identifier, Placeholder

from evenroll.enrollment import life_events as life
from evenroll.enrollment import moving_events as mv
from evenroll.enrollment.correction_events import CorrectionMade
from evenroll.enrollment.event import Event
from evenroll.enrollment.leaving_codes import CorrectableFact
from evenroll.records.row_batch import Put, Rows

_EQUIPMENT, _DEVICES = "charging_equipment", "control_device"

_DEVICE = Put(
    table="control_device",
    columns=(
        ("case_number", "text"),
        ("device", "text"),
        ("kind", "text"),
        ("tested", "boolean"),
        ("test_cause", "text"),
    ),
    keys=2,
    updated=("kind",),
)

_DEVICE_TESTED: LiteralString = """
UPDATE control_device SET tested = true, test_cause = %s
WHERE organization_id = %s AND case_number = %s AND device = %s
"""


_DEVICE_GONE: LiteralString = (
    "DELETE FROM control_device WHERE organization_id = %s AND case_number = %s AND device = %s"
)

_EQUIPMENT_GONE: LiteralString = "DELETE FROM charging_equipment WHERE organization_id = %s AND case_number = %s"


def project_equipment(batch: Rows, organization_id: int, number: str, event: Event) -> None:
    """Bring the rows of a case's equipment and devices from before an event to after it."""
    told = _told(event)
    if told:
        _equipment(batch, organization_id, number, told)
        return
    match event:
        case mv.EquipmentRemoved():
            batch.run(_EQUIPMENT, _EQUIPMENT_GONE, (organization_id, number))
        case life.DeviceRegistered():
            batch.put(_DEVICE, (number, event.device, event.kind, False, ""))
        case life.DeviceTested():
            batch.run(_DEVICES, _DEVICE_TESTED, (event.cause, organization_id, number, event.device))
        case mv.DeviceSwapped():
            batch.run(_DEVICES, _DEVICE_GONE, (organization_id, number, event.old))
            batch.put(_DEVICE, (number, event.device.device, event.device.kind, False, ""))
        case mv.DeviceRemoved():
            batch.run(_DEVICES, _DEVICE_GONE, (organization_id, number, event.device))
        case _:
            pass


def _told(event: Event) -> dict[str, object]:
    """What an event tells of the charging equipment, by column."""
    if isinstance(event, mv.CaseContinued | mv.EquipmentSwapped | mv.EquipmentUnfit | life.EquipmentChosen):
        return _told_of_choice(event)
    told: dict[str, object] = {}
    match event:
        case life.EquipmentBought():
            told = {"outlet": event.outlet, "bought_on": event.bought_on, "price": str(event.price)}
        case life.InstallationRecorded():
            installed = {"installer": event.installer.value, "installed_on": event.installed_on}
            told = {**installed, "serial": event.serial, "permit": event.permit}
        case CorrectionMade():
            told = _corrected(event)
        case life.InspectionRecorded():
            told = {"inspected_on": event.inspected_on, "inspection_passed": event.passed}
        case _:
            pass
    return told


def _told_of_choice(
    event: mv.CaseContinued | mv.EquipmentSwapped | mv.EquipmentUnfit | life.EquipmentChosen,
) -> dict[str, object]:
    match event:
        case mv.CaseContinued():
            carried = event.equipment
            return {"kind": carried.kind, "model": carried.model, "serial": carried.serial} if carried else {}
        case mv.EquipmentUnfit():
            return {"kind": event.kind.value, "model": event.model}
        case _:
            return {"kind": event.kind.value, "outlet": event.outlet, "model": event.model}


def _corrected(event: CorrectionMade) -> dict[str, object]:
    match event.fact:
        case CorrectableFact.PURCHASE_DATE:
            return {"bought_on": date.fromisoformat(event.after)}
        case CorrectableFact.PURCHASE_PRICE:
            return {"price": event.after}
        case CorrectableFact.EQUIPMENT_SERIAL:
            return {"serial": event.after}
        case _:
            return {}


def _equipment(batch: Rows, organization_id: int, number: str, told: Mapping[str, object]) -> None:
    names = [Identifier(name) for name in told]
    batch.run(
        _EQUIPMENT,
        SQL(
            "INSERT INTO charging_equipment (organization_id, case_number, {}) VALUES (%s, %s, {}) "
            "ON CONFLICT (organization_id, case_number) DO UPDATE SET {}"
        ).format(
            SQL(", ").join(names),
            SQL(", ").join([Placeholder()] * len(names)),
            SQL(", ").join(SQL("{0} = excluded.{0}").format(name) for name in names),
        ),
        (organization_id, number, *told.values()),
    )
