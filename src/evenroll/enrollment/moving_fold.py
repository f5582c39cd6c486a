"""How the events of another program, premise, vehicle or equipment change a case. It reads nothing but the event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from evenroll.enrollment import case_events as e
from evenroll.enrollment import life_events as life
from evenroll.enrollment import moving_events as mv
from evenroll.enrollment.case import Case, DeviceOfCase, EquipmentOfCase, Place, Proof, VehicleOfCase
from evenroll.enrollment.event import Event
from evenroll.enrollment.track_fold import apply_moves
from evenroll.enrollment.vehicle_question import VehicleQuestion
from evenroll.quantities.changed import changed
from evenroll.quantities.identifiers import Pevid

Changes = dict[str, Any]


def continued(event: mv.CaseContinued) -> Case:
    """The case that goes on from another one."""
    proof = event.proof or Proof()
    return Case(
        number=event.number,
        organization=event.organization,
        opening=event.opening,
        tracks=apply_moves({}, event.moves),
        pod=event.opening.pod,
        provider=event.provider,
        chosen=event.chosen,
        form=event.form,
        proof=proof,
        completed_at=event.completed_at,
        vehicles=event.vehicles,
        equipment=event.equipment,
    )


def placed(case: Case, place: Place) -> Changes:
    """The case with a unit that it now holds."""
    others = tuple(each for each in case.places if _slot(each) != _slot(place))
    return {"places": (*others, place), "held": _held_but(case, place)}


def held(case: Case, place: Place) -> Changes:
    """The case with a unit that is kept for it."""
    return {"held": (*_held_but(case, place), place)}


def _held_but(case: Case, place: Place) -> tuple[Place, ...]:
    return tuple(each for each in case.held if _slot(each) != _slot(place))


def released(case: Case, *, unit_key: str) -> Changes:
    """The case without a unit, or without any, also of those that were kept for it."""
    places = tuple(changed(each, live=False) if unit_key in ("", each.unit_key) else each for each in case.places)
    kept = tuple(each for each in case.held if unit_key not in ("", each.unit_key))
    return {"places": places, "held": kept}


def with_first_vehicle(case: Case, vehicle: VehicleOfCase) -> Changes:
    """The case with the vehicle that its form names; one that came along from another case stays."""
    return {} if case.follows and case.vehicles else _with(case, (vehicle,))


def _slot(place: Place) -> tuple[str, str, str]:
    return (place.family, place.unit.value, place.unit_key)


def _change_asked(_case: Case, event: mv.ProgramChangeAsked) -> Changes:
    return {"followed_by": event.to}


def _move_asked(case: Case, event: mv.MoveOutAsked) -> Changes:
    return {"moves_out_on": event.moved_on, "followed_by": event.to or case.followed_by}


def _added(case: Case, event: mv.VehicleAdded) -> Changes:
    return {"vehicles": (*case.vehicles, event.vehicle)}


def _swapped(case: Case, event: mv.VehicleSwapped) -> Changes:
    vehicles = tuple(event.vehicle if each.pevid == event.pevid else each for each in case.vehicles)
    return {**_with(case, vehicles), "devices": _without_vehicle(case, event.devices)}


def _removed(case: Case, event: mv.VehicleRemoved) -> Changes:
    vehicles = tuple(each for each in case.vehicles if each.pevid != event.pevid)
    return {**_with(case, vehicles), "devices": _without_vehicle(case, event.devices)}


def _with(case: Case, vehicles: tuple[VehicleOfCase, ...]) -> Changes:
    """The vehicles that it has from now on; a question about one that it no longer has is none."""
    known = {each.pevid for each in vehicles}
    kept = tuple(each for each in case.questions if each.pevid in known)
    return {"vehicles": vehicles} if kept == case.questions else {"vehicles": vehicles, "questions": kept}


def _without_vehicle(case: Case, names: tuple[str, ...]) -> tuple[DeviceOfCase, ...]:
    return tuple(changed(each, vehicle=None) if each.device in names else each for each in case.devices)


def _disputed(case: Case, event: mv.VehicleDisputed) -> Changes:
    vehicles = {"vehicles": _marked(case, event.pevid, disputed=True)}
    if event.other is None or event.other_pevid is None:
        return vehicles
    own = [each for each in case.questions if each.asked or each.pevid != event.pevid]
    asks = VehicleQuestion(pevid=event.pevid, other=event.other, other_pevid=event.other_pevid, asked=False)
    return {**vehicles, "questions": (*own, asks)}


def _asked_about(case: Case, event: mv.VehicleAskedAbout) -> Changes:
    if event.other is None or event.other_pevid is None:
        return {}
    others = [each for each in case.questions if not each.asked or each.other != event.other]
    asked = VehicleQuestion(pevid=event.pevid, other=event.other, other_pevid=event.other_pevid, asked=True)
    return {"questions": (*others, asked)}


def _question_closed(case: Case, event: mv.VehicleQuestionClosed) -> Changes:
    return {"questions": tuple(each for each in case.questions if not each.asked or each.other != event.other)}


def _answered(case: Case, event: mv.VehicleAnswered) -> Changes:
    if event.vehicle_answer is not mv.VehicleAnswer.SOLD:
        return {}
    return {"questions": tuple(each for each in case.questions if not each.asked or each.pevid != event.pevid)}


def _settled(case: Case, event: mv.VehicleSettled) -> Changes:
    if not event.kept:
        return _with(case, tuple(each for each in case.vehicles if each.pevid != event.pevid))
    kept = tuple(each for each in case.questions if each.asked or each.pevid != event.pevid)
    return {"vehicles": _marked(case, event.pevid, disputed=False), "questions": kept}


def _marked(case: Case, pevid: Pevid, *, disputed: bool) -> tuple[VehicleOfCase, ...]:
    return tuple(changed(each, disputed=disputed) if each.pevid == pevid else each for each in case.vehicles)


def _equipment_chosen(_case: Case, event: life.EquipmentChosen) -> Changes:
    return {"equipment": EquipmentOfCase(kind=event.kind.value, model=event.model)}


def _equipment_unfit(_case: Case, event: mv.EquipmentUnfit) -> Changes:
    return {"equipment": EquipmentOfCase(kind=event.kind.value, model=event.model)}


def _equipment_swapped(_case: Case, event: mv.EquipmentSwapped) -> Changes:
    return {"equipment": EquipmentOfCase(kind=event.kind.value, model=event.model)}


def _equipment_removed(_case: Case, _event: mv.EquipmentRemoved) -> Changes:
    return {"equipment": None}


def _installed(case: Case, event: life.InstallationRecorded) -> Changes:
    if case.equipment is None:
        return {}
    return {"equipment": changed(case.equipment, serial=event.serial, installed_on=event.installed_on)}


def _bought(case: Case, event: life.EquipmentBought) -> Changes:
    return {"equipment": changed(case.equipment, bought_on=event.bought_on)} if case.equipment else {}


def _registered(case: Case, event: life.DeviceRegistered) -> Changes:
    new = DeviceOfCase(device=event.device, kind=event.kind, subject=event.subject, vehicle=event.vehicle)
    # One that is named in place of another, such as after a failed test, stands on its track.
    others = tuple(each for each in case.devices if each.subject != event.subject)
    return {"devices": (*others, new)}


def _device_swapped(case: Case, event: mv.DeviceSwapped) -> Changes:
    return {"devices": tuple(event.device if each.device == event.old else each for each in case.devices)}


def _device_removed(case: Case, event: mv.DeviceRemoved) -> Changes:
    return {"devices": tuple(each for each in case.devices if each.device != event.device)}


def _reserved(case: Case, event: e.PlaceReserved) -> Changes:
    return held(case, event.place) if event.held else placed(case, event.place)


MOVING_CHANGES: Mapping[type[Event], Callable[[Case, Any], Changes]] = MappingProxyType(
    {
        e.PlaceReserved: _reserved,
        mv.ProgramChangeAsked: _change_asked,
        mv.MoveOutAsked: _move_asked,
        mv.PlacePassedOn: lambda _case, _event: {"counted": None},
        mv.VehicleAdded: _added,
        mv.VehicleSwapped: _swapped,
        mv.VehicleRemoved: _removed,
        mv.VehicleDisputed: _disputed,
        mv.VehicleAskedAbout: _asked_about,
        mv.VehicleAnswered: _answered,
        mv.VehicleQuestionClosed: _question_closed,
        mv.VehicleSettled: _settled,
        mv.EquipmentUnfit: _equipment_unfit,
        mv.EquipmentSwapped: _equipment_swapped,
        mv.EquipmentRemoved: _equipment_removed,
        mv.DeviceSwapped: _device_swapped,
        mv.DeviceRemoved: _device_removed,
        life.EquipmentChosen: _equipment_chosen,
        life.EquipmentBought: _bought,
        life.InstallationRecorded: _installed,
        life.DeviceRegistered: _registered,
    }
)
"""Those that change more than tracks."""
