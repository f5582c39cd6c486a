"""Which of the commands that help in a state are offered to the customer of this very case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State as S
from evenroll.portal.case_changes import EVERY_QUESTION
from evenroll.programs.program import ProgramVersion, Track

TAKES_PAPERS: Final = (C.GIVE_CURE, C.MEET_CONDITION, C.PROVE_VEHICLE)
"""The commands with which a customer hands papers in."""

_Rule = Callable[[Case, ProgramVersion | None], bool]


def _waits_on_customer(case: Case, _program: ProgramVersion | None) -> bool:
    return case.course.owner is Role.CUSTOMER


def _has_an_offer(case: Case, _program: ProgramVersion | None) -> bool:
    return case.line is not None and case.line.offered_until_on is not None


def _is_asked_whether_it_waits(case: Case, program: ProgramVersion | None) -> bool:
    return _waits_on_customer(case, program) and not _has_an_offer(case, program)


def _owes_a_condition(case: Case, _program: ProgramVersion | None) -> bool:
    return (
        any(
            (each.track, each.state, each.owner) == (Track.CONDITION, S.DUE, Role.CUSTOMER)
            for each in case.tracks.values()
        )
        and not case.questions
    )


def _is_asked_for_a_vehicle(case: Case, _program: ProgramVersion | None) -> bool:
    return bool(case.questions)


def _has_a_disputed_vehicle(case: Case, _program: ProgramVersion | None) -> bool:
    return case.status is S.VEHICLE_DISPUTED or any(each.disputed for each in case.vehicles)


def _has_to_choose(case: Case, _program: ProgramVersion | None) -> bool:
    return _stands(case, Track.EQUIPMENT, S.CHOOSING_EQUIPMENT, S.INSTALLING, S.UNFIT)


def _is_installing(case: Case, _program: ProgramVersion | None) -> bool:
    return _stands(case, Track.EQUIPMENT, S.INSTALLING)


def _is_inspecting(case: Case, _program: ProgramVersion | None) -> bool:
    return _stands(case, Track.EQUIPMENT, S.INSPECTING)


def _has_to_register(case: Case, _program: ProgramVersion | None) -> bool:
    return _stands(case, Track.DEVICE, S.REGISTERING, S.TEST_FAILED, S.OFFLINE)


def _has_times_to_set(case: Case, program: ProgramVersion | None) -> bool:
    return program is not None and _stands(case, Track.SETUP, S.NOT_TOLD, S.TOLD, S.CONFIRMED)


def _has_times_to_confirm(case: Case, _program: ProgramVersion | None) -> bool:
    return _stands(case, Track.SETUP, S.NOT_TOLD, S.TOLD)


def _has_events(case: Case, program: ProgramVersion | None) -> bool:
    return program is not None and program.events is not None


def _is_controlled(case: Case, _program: ProgramVersion | None) -> bool:
    return any(each.track is Track.DEVICE and each.state is S.LIVE for each in case.tracks.values())


def _ended_its_consent(case: Case, _program: ProgramVersion | None) -> bool:
    return any(each.track is Track.DEVICE and each.state is S.CONSENT_ENDED for each in case.tracks.values())


def _has_an_order(case: Case, _program: ProgramVersion | None) -> bool:
    return case.order is not None


def _stays(case: Case, _program: ProgramVersion | None) -> bool:
    return case.moves_out_on is None


def _can_change(case: Case, _program: ProgramVersion | None) -> bool:
    return case.moves_out_on is None and case.followed_by is None


def _has_several_vehicles(case: Case, _program: ProgramVersion | None) -> bool:
    return len(case.vehicles) > 1


def _has_equipment(case: Case, _program: ProgramVersion | None) -> bool:
    charger = _stands(case, Track.EQUIPMENT, S.READY, S.INSTALLING, S.INSPECTING, S.UNFIT)
    return bool(case.devices) or charger


def _has_working_equipment(case: Case, _program: ProgramVersion | None) -> bool:
    return bool(case.devices) or _stands(case, Track.EQUIPMENT, S.READY)


def _was_shown_some(case: Case, _program: ProgramVersion | None) -> bool:
    return bool(case.shown)


def _stands(case: Case, track: Track, *states: S) -> bool:
    return any(each.track is track and each.state in states for each in case.tracks.values())


_RULES: Final[Mapping[C, _Rule]] = MappingProxyType(
    {
        C.OPEN_APPEAL: _waits_on_customer,
        C.ACCEPT_PLACE: _has_an_offer,
        C.CONFIRM_INTEREST: _is_asked_whether_it_waits,
        C.MEET_CONDITION: _owes_a_condition,
        C.ANSWER_VEHICLE: _is_asked_for_a_vehicle,
        C.PROVE_VEHICLE: _has_a_disputed_vehicle,
        C.CORRECT_VIN: _has_a_disputed_vehicle,
        C.CHOOSE_EQUIPMENT: _has_to_choose,
        C.RECORD_PURCHASE: _is_installing,
        C.RECORD_INSTALLATION: _is_installing,
        C.RECORD_INSPECTION: _is_inspecting,
        C.REGISTER_DEVICE: _has_to_register,
        C.SET_PARAMETERS: _has_times_to_set,
        C.CONFIRM_PARAMETERS: _has_times_to_confirm,
        C.RECORD_USE: _has_events,
        C.END_CONSENT: _is_controlled,
        C.RENEW_CONSENT: _ended_its_consent,
        C.REBOOK_VISIT: _has_an_order,
        C.SHOW_PERMIT: _has_an_order,
        C.MOVE_OUT: _stays,
        C.MOVE_WITH_CAR: _stays,
        C.CHANGE_PROGRAM: _can_change,
        C.REMOVE_VEHICLE: _has_several_vehicles,
        C.SWAP_EQUIPMENT: _has_working_equipment,
        C.REMOVE_EQUIPMENT: _has_equipment,
        C.CHOOSE_PROGRAM: _was_shown_some,
    }
)
"""What must be true of a case, beside its states; a command that is absent asks for nothing more."""


def is_offered(name: C, case: Case, program: ProgramVersion | None) -> bool:
    """Whether the portal has a page for this command, and it can be taken as far as the case itself tells."""
    rule = _RULES.get(name)
    return name in EVERY_QUESTION and (rule is None or rule(case, program))
