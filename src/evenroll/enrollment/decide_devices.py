"""Deciding row 8 and after: control devices of an enrollment are named, tested, swapped and removed, one or several."""

from __future__ import annotations

from typing import Final

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import life_events as life
from evenroll.enrollment import moving_commands as mc
from evenroll.enrollment import moving_events as mv
from evenroll.enrollment.activation import activated
from evenroll.enrollment.begin_tracks import begin_freed
from evenroll.enrollment.case import LIVE, Case, DeviceOfCase
from evenroll.enrollment.case_events import PlaceReleased, PlaceReserved
from evenroll.enrollment.case_evolve import evolve
from evenroll.enrollment.case_facts import CaseFacts, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.event import Event
from evenroll.enrollment.leaving_codes import SuspensionCause
from evenroll.enrollment.ledger import device_key
from evenroll.enrollment.ledger_track import counted_anew
from evenroll.enrollment.rows import Row
from evenroll.enrollment.suspended import lifted, needs_control, obeys_still, suspended
from evenroll.enrollment.tracks import Move, State
from evenroll.enrollment.units import device_place, unit_place
from evenroll.programs.program import ProgramVersion, Track, Unit
from evenroll.quantities.identifiers import Pevid

IN_VEHICLE: Final = frozenset({"vehicle", "telematics"})
"""Kinds of devices that sit in a vehicle: with it goes the consent to read and control it."""

_OF_FIRST = frozenset(
    {
        State.NOT_NEEDED,
        State.REGISTERING,
        State.TESTING,
        State.TEST_FAILED,
        State.OFFLINE,
        State.CONSENT_ENDED,
    }
)
"""States of the first track in which a device that is named stands on it, in place of another if there was one."""

_TESTED_ANEW = frozenset({State.TESTING, State.TEST_FAILED, State.LIVE, State.OFFLINE, State.CONSENT_ENDED})


def register_device(case: Case, command: c.RegisterDevice, facts: CaseFacts) -> Decided | Refusal:
    """Row 8: a control device is named; a test shows that it obeys. One more beside a live one has its own track."""
    first = case.state_of(Track.DEVICE)
    if case.status not in LIVE or first is None:
        return not_in_state(case, CommandName.REGISTER_DEVICE)
    fault = _vehicle_unknown(case, command.vehicle) or _taken_elsewhere(case, facts)
    if fault is not None:
        return fault
    known = _named(case, command.device)
    subject = known.subject if known else ("" if first in _OF_FIRST else command.device)
    registered = life.DeviceRegistered(
        row=Row.R8,
        device=command.device,
        kind=command.kind,
        subject=subject,
        vehicle=command.vehicle or _its_vehicle(case, command.kind),
        moves=(facts.move(State.TESTING, track=Track.DEVICE, subject=subject),),
    )
    before = next((each.device for each in case.devices if each.subject == subject), "")
    return Decided(events=(registered, *_unit_swapped(case, facts, old=before, new=command.device)))


def _vehicle_unknown(case: Case, pevid: Pevid | None) -> Refusal | None:
    if pevid is None or any(each.pevid == pevid for each in case.vehicles):
        return None
    return Refusal(code=RefusalCode.VEHICLE_UNKNOWN, parameters={"case": case.number, "vehicle": pevid})


def _taken_elsewhere(case: Case, facts: CaseFacts) -> Refusal | None:
    """A device that another enrollment controls already, in a family that does not go with this one."""
    program = facts.need_program()
    if not facts.unit_families & {program.family, *program.excluded_families}:
        return None
    return Refusal(code=RefusalCode.PLACE_TAKEN, parameters={"case": case.number})


def _its_vehicle(case: Case, kind: str) -> Pevid | None:
    return case.vehicles[0].pevid if kind in IN_VEHICLE and len(case.vehicles) == 1 else None


def _unit_swapped(case: Case, facts: CaseFacts, *, old: str, new: str) -> tuple[Event, ...]:
    """Where devices are the unit, the place goes from one to the other; from the case itself to its first device."""
    program = facts.need_program()
    if program.unit is not Unit.DEVICE or not case.live_places or device_key(old) == device_key(new):
        return ()
    freed = (*_units_of(case, old), *(key for key in _keys(case) if key == f"{case.number}/device"))
    released = tuple(PlaceReleased(row=Row.R8, unit_key=key) for key in freed)
    return (*released, PlaceReserved(row=Row.R8, place=device_place(program, device=new)))


def _keys(case: Case) -> tuple[str, ...]:
    return tuple(each.unit_key for each in case.live_places)


def _units_of(case: Case, device: str) -> tuple[str, ...]:
    """The place that the case holds for a device, as it was reserved."""
    return tuple(key for key in _keys(case) if device_key(key) == device_key(device))


def record_device_test(case: Case, command: c.RecordDeviceTest, facts: CaseFacts) -> Decided | Refusal:
    """Row 8: the test charge's result; from a passed one control is live."""
    named = _named(case, command.device)
    if case.status not in LIVE or (named is None and case.state_of(Track.DEVICE) is not State.TESTING):
        return not_in_state(case, CommandName.RECORD_DEVICE_TEST)
    if named is None:
        return _unknown(case, command.device)
    if case.state_of(Track.DEVICE, subject=named.subject) is not State.TESTING:
        return not_in_state(case, CommandName.RECORD_DEVICE_TEST)
    if command.cause:
        return Decided(events=_failed(case, command, named, facts))
    done = facts.move(State.LIVE, track=Track.DEVICE, subject=named.subject)
    moves = (done, *begin_freed(case, facts.need_program(), done=done, facts=facts), *counted_anew(case, facts))
    tested = life.DeviceTested(row=Row.R8, device=command.device, moves=moves)
    return Decided(events=(tested, *_controlled(case, facts)))


def _failed(case: Case, command: c.RecordDeviceTest, named: DeviceOfCase, facts: CaseFacts) -> tuple[Event, ...]:
    """Where the enrollment is active by control, and nothing else obeys, it rests until a device does."""
    move = facts.move(State.TEST_FAILED, track=Track.DEVICE, subject=named.subject)
    failed = life.DeviceTested(row=Row.R8, device=command.device, cause=command.cause, moves=(move,))
    return (failed, *_rests(case, named, facts))


def _rests(case: Case, named: DeviceOfCase, facts: CaseFacts) -> tuple[Event, ...]:
    if obeys_still(case, but=named.subject) or not needs_control(facts.need_program()):
        return ()
    return suspended(case, SuspensionCause.OFFLINE, facts)


def _controlled(case: Case, facts: CaseFacts) -> tuple[Event, ...]:
    """Control is live: at last active, or the enrollment goes on that had rested."""
    if case.suspension is not None:
        return _lifted(case, facts)
    started = life.ControlStarted(row=Row.R8, since_on=facts.today)
    if case.status is not State.ENROLLED:
        return (started,) if case.control_since is None else ()
    program = facts.need_program()
    return (started, *activated(case, program, price_since=case.price_since, control_since=facts.today, facts=facts))


def _lifted(case: Case, facts: CaseFacts) -> tuple[Event, ...]:
    """A device obeys, and one was named for it with consent: neither silence nor consent stands in the way any more."""
    events: tuple[Event, ...] = ()
    for cause in (SuspensionCause.OFFLINE, SuspensionCause.CONSENT):
        more = lifted(case, cause, facts)
        events += more
        for event in more:
            case = evolve(case, event)
    return events


def swap_device(case: Case, command: mc.SwapEquipment, facts: CaseFacts) -> Decided | Refusal:
    """Action: another device in place of one, on its track; it is tested anew, and the enrollment stays."""
    old = _named(case, command.old) if command.old else _only(case)
    if old is None or not command.device or _named(case, command.device) is not None:
        return _unknown(case, command.old or command.device)
    if case.state_of(Track.DEVICE, subject=old.subject) not in _TESTED_ANEW:
        return not_in_state(case, CommandName.SWAP_EQUIPMENT)
    fault = _taken_elsewhere(case, facts)
    if fault is not None:
        return fault
    kind = command.use or old.kind
    vehicle = old.vehicle or _its_vehicle(case, kind) if kind in IN_VEHICLE else None
    new = DeviceOfCase(device=command.device, kind=kind, subject=old.subject, vehicle=vehicle)
    moves = (facts.move(State.TESTING, track=Track.DEVICE, subject=old.subject),)
    swapped = mv.DeviceSwapped(row=Row.ACTION, old=old.device, device=new, moves=moves)
    return Decided(events=(swapped, *_unit_swapped(case, facts, old=old.device, new=new.device)))


def remove_device(case: Case, command: mc.RemoveEquipment, facts: CaseFacts) -> Decided | Refusal:
    """Action: a device is gone. Where control is needed and nothing else obeys, the enrollment rests."""
    old = _named(case, command.device) if command.device else _only(case)
    if old is None:
        return _unknown(case, command.device)
    moves = _gone(case, old, facts)
    removed = mv.DeviceRemoved(row=Row.ACTION, device=old.device, moves=moves)
    return Decided(events=(removed, *_unit_freed(case, old, facts), *_rests(case, old, facts)))


def silenced(case: Case, facts: CaseFacts) -> tuple[Event, ...]:
    """Action: with the customer's own meter goes what reported from it, and the enrollment rests on nothing."""
    program = facts.need_program()
    if not program.own_metered or obeys_still(case, but="") or not needs_control(program):
        return ()
    return suspended(case, SuspensionCause.OFFLINE, facts)


def _gone(case: Case, old: DeviceOfCase, facts: CaseFacts) -> tuple[Move, ...]:
    """The first track waits for another device; that of one more ends."""
    state = case.state_of(Track.DEVICE, subject=old.subject)
    if old.subject or (len(case.devices) > 1 and state is State.LIVE):
        return (facts.move(State.CANCELLED, track=Track.DEVICE, subject=old.subject),)
    to = State.OFFLINE if state in (State.LIVE, State.OFFLINE) else State.TEST_FAILED
    if state is State.CONSENT_ENDED:
        return ()
    return (facts.move(to, track=Track.DEVICE),)


def _unit_freed(case: Case, old: DeviceOfCase, facts: CaseFacts) -> tuple[Event, ...]:
    """A device that is gone is free for others; the last one leaves the case its own place until another is named."""
    program: ProgramVersion = facts.need_program()
    held = _units_of(case, old.device)
    if program.unit is not Unit.DEVICE or not held:
        return ()
    released = tuple(PlaceReleased(row=Row.ACTION, unit_key=key) for key in held)
    if len(case.live_places) > len(held):
        return released
    own = unit_place(program, key=f"{case.number}/device")
    return (*released, PlaceReserved(row=Row.ACTION, place=own))


def _named(case: Case, device: str) -> DeviceOfCase | None:
    return next((each for each in case.devices if device_key(each.device) == device_key(device)), None)


def _only(case: Case) -> DeviceOfCase | None:
    return case.devices[0] if len(case.devices) == 1 else None


def _unknown(case: Case, device: str) -> Refusal:
    known = ", ".join(each.device for each in case.devices)
    return Refusal(code=RefusalCode.DEVICE_UNKNOWN, parameters={"case": case.number, "device": device, "known": known})
